"""The plan file: what is read, what is refused, and that the schema refuses the same."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import (  # type: ignore[import-untyped]  # its stubs are a package of their own
    Draft202012Validator,
    FormatChecker,
)

from failover.core.plan import Durability, Lease
from failover.plan_file import (
    EtcdPlan,
    PlanFile,
    PlanProblem,
    SqlitePlan,
    hash_of,
    plan_file_of,
    read_plan,
    read_plan_file,
)
from failover.plan_file.content import INSTANCES_MAX
from failover.plan_file.reading import BYTES_MAX
from failover.plan_file.shape import plan_file
from failover.plan_file.values import Value
from tests.failover.plans import Document, bytes_of, one_machine, sealed, small_plan

GOLDEN = Path(__file__).parent / "golden" / "plan_problems.txt"
SCHEMA = json.loads(
    (Path(__file__).parents[2] / "failover" / "plan.schema.json").read_text("utf-8")
)
VALIDATOR = Draft202012Validator(SCHEMA, format_checker=FormatChecker(["ipv4", "ipv6"]))

Change = Callable[[Document], None]


def read(document: object) -> PlanFile:
    return plan_file_of("plan.json", bytes_of(document))


def refusal(content: object) -> str:
    """What is said of a plan, given as bytes or as a document."""
    with pytest.raises(PlanProblem) as caught:
        plan_file_of("plan.json", content if isinstance(content, bytes) else bytes_of(content))
    return str(caught.value)


# ---- what is read --------------------------------------------------------------------------------


def test_the_core_gets_its_plan(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_bytes(bytes_of(small_plan()))
    plan = read_plan(path)
    assert plan.hash == small_plan()["hash"]
    assert plan.sites == ("dc-a", "dc-b")
    assert plan.witness == "witness-1"
    assert plan.profile.lease == Lease(length_s=2, drift=0.01, margin_s=0.15)
    assert plan.panel.observers_min == 2
    assert plan.damping.half_life_s == 900
    portal, referral, rounds = plan.groups
    assert portal.instances == ("portal-province", "portal-bijie")
    assert (referral.home, referral.after) == ("dc-b", ("portal@dc-a",))
    assert referral.durability is Durability.SYNCHRONOUS
    assert rounds.rate_bytes_s == 0
    assert read_plan_file(path).plan == plan


def test_the_shell_gets_addresses() -> None:
    whole = read(small_plan())
    assert whole.port == 7947
    assert whole.site("dc-b").addresses == {"fibre": "10.4.140.70", "health": "10.4.100.70"}
    assert whole.witness.address == "10.8.0.17"
    assert [one.name for one in whole.observers] == ["bijie-h1", "guizhou-h1"]
    assert isinstance(whole.register, EtcdPlan)
    member = whole.register.endpoints["witness-1"]
    assert (member.place, member.address, member.port) == ("witness-1", "10.8.0.17", 2379)
    portal, _, rounds = whole.groups
    assert portal.instances[1].v4 == "10.12.0.1"
    assert portal.instances[1].v6 == "2001:db8:c00::1"
    assert portal.actuators.postgresql == "portal-dc-a"
    assert portal.resource_check
    assert rounds.actuators.postgresql is None
    with pytest.raises(KeyError):
        whole.site("witness-1")


def test_ipv6_may_be_absent() -> None:
    plan = small_plan()
    del plan["groups"][0]["instances"][0]["v6"]
    assert read(sealed(plan)).groups[0].instances[0].v6 is None


def test_one_machine_keeps_its_register_in_a_file() -> None:
    assert read(one_machine()).register == SqlitePlan(path="/var/lib/telemed/register.sqlite")


def test_the_layout_of_the_file_is_not_in_the_hash() -> None:
    plan = small_plan()
    turned = dict(reversed(plan.items()))
    assert plan_file_of("plan.json", json.dumps(turned, indent=8).encode()) == read(plan)


# ---- what is refused, and how that is said -------------------------------------------------------


def set_to(path: str, value: object) -> Change:
    """Sets one place, `groups.0.after`."""

    def change(plan: Document) -> None:
        *way, last = (int(part) if part.isdigit() else part for part in path.split("."))
        below: Any = plan
        for part in way:
            below = below[part]
        below[last] = value

    return change


def many_instances(plan: Document) -> None:
    for index, group in enumerate(plan["groups"][:2]):
        group["instances"] = [
            {"name": f"i-{index}-{number}", "v4": f"10.12.{index}.{number}"}
            for number in range(INSTANCES_MAX // 2 + 1)
        ]


BROKEN: dict[str, Change] = {
    "unknown key": set_to("groups.1.colour", "red"),
    "unknown key at the top": set_to("comment", "by hand"),
    "missing": lambda plan: plan["profile"].pop("beat_s"),
    "text for a number": set_to("profile.beat_s", "0.2"),
    "true for a number": set_to("port", True),
    "number for a text": set_to("groups.0.home", 5),
    "no identifier": set_to("sites.0.name", "DC A"),
    "a long text": set_to("sites.0.name", "a" * 300),
    "object for a list": set_to("groups.0.after", {}),
    "list for an object": set_to("profile.lease", [2]),
    "list for a number": set_to("profile.beat_s", []),
    "out of range": set_to("profile.lease.drift", 0.5),
    "zero where more is needed": set_to("profile.beat_s", 0),
    "fraction": set_to("groups.0.priority", 1.5),
    "text for true": set_to("groups.0.resource_check", "yes"),
    "durability": set_to("groups.0.durability", "best-effort"),
    "three sites": lambda plan: plan["sites"].append(plan["sites"][0]),
    "same hook twice": set_to("groups.0.actuators.hooks", ["a", "a"]),
    "no address": set_to("witness.address", "10.8.0.256"),
    "no IPv6 address": set_to("groups.0.instances.0.v6", "1::2::3"),
    "a name in an endpoint": set_to("register.endpoints.dc-a", "https://etcd-a:2379"),
    "two members": lambda plan: plan["register"]["endpoints"].pop("dc-a"),
    "no kind": set_to("register", {}),
    "kind of register": set_to("register.kind", "consul"),
    "place of a member": lambda plan: plan["register"]["endpoints"].update(
        {"dc-c": plan["register"]["endpoints"].pop("dc-a")}
    ),
    "one member twice": set_to("register.endpoints.dc-b", "https://10.0.150.70:2379"),
    "slow election": set_to("register.election_ms", 1000),
    "slow heartbeat of members": set_to("register.heartbeat_ms", 101),
    "file between two machines": set_to("register", one_machine()["register"]),
    "seldom renewed": set_to("profile.renewal_s", 0.6),
    "margin": set_to("profile.lease.margin_s", 2),
    "long silence": set_to("profile.silence_s", 2.5),
    "seldom beating": set_to("profile.beat_s", 0.4),
    "few observers": set_to("panel.observers_min", 3),
    "reached and lost": set_to("panel.lost_share", 0.6),
    "penalty": set_to("damping.penalty", 2000),
    "witness in a centre": set_to("witness.name", "dc-a"),
    "one address for two paths": set_to("sites.0.addresses.fibre", "10.0.100.70"),
    "observer at the witness": set_to("observers.0.address", "10.8.0.17"),
    "home": set_to("groups.0.home", "witness-1"),
    "group twice": set_to("groups.1.name", "portal@dc-a"),
    "needs nobody": set_to("groups.1.after", ["portal"]),
    "needs itself": set_to("groups.0.after", ["portal@dc-a"]),
    "cycle": set_to("groups.0.after", ["ward-rounds@dc-b"]),
    "a log of the stateless": set_to("groups.2.rate_bytes_s", 5),
    "no log": set_to("groups.0.rate_bytes_s", 0),
    "synchronous without a check": set_to("groups.1.resource_check", False),
    "instance twice": set_to("groups.1.instances.0.name", "portal-province"),
    "address twice": set_to("groups.1.instances.0.v4", "10.12.0.0"),
    "IPv6 twice, spelt differently": set_to("groups.1.instances.0.v6", "2001:db8:c00:0::1"),
    "too many instances": many_instances,
    "another version": set_to("version", 2),
    "true for the version": set_to("version", True),
    "no version": lambda plan: plan.pop("version"),
}


def bad_bytes() -> dict[str, bytes]:
    good = bytes_of(small_plan())
    return {
        "empty": b"",
        "cut off": good[:-2],
        "not UTF-8": b"\xff",
        "no object": b"[]",
        "a key twice": good.replace(b'"version": 1', b'"version": 1, "version": 1'),
        "not a number": good.replace(b"7947", b"NaN"),
        "beyond every number": good.replace(b"7947", b"1e999"),
        "nested beyond measure": b"[" * 200_000,
        "too large": b" " * (BYTES_MAX + 1),
        "changed by hand": good.replace(b"7947", b"7948"),
        "without a hash": bytes_of({"version": 1}),
    }


def test_refusals_are_said_well(golden: Callable[[Path, str], None]) -> None:
    told = [f"## {name}\n{refusal(content)}\n" for name, content in bad_bytes().items()]
    for name, change in BROKEN.items():
        plan = small_plan()
        change(plan)
        told.append(f"## {name}\n{refusal(sealed(plan))}\n")
    golden(GOLDEN, "\n".join(told))


def test_a_problem_has_its_parts() -> None:
    plan = small_plan()
    plan["groups"][1]["after"] = ["nobody"]
    with pytest.raises(PlanProblem) as caught:
        read(sealed(plan))
    assert caught.value.place == "plan.json: groups[1].after[0]"
    assert caught.value.message == "no group `nobody`"
    assert caught.value.hint == ""


def test_what_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(PlanProblem, match=r"plan\.json: cannot be read: No such file"):
        read_plan(tmp_path / "plan.json")


def test_three_beats_are_a_silence_to_the_last_digit() -> None:
    plan = small_plan()
    plan["profile"] |= {"beat_s": 0.1, "silence_s": 0.3}
    assert read(sealed(plan)).plan.profile.beat_s == 0.1


def test_only_an_object_is_hashed() -> None:
    with pytest.raises(ValueError, match="an object"):
        hash_of([])


def test_as_many_instances_as_a_transaction_takes() -> None:
    plan = small_plan()
    many_instances(plan)
    del plan["groups"][2]
    groups = plan["groups"]
    while sum(len(group["instances"]) for group in groups) > INSTANCES_MAX:
        groups[1]["instances"].pop()
    read_groups = read(sealed(plan)).plan.groups
    assert sum(len(group.instances) for group in read_groups) == INSTANCES_MAX


# ---- the schema says the same --------------------------------------------------------------------

VALUES: tuple[object, ...] = (
    None, True, False, 0, 1, 2, 2.0, -1, 0.05, 0.5, 1.5, 65_536, 1e300, "", "a", "A", "a b", "dc-a",
    "a@b", "10.1.2.3", "10.1.2.300", "10.1.2.3.", "::1", "::", "1:::2", "2001:DB8::1", "12345::1",
    "/tmp/x", "etcd", "sqlite", "stateless", "f" * 64, "f" * 100, "https://10.0.0.1:65535",
    "https://10.0.0.1:65536", "https://10.0.0.1:0", "http://10.0.0.1:1", "https://10.0.0.1", [], {},
    [[]], ["a"], ["a", "a"], ["a", 1], [{}], {"a": 1}, {"kind": "etcd"},
)  # fmt: skip


def damaged(value: Any) -> Iterator[Any]:
    """The value with one place of it changed, one way after the other."""
    yield from VALUES
    if isinstance(value, dict):
        yield {**value, "stranger": 1}
        for key, below in value.items():
            yield {other: kept for other, kept in value.items() if other != key}
            yield {"Renamed" if other == key else other: kept for other, kept in value.items()}
            yield from ({**value, key: other} for other in damaged(below))
    elif isinstance(value, list):
        yield [*value, *value]
        yield value * 130
        for index, below in enumerate(value):
            yield value[:index] + value[index + 1 :]
            yield from ([*value[:index], other, *value[index + 1 :]] for other in damaged(below))


def has_the_shape(document: object) -> bool:
    try:
        plan_file(Value("plan.json", "", document))
    except PlanProblem:
        return False
    return True


def test_reader_and_schema_refuse_the_same() -> None:
    document = small_plan()
    document["groups"] = document["groups"][:1]  # one of each kind is enough
    document["groups"][0] |= {"after": ["referral@dc-b"], "instances": [instance(document)]}
    document["observers"].pop()
    others = [document, *damaged(document)]
    file = one_machine()["register"]
    others += [{**document, "register": other} for other in (file, *damaged(file))]
    verdicts = {True: 0, False: 0}
    for other in others:
        verdict = VALIDATOR.is_valid(other)
        assert has_the_shape(other) == verdict, json.dumps(other)[:2000]
        verdicts[verdict] += 1
    assert verdicts[False] > 3000
    assert verdicts[True] > 150


def instance(document: Document) -> object:
    return document["groups"][0]["instances"][0]


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_the_schema_explains_itself_and_is_closed() -> None:
    def walk(node: Any, path: str) -> Iterator[str]:
        if isinstance(node, dict):
            if "properties" in node:
                if node.get("additionalProperties") is not False:
                    yield f"{path} is open"
                for key, below in node["properties"].items():
                    if key != "kind" and "title" not in below:
                        yield f"{path}.{key} has no title"
            for key, below in node.items():
                yield from walk(below, f"{path}.{key}")

    assert not list(walk(SCHEMA, "plan"))
