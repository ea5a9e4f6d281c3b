"""Lines of VRP about IKE, IPsec and GRE: what each takes, and to which part it belongs.

A line that is not here is unread. Source: docs/reference/platforms.md, "Tunnels, as they are read".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from telemed_infra.parse.vrp import management_lists as lists
from telemed_infra.parse.vrp.arguments import number, one
from telemed_infra.parse.vrp.engine import (
    Command,
    Effect,
    Reader,
    Unreadable,
    View,
    Words,
    inert,
    notes,
)
from telemed_infra.parse.vrp.tunnels_ports import WHY
from telemed_infra.parse.vrp.tunnels_state import Ipsec, Part, Policy, Said
from telemed_infra.parse.vrp.tunnels_words import (
    Check,
    algorithms,
    among,
    bare,
    identity,
    identity_kind,
    injection,
    interval,
    names,
    one_address,
    own_end,
    shared_secret,
    single,
    within,
)

_TEXT = "a text for people"
_OLD_IKE = "of IKEv1, or how an answer is spread; without it a tunnel comes up alike"
_SEQUENCE_MAX = 10_000
_SECONDS_MAX = 604_800

Commands = tuple[Command[Any], ...]


# Views --------------------------------------------------------------------------------------------


def _enter(table: Callable[[Ipsec], dict[str, Part]]) -> Reader[Any]:
    def reader(words: Words) -> Effect[Any]:
        title = one(words)

        def effect(state: Any, line: int) -> None:
            held = table(state.ipsec)
            state.ipsec.open = held.setdefault(title, Part(title, line))

        return effect

    return reader


def _drop(table: Callable[[Ipsec], dict[str, Part]]) -> Reader[Any]:
    def reader(words: Words) -> Effect[Any]:
        title = one(words)

        def effect(state: Any, _line: int) -> None:
            if table(state.ipsec).pop(title, None) is None:
                raise Unreadable(f"there is no {title} to remove")

        return effect

    return reader


def _enter_policy(words: Words) -> Effect[Any]:
    """`ipsec policy <group> <n> isakmp [template <name>]`."""
    if len(words) not in (3, 5) or words[2] != "isakmp" or words[3:4] not in ((), ("template",)):
        raise Unreadable("a group, a number and `isakmp` are expected; keys by hand are not read")
    group, place = words[0], number(words[1], 1, _SEQUENCE_MAX)
    template = words[4] if len(words) == 5 else ""

    def effect(state: Any, line: int) -> None:
        entries = state.ipsec.policies.setdefault(group, {})
        held = entries.setdefault(place, Policy(group, line, template=template))
        if held.template != template:
            raise Unreadable("an entry that has a template has no lines of its own")
        state.ipsec.open = held

    return effect


def _enter_template(words: Words) -> Effect[Any]:
    """`ipsec policy-template <name> <n>`."""
    if len(words) != 2:
        raise Unreadable("a name and a number are expected")
    name, place = words[0], number(words[1], 1, _SEQUENCE_MAX)

    def effect(state: Any, line: int) -> None:
        entries = state.ipsec.templates.setdefault(name, {})
        state.ipsec.open = entries.setdefault(place, Policy(name, line))

    return effect


def _kept(head: str, check: Check, *, of_system: bool = False) -> Reader[Any]:
    """A line of the open part, or of the system view; it takes back an `undo` of it."""

    def reader(words: Words) -> Effect[Any]:
        plain = check(words)

        def effect(state: Any, line: int) -> None:
            part = state.ipsec.system if of_system else state.ipsec.open
            part.said[head] = Said(plain, line)
            part.off.discard(head)

        return effect

    return reader


def _unsaid(head: str, check: Check, *, of_system: bool = False) -> Reader[Any]:
    """The `undo` of a line, with its words or without: what holds by default holds again."""

    def reader(words: Words) -> Effect[Any]:
        plain = check(words) if words else ()

        def effect(state: Any, _line: int) -> None:
            part = state.ipsec.system if of_system else state.ipsec.open
            held = part.said.get(head)
            if plain and (held is None or held.words != plain):
                raise Unreadable("there is no such line to take back")
            part.said.pop(head, None)

        return effect

    return reader


def _gone(head: str) -> Reader[Any]:
    """The `undo` of what is on without a line."""

    def reader(words: Words) -> Effect[Any]:
        bare(words)

        def effect(state: Any, line: int) -> None:
            state.ipsec.open.said[head] = Said((), line)
            state.ipsec.open.off.add(head)

        return effect

    return reader


def _line(head: str, check: Check) -> Command[Any]:
    return notes(head, _kept(head, check), WHY, undo=_unsaid(head, check))


def _version(words: Words) -> Words:
    return among("1", "2")(words)


def _versions(*, on: bool) -> Reader[Any]:
    """`version {1|2}`: both are on without a line."""

    def reader(words: Words) -> Effect[Any]:
        (which,) = _version(words)
        head = f"version {which}"

        def effect(state: Any, line: int) -> None:
            state.ipsec.open.said[head] = Said((), line)
            (state.ipsec.open.off.discard if on else state.ipsec.open.off.add)(head)

        return effect

    return reader


# Access lists -------------------------------------------------------------------------------------


def _rule(words: Words) -> Effect[Any]:
    """A rule of an access list may be a selector's: its words are kept."""

    def effect(state: Any, line: int) -> None:
        state.ipsec.rules[line] = words

    return effect


selector = lists.together(lists.rule, _rule)
"""A rule of an access list, whoever binds it."""


# Tables -------------------------------------------------------------------------------------------


def _tables() -> Iterator[Command[Any]]:
    for head, table, view in (
        ("ike proposal", lambda ipsec: ipsec.proposals, "ike-proposal"),
        ("ike peer", lambda ipsec: ipsec.peers, "ike-peer"),
        ("ipsec proposal", lambda ipsec: ipsec.transforms, "ipsec-proposal"),
    ):
        yield notes(head, _enter(table), WHY, undo=_drop(table), enters=view)


TUNNEL_SYSTEM: Commands = (
    *_tables(),
    notes("ipsec policy", _enter_policy, WHY, enters="ipsec-policy"),
    notes("ipsec policy-template", _enter_template, WHY, enters="ipsec-policy"),
    *(
        notes(
            head,
            _kept(head, check, of_system=True),
            WHY,
            undo=_unsaid(head, check, of_system=True),
        )
        for head, check in (
            ("ike dpd interval", interval),
            ("ike dpd type", among("periodic", "on-demand")),
            ("ike dpd idle-time", within(1, 3600)),
            ("ike dpd retransmit-interval", within(1, 60)),
            ("ike dpd retry-limit", within(1, 10)),
            ("ike local-name", identity),
            ("ipsec sha2 compatible enable", bare),
            ("firewall tcp-mss", within(100, 1460)),
            ("ipsec sa global-duration time-based", within(30, _SECONDS_MAX)),
        )
    ),
    *inert("ipsec sa global-duration traffic-based | ike nat-keepalive-timer interval", _OLD_IKE),
)
_NAT = notes("nat traversal", _kept("nat traversal", bare), WHY, undo=_gone("nat traversal"))
_POLICY_ENABLE = notes(
    "policy enable", _kept("policy enable", bare), WHY, undo=_gone("policy enable")
)

TUNNEL_VIEWS: dict[str, View[Any]] = {
    "ike-proposal": (
        _line("encryption-algorithm", algorithms),
        _line("dh", algorithms),
        _line("authentication-method", among("pre-share", "rsa-signature", "digital-envelope")),
        _line("integrity-algorithm", algorithms),
        _line("prf", algorithms),
        _line("sa duration", within(60, _SECONDS_MAX)),
        *inert("authentication-algorithm", _OLD_IKE),
    ),
    "ike-peer": (
        notes("version", _versions(on=True), WHY, undo=_versions(on=False)),
        _line("pre-shared-key", shared_secret),
        _line("ike-proposal", single),
        _line("remote-address", one_address),
        _line("local-address", one_address),
        _line("local-id-type", identity_kind),
        _line("local-id", identity),
        _line("remote-id-type", identity_kind),
        _line("remote-id", identity),
        _line("dpd type", among("periodic", "on-demand")),
        _line("dpd idle-time", within(1, 3600)),
        _line("dpd retransmit-interval", within(1, 60)),
        _line("dpd retry-limit", within(1, 10)),
        _NAT,
        *inert("exchange-mode", _OLD_IKE),
        *inert("description", _TEXT),
    ),
    "ipsec-proposal": (
        _line("transform", among("esp", "ah", "ah-esp")),
        _line("encapsulation-mode", among("tunnel", "transport", "auto")),
        _line("esp authentication-algorithm", algorithms),
        _line("esp encryption-algorithm", algorithms),
    ),
    "ipsec-policy": (
        _line("security acl", single),
        _line("ike-peer", single),
        _line("proposal", names),
        _line("tunnel local", own_end),
        notes("local-address", _kept("tunnel local", own_end), WHY),
        _line("pfs", single),
        _line("sa duration time-based", within(30, _SECONDS_MAX)),
        _line("sa trigger-mode", among("auto", "traffic-based")),
        _line("route inject", injection),
        _POLICY_ENABLE,
        *inert("sa duration traffic-based", _OLD_IKE),
        *inert("alias | description", _TEXT),
    ),
    "acl": (
        notes(
            "rule",
            selector,
            "a list; it filters nothing until a line binds it, and such a line is read or not",
            undo=lists.undo_rule,
        ),
    ),
}
"""Of the view `acl`, the rows that differ from those of other devices."""
