"""The plan is held against the inventory: every fact of it that is changed is found."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from failover.plan_file import hash_of
from telemed_infra.compile.failover_plan import Document, failover_plan, plan_text
from telemed_infra.model.load import load
from telemed_infra.model.network import Network
from telemed_infra.model.schema.failover_file import MoveGroups
from telemed_infra.plan.network import NetworkPlan, network_plan
from telemed_infra.prove.failover_plan import SHOWN_MAX, prove_plan
from telemed_infra.resources import shipped


@cache
def meant() -> tuple[Network, NetworkPlan]:
    network = load(shipped("inventory"), as_of=None)
    return network, network_plan(network)


@cache
def plan() -> Document:
    return failover_plan(*meant())


def said(content: object) -> list[str]:
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    return [str(one) for one in prove_plan("plan.json", data, *meant())]


def changed(**values: Any) -> Document:
    """The plan with other values at the top, and a hash that fits."""
    document = {**deepcopy(plan()), **values}
    return {**document, "hash": hash_of(document)}


def test_the_provinces_plan_is_what_the_inventory_says() -> None:
    assert said(plan_text(plan()).encode()) == []


def test_so_is_one_of_single_instances() -> None:
    network, numbers = meant()
    each = network.failover.model_copy(update={"move_groups": MoveGroups(by="instance")})
    network = replace(network, failover=each)
    text = plan_text(failover_plan(network, numbers)).encode()
    assert prove_plan("plan.json", text, network, numbers) == []


def test_so_is_one_without_ipv6() -> None:
    network, numbers = meant()
    center = network.blueprints["data-center"].model_copy(update={"ipv6": False})
    network = replace(network, blueprints={**network.blueprints, "data-center": center})
    text = plan_text(failover_plan(network, numbers)).encode()
    assert b"2001:db8" not in text
    assert prove_plan("plan.json", text, network, numbers) == []


def test_the_order_of_names_says_nothing() -> None:
    groups = deepcopy(plan()["groups"])
    groups[-1]["after"] = list(reversed(groups[-1]["after"]))
    assert said(changed(groups=groups[::-1], observers=plan()["observers"][::-1])) == []


def test_what_was_changed_is_named() -> None:
    groups = deepcopy(plan()["groups"])
    groups[0]["home"] = "dc-b"
    assert said(changed(groups=groups)) == [
        'plan.json: failover: groups.portal@dc-a.home is "dc-b", and the inventory says "dc-a"'
    ]


def test_a_hash_that_does_not_fit() -> None:
    assert said({**plan(), "hash": "0" * 64})[0].startswith("plan.json: failover: hash is")


def other(value: Any) -> Iterator[Any]:
    """The value with one leaf of it changed, taken away or added, one after the other."""
    if isinstance(value, dict):
        yield {**value, "stranger": 1}
        yield {**value, "stranger": {}}
        for key, below in value.items():
            yield {name: kept for name, kept in value.items() if name != key}
            yield from ({**value, key: one} for one in other(below))
    elif isinstance(value, list):
        yield [*value, value[0] if value else "stranger"]
        for index, below in enumerate(value):
            yield value[:index] + value[index + 1 :]
            yield from ([*value[:index], one, *value[index + 1 :]] for one in other(below))
    elif isinstance(value, bool):
        yield from (not value, int(value))
    else:
        yield value + 1 if isinstance(value, int | float) else f"{value}0"


@pytest.mark.parametrize("key", sorted(set(plan()) - {"hash"}))
def test_every_change_is_found(key: str) -> None:
    value = plan()[key]
    if key == "groups":
        value = [one for one in value if one["name"] in ("pathology@dc-b", "ward-rounds@dc-b")]
        rest = [one for one in plan()[key] if one not in value]
    else:
        rest = []
    if key == "observers":
        value, rest = value[:2], value[2:]
    assert said(changed(**{key: [*value, *rest] if rest else value})) == []
    for one in other(value):
        assert said(changed(**{key: [*one, *rest] if rest else one})), json.dumps(one)


def test_a_plan_of_something_else_is_told_in_short() -> None:
    told = said({"version": 1})
    assert len(told) == SHOWN_MAX + 1
    assert told[-1] == "plan.json: failover: and more"


@pytest.mark.parametrize("content", [b"", b"\xff", b"[]", b"3", b"[" * 200_000])
def test_what_is_no_plan_at_all(content: bytes) -> None:
    (told,) = said(content)
    assert told.startswith("plan.json: unread: is no")
