"""Lines of a USG about IKE and IPsec: what each takes, and to which part it belongs.

A line that is not here is unread. Source: docs/reference/platforms.md, "Tunnels".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Protocol

from telemed_infra.parse.vrp import management_lists as lists
from telemed_infra.parse.vrp.arguments import interface, ipv4, nothing, number, one
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
from telemed_infra.parse.vrp.options import secret
from telemed_infra.parse.vrp.tunnels_state import Bound, Ipsec, Part, Policy, Said

WHY = "a part of a tunnel: tunnels are compared with the plan by themselves"
_TEXT = "a text for people"
_OLD_IKE = "of IKEv1, or how an answer is spread; without it a tunnel comes up alike"
_SEQUENCE_MAX = 10_000
_SECONDS_MAX = 604_800
_PREFERENCE_MAX = 255
_NAME_MAX = 255

Check = Callable[[Words], Words]
"""The words of a line in their plain form; may raise `Unreadable`."""
Commands = tuple[Command[Any], ...]


class HasPort(Protocol):
    """A state whose open interface says what it binds."""

    @property
    def bound(self) -> Bound:
        """Of the interface whose view is open."""


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


def _gone(head: str, *, takes: Check | None = None) -> Reader[Any]:
    def reader(words: Words) -> Effect[Any]:
        (takes or _bare)(words)

        def effect(state: Any, line: int) -> None:
            state.ipsec.open.said[head] = Said((), line)
            state.ipsec.open.off.add(head)

        return effect

    return reader


def _line(head: str, check: Check) -> Command[Any]:
    return notes(head, _kept(head, check), WHY)


# Words --------------------------------------------------------------------------------------------


def _bare(words: Words) -> Words:
    nothing(words)
    return words


def _some(words: Words) -> Words:
    """Algorithms, of which a line may name several."""
    if not 1 <= len(words) <= 8:
        raise Unreadable("an algorithm is expected, or several")
    return tuple(word.lower() for word in words)


def _names(words: Words) -> Words:
    """Names, of which a line may have several."""
    return words if len(words) > 1 else _single(words)


def _single(words: Words) -> Words:
    return (one(words),)


def _among(*choices: str) -> Check:
    def check(words: Words) -> Words:
        if len(words) != 1 or words[0] not in choices:
            raise Unreadable(f"one of {', '.join(choices)} is expected")
        return words

    return check


def _within(low: int, high: int, *, before: Words = ()) -> Check:
    """A number, behind some words."""

    def check(words: Words) -> Words:
        if words[: len(before)] != before or len(words) != len(before) + 1:
            raise Unreadable(f"{' '.join((*before, 'a number'))} is expected")
        return (str(number(words[-1], low, high)),)

    return check


def _address(words: Words) -> Words:
    """One IPv4 address: of several, a device would try one after the other."""
    if len(words) != 1:
        raise Unreadable("one IPv4 address is expected")
    ipv4(words[0])
    return words


def _local(words: Words) -> Words:
    return words if words == ("applied-interface",) else _address(words)


def _kind(words: Words) -> Words:
    """`fqdn [<name>]`: older releases name the identity on the same line."""
    kinds = ("ip", "fqdn", "user-fqdn", "dn", "key-id", "any", "none", "name")
    if not 1 <= len(words) <= 2 or words[0] not in kinds:
        raise Unreadable(f"one of {', '.join(kinds)} is expected")
    return words


def _name(words: Words) -> Words:
    title = one(words)
    if len(title) > _NAME_MAX:
        raise Unreadable("the name is too long")
    return (title,)


def _secret(words: Words) -> Words:
    found, rest = secret(words)
    nothing(rest)
    return (found.removeprefix("%^%#").removesuffix("%^%#"),)


def _inject(words: Words) -> Words:
    """`{static|dynamic} [preference <n>]`."""
    if len(words) not in (1, 3) or words[0] not in ("static", "dynamic"):
        raise Unreadable("`static` or `dynamic`, and maybe a preference, are expected")
    if len(words) == 1:
        return words
    if words[1] != "preference":
        raise Unreadable(f"what `{words[1]}` does to the routes is not modelled")
    return words[0], str(number(words[2], 1, _PREFERENCE_MAX))


def _interval(words: Words) -> Words:
    """`ike dpd interval <seconds> [<seconds>]`."""
    if not 1 <= len(words) <= 2:
        raise Unreadable("one or two numbers of seconds are expected")
    return tuple(str(number(word, 1, 3600)) for word in words)


def _version(words: Words) -> Words:
    return _among("1", "2")(words)


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


# Interfaces and access lists ----------------------------------------------------------------------


def _bind(words: Words) -> Effect[Any]:
    """`ipsec policy <group> [auto-neg]`."""
    if len(words) not in (1, 2) or words[1:] not in ((), ("auto-neg",)):
        raise Unreadable("the name of a policy is expected")

    def effect(state: HasPort, line: int) -> None:
        state.bound.policy = Said(words, line)

    return effect


def _unbind(words: Words) -> Effect[Any]:
    if len(words) > 1:
        raise Unreadable("the name of a policy is expected")

    def effect(state: HasPort, _line: int) -> None:
        state.bound.policy = None

    return effect


def _tunnel_protocol(words: Words) -> Effect[Any]:
    (protocol,) = _among("ipsec", "gre", "none")(words)

    def effect(state: HasPort, _line: int) -> None:
        state.bound.protocol = protocol

    return effect


def _source(words: Words) -> Effect[Any]:
    """`source {<address>|<interface>}` of a tunnel."""
    plain = _address(words) if words[0][:1].isdigit() else (interface(words),)

    def effect(state: HasPort, line: int) -> None:
        state.bound.source = Said(plain, line)

    return effect


def _rule(words: Words) -> Effect[Any]:
    """A rule of an access list may be a selector's: its words are kept."""

    def effect(state: Any, line: int) -> None:
        state.ipsec.rules[line] = words

    return effect


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
        notes(head, _kept(head, check, of_system=True), WHY)
        for head, check in (
            ("ike dpd interval", _interval),
            ("ike dpd type", _among("periodic", "on-demand")),
            ("ike dpd idle-time", _within(1, 3600)),
            ("ike dpd retransmit-interval", _within(1, 60)),
            ("ike dpd retry-limit", _within(1, 10)),
            ("ike local-name", _name),
            ("ipsec sha2 compatible enable", _bare),
            ("ipsec sa global-duration time-based", _within(30, _SECONDS_MAX)),
        )
    ),
    *inert("ipsec sa global-duration traffic-based | ike nat-keepalive-timer interval", _OLD_IKE),
)
TUNNEL_INTERFACE: Commands = (
    notes("ipsec policy", _bind, WHY, undo=_unbind),
    notes("tunnel-protocol", _tunnel_protocol, "what a tunnel's packets are wrapped in"),
    notes("source", _source, "the tunnel's own end"),
    *inert("ip address unnumbered interface", "a tunnel that borrows an address"),
)
_NAT = notes("nat traversal", _kept("nat traversal", _bare), WHY, undo=_gone("nat traversal"))
_POLICY_ENABLE = notes(
    "policy enable", _kept("policy enable", _bare), WHY, undo=_gone("policy enable")
)

TUNNEL_VIEWS: dict[str, View[Any]] = {
    "ike-proposal": (
        _line("encryption-algorithm", _some),
        _line("dh", _some),
        _line("authentication-method", _among("pre-share", "rsa-signature", "digital-envelope")),
        _line("integrity-algorithm", _some),
        _line("prf", _some),
        _line("sa duration", _within(60, _SECONDS_MAX)),
        *inert("authentication-algorithm", _OLD_IKE),
    ),
    "ike-peer": (
        notes("version", _versions(on=True), WHY, undo=_versions(on=False)),
        _line("pre-shared-key", _secret),
        _line("ike-proposal", _single),
        _line("remote-address", _address),
        _line("local-address", _address),
        _line("local-id-type", _kind),
        _line("local-id", _name),
        _line("remote-id-type", _kind),
        _line("remote-id", _name),
        _line("dpd type", _among("periodic", "on-demand")),
        _line("dpd idle-time", _within(1, 3600)),
        _line("dpd retransmit-interval", _within(1, 60)),
        _line("dpd retry-limit", _within(1, 10)),
        _NAT,
        *inert("exchange-mode", _OLD_IKE),
        *inert("description", _TEXT),
    ),
    "ipsec-proposal": (
        _line("transform", _among("esp", "ah", "ah-esp")),
        _line("encapsulation-mode", _among("tunnel", "transport", "auto")),
        _line("esp authentication-algorithm", _some),
        _line("esp encryption-algorithm", _some),
    ),
    "ipsec-policy": (
        _line("security acl", _single),
        _line("ike-peer", _single),
        _line("proposal", _names),
        _line("tunnel local", _local),
        notes("local-address", _kept("tunnel local", _local), WHY),
        _line("pfs", _single),
        _line("sa duration time-based", _within(30, _SECONDS_MAX)),
        _line("sa trigger-mode", _among("auto", "traffic-based")),
        _line("route inject", _inject),
        _POLICY_ENABLE,
        *inert("sa duration traffic-based", _OLD_IKE),
        *inert("alias | description", _TEXT),
    ),
    "acl": (
        notes(
            "rule",
            lists.together(lists.rule, _rule),
            "a list; it filters nothing until a line binds it, and such a line is read or not",
            undo=lists.undo_rule,
        ),
    ),
}
"""Of the view `acl`, the rows that differ from those of other devices."""
