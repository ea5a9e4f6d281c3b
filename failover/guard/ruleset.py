"""The guard's table: one description, and what it is as text and as places to compare.

    table inet telemed_guard
      services_v4, services_v6      the service addresses: what is guarded, fixed
      armed0_v4 … armed1_v6         addresses for which kernel time runs: elements run out
      live0_v4 … live1_v6           addresses whose renewal is known to hold
      chain requests                prerouting, priority raw: packets to a service address
      chain answers                 output, priority raw: packets from a service address

A packet passes where `armed` and `live` of one slot both name its service address; else it is
counted and dropped. Before connection tracking, so that open connections stop too. Whatever names
no service address is not looked at further. A set has one family because nftables knows no type
that holds both; the core's four sets are eight here. Pure. Source: ADR-0015, ADR-0017.

A machine that is not the owner may still be a client of the owner: what it sends *to* a service
address elsewhere, and the answers that it gets, do not pass here as requests or answers of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from ipaddress import ip_address
from typing import NamedTuple

from failover.core.guard import Sets

TABLE = "telemed_guard"
COUNTER = "closed"
PRIORITY_RAW = -300  # before connection tracking (-200)


class Family(Enum):
    """Of an address."""

    V4 = "v4"
    V6 = "v6"


class AddressSet(NamedTuple):
    """A set of addresses of one family."""

    name: str
    family: Family
    runs_out: bool  # its elements have a timeout
    addresses: frozenset[str] | None  # None: the guard fills it


class Rule(NamedTuple):
    """A packet whose address is in all these sets passes, or is counted and dropped."""

    family: Family
    field: str  # daddr, saddr
    sets: tuple[str, ...]
    passes: bool


class Chain(NamedTuple):
    """Rules at a hook. What none of them names passes."""

    name: str
    hook: str
    rules: tuple[Rule, ...]


class Ruleset(NamedTuple):
    """The whole table."""

    sets: tuple[AddressSet, ...]
    chains: tuple[Chain, ...]


TYPES: Mapping[Family, str] = {Family.V4: "ipv4_addr", Family.V6: "ipv6_addr"}
_WORDS: Mapping[Family, str] = {Family.V4: "ip", Family.V6: "ip6"}
_SLOTS = ((Sets.ARMED_0, Sets.LIVE_0), (Sets.ARMED_1, Sets.LIVE_1))
_RUNNING_OUT = (Sets.ARMED_0, Sets.ARMED_1)


def family_of(address: str) -> Family:
    """The family of an address.

    Raises:
        ValueError: it is none.
    """
    return Family.V4 if ip_address(address).version == 4 else Family.V6


def set_name(which: Sets, family: Family) -> str:
    """What one of the core's sets is called in the kernel, where each family has its own."""
    return f"{which.value}_{family.value}"


def ruleset_of(addresses: Iterable[str]) -> Ruleset:
    """The table that guards these service addresses, of either family.

    Raises:
        ValueError: one of them is no address.
    """
    guarded: dict[Family, set[str]] = {family: set() for family in Family}
    for address in addresses:
        guarded[family_of(address)].add(str(ip_address(address)))
    sets = [
        AddressSet(_services(family), family, runs_out=False, addresses=frozenset(found))
        for family, found in guarded.items()
    ]
    sets += [
        AddressSet(set_name(which, family), family, which in _RUNNING_OUT, addresses=None)
        for which in Sets
        for family in Family
    ]
    return Ruleset(
        tuple(sets),
        (
            Chain("requests", "prerouting", _rules("daddr")),
            Chain("answers", "output", _rules("saddr")),
        ),
    )


def text_of(ruleset: Ruleset) -> str:
    """What `nft -f` reads. Loading it replaces the table in one step: every door is shut."""
    lines = [
        f"table inet {TABLE}",
        f"delete table inet {TABLE}",
        f"table inet {TABLE} {{",
        f"\tcounter {COUNTER} {{",
        "\t}",
    ]
    for each in ruleset.sets:
        lines += [f"\tset {each.name} {{", f"\t\ttype {TYPES[each.family]}"]
        if each.runs_out:
            lines.append("\t\tflags timeout")
        if each.addresses:
            lines.append("\t\telements = {")
            lines += [f"\t\t\t{address}," for address in _in_order(each.addresses)]
            lines.append("\t\t}")
        lines.append("\t}")
    for chain in ruleset.chains:
        lines += [f"\tchain {chain.name} {{", f"\t\t{place_of(chain)}"]
        lines += [f"\t\t{rule_text(rule)}" for rule in chain.rules]
        lines.append("\t}")
    return "\n".join([*lines, "}", ""])


def places_of(ruleset: Ruleset) -> dict[str, str]:
    """Each place of the table and what stands there, to compare with what the kernel has."""
    places = {f"table inet {TABLE}": "active", f"counter {COUNTER}": "a counter"}
    for each in ruleset.sets:
        places[f"set {each.name}"] = set_text(each.family, runs_out=each.runs_out)
        for address in _in_order(each.addresses or ()):
            places[f"set {each.name}, {address}"] = "guarded"
    for chain in ruleset.chains:
        places[f"chain {chain.name}"] = place_of(chain)
        for number, rule in enumerate(chain.rules, start=1):
            places[f"chain {chain.name}, rule {number}"] = rule_text(rule)
    return places


def differences(found: Mapping[str, str], wanted: Mapping[str, str]) -> list[str]:
    """What is missing, what is otherwise, and what is too much; a sentence each.

    Of a table that is missing altogether, just that.
    """
    if not found:
        return [f"{next(iter(wanted))} is missing"]
    told = [
        f"{place} is missing"
        if place not in found
        else f"{place} is `{found[place]}`, and should be `{wanted[place]}`"
        for place in wanted
        if found.get(place) != wanted[place]
    ]
    return told + [
        f"{place} (`{found[place]}`) does not belong there"
        for place in found
        if place not in wanted
    ]


def rule_text(rule: Rule) -> str:
    """The rule as nft writes it."""
    matches = [f"{_WORDS[rule.family]} {rule.field} @{name}" for name in rule.sets]
    return " ".join([*matches, "accept" if rule.passes else f'counter name "{COUNTER}" drop'])


def place_of(chain: Chain) -> str:
    """Where the chain hangs, as nft writes it."""
    return f"type filter hook {chain.hook} priority raw; policy accept;"


def set_text(family: Family, *, runs_out: bool) -> str:
    """What a set is, in words."""
    return f"type {TYPES[family]}" + ("; flags timeout" if runs_out else "")


def _services(family: Family) -> str:
    return f"services_{family.value}"


def _rules(field: str) -> tuple[Rule, ...]:
    rules: list[Rule] = []
    for family in Family:
        for armed, live in _SLOTS:
            both = (set_name(armed, family), set_name(live, family))
            rules.append(Rule(family, field, both, passes=True))
        rules.append(Rule(family, field, (_services(family),), passes=False))
    return tuple(rules)


def _in_order(addresses: Iterable[str]) -> list[str]:
    return sorted(addresses, key=lambda address: ip_address(address).packed)
