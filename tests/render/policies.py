"""Policies as the compiler makes them, small enough to read, and the pair's part of a text."""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader

from telemed_infra.compile.config import (
    AddressEntry,
    Addresses,
    AddressSet,
    FilterRule,
    Policy,
    ServiceSet,
    Verdict,
)
from telemed_infra.compile.firewall import LAST_RULE
from telemed_infra.model.schema.network_file import App
from telemed_infra.plan.prefix import prefix
from telemed_infra.render.platforms import shared_text
from telemed_infra.render.text import environment, finish
from telemed_infra.resources import shipped


@cache
def templates() -> Environment:
    return environment(FileSystemLoader(str(shipped("templates"))))


def app(name: str, **content: Any) -> ServiceSet:
    return ServiceSet(
        name=name, app=App.model_validate({"title": "x", "dscp": "x", **content}), origins=("o",)
    )


def addresses(name: str, *texts: str) -> AddressSet:
    entries = tuple(AddressEntry(prefix=prefix(text), origins=("o",)) for text in texts)
    return AddressSet(name=name, entries=entries, origins=("o",))


def single(*texts: str) -> tuple[Any, ...]:
    return tuple(prefix(text) for text in texts)


def permit(
    name: str,
    sources: Addresses | None,
    destinations: Addresses | None,
    *services: str,
    zone_in: str = "IMAGING",
    zone_out: str = "WAN",
) -> FilterRule:
    return FilterRule(
        name=name,
        zone_in=zone_in,
        zone_out=zone_out,
        sources=sources,
        destinations=destinations,
        services=services,
        verdict=Verdict.PERMIT,
        origins=("o",),
    )


def policy(
    rules: tuple[FilterRule, ...],
    sets: tuple[AddressSet, ...] = (),
    apps: tuple[ServiceSet, ...] = (app("https", tcp=[443]),),
) -> Policy:
    return Policy(
        zones=("IMAGING", "WAN"), address_sets=sets, service_sets=apps, rules=(*rules, LAST_RULE)
    )


def secpath(one: Policy) -> str:
    """Groups and policies, without what is the members' own."""
    return finish(*shared_text(templates(), "h3c_secpath", one).values()).text


def zone_firewall(one: Policy) -> str:
    """Pairs, groups and lists of a Cisco router, without what is the members' own."""
    return finish(*shared_text(templates(), "cisco_ios_zbf", one).values()).text
