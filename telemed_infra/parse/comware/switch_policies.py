"""QoS policies, VRRP with its tracks, and routing policies of a Comware switch.

No VLAN depends on them. They are read for what would drop packets, for syntax of another vendor
that this device refuses, and for names that nothing defines: these fail open, silently.
Source: docs/reference/platforms.md.
"""

from __future__ import annotations

from telemed_infra.parse.comware.abbreviations import keyword, means
from telemed_infra.parse.comware.switch_lists import MATCH, list_title
from telemed_infra.parse.comware.switch_state import Switch, Use
from telemed_infra.parse.vrp.arguments import address, name, nothing, number
from telemed_infra.parse.vrp.engine import Effect, Reader, Unreadable, Words

VRRP_PARTS = (
    *("virtual-ip", "priority", "preempt-mode", "timer", "track", "authentication-mode"),
    *("source-interface", "shutdown", "vrrp", "check-ttl", "un-check"),
)
PREEMPT_DELAY_CS_MAX = 180_000
"""Centiseconds: `preempt-mode delay 6000` is one minute."""
ADVERTISE_CS = (10, 4095)

ROUTE_POLICY, PREFIX_LIST, PREFIX_LIST6 = "route-policy", "prefix-list", "ipv6 prefix-list"
QOS_POLICY, CLASSIFIER, BEHAVIOR, TRACK = "qos policy", "classifier", "behavior", "track"


def match_list(words: Words) -> Effect[Switch]:
    """`if-match [not] acl …` of a traffic classifier."""
    title, _ = list_title(words)

    def effect(state: Switch, line: int) -> None:
        why = f"the list {title} is not there or has no rule: what the class matches is not known"
        state.uses[MATCH, state.policy, title] = Use(line, MATCH, title, why)

    return effect


def undo_match_list(words: Words) -> Effect[Switch]:
    """`undo if-match acl …`."""
    title, _ = list_title(words)

    def effect(state: Switch, _line: int) -> None:
        state.uses.pop((MATCH, state.policy, title), None)

    return effect


def filter_action(words: Words) -> Effect[Switch]:
    """`filter {deny|permit}` of a behavior: the first drops what the class matches."""
    if not words or keyword(words[0], ("deny", "permit")) == "deny":
        raise Unreadable("a behavior that drops packets is not modelled")
    nothing(words[1:])
    return _nothing_kept


def pair(words: Words) -> Effect[Switch]:
    """`classifier <c> behavior <b> […]`: the device makes what is missing, empty."""
    if len(words) < 3:
        raise Unreadable("a classifier and its behavior are expected")
    keyword(words[1], ("behavior",))
    if any(means(word, "dot1q-tag-manipulation", 4) for word in words[3:]):
        raise Unreadable("a policy that changes VLAN tags is not modelled")

    def effect(state: Switch, line: int) -> None:
        for kind, title in ((CLASSIFIER, words[0]), (BEHAVIOR, words[2])):
            why = f"there is no {kind} {title}: the device makes an empty one, which does nothing"
            state.uses[QOS_POLICY, state.policy, words[0], kind] = Use(line, kind, title, why)

    return effect


def undo_pair(words: Words) -> Effect[Switch]:
    """`undo classifier <c>`."""
    if len(words) != 1:
        raise Unreadable("one classifier is expected")

    def effect(state: Switch, _line: int) -> None:
        for kind in (CLASSIFIER, BEHAVIOR):
            state.uses.pop((QOS_POLICY, state.policy, words[0], kind), None)

    return effect


def apply_policy(words: Words) -> Effect[Switch]:
    """`qos apply policy <p> […]`: a policy that is not there does nothing."""
    title, where = _applied(words)

    def effect(state: Switch, line: int) -> None:
        why = f"there is no QoS policy {title}: the line does nothing"
        for place in _places(state, where):
            state.uses["qos apply", place, *where] = Use(line, QOS_POLICY, title, why)

    return effect


def undo_apply_policy(words: Words) -> Effect[Switch]:
    """`undo qos apply policy <p> […]`."""
    _, where = _applied(words)

    def effect(state: Switch, _line: int) -> None:
        for place in _places(state, where):
            state.uses.pop(("qos apply", place, *where), None)

    return effect


def vrrp(words: Words) -> Effect[Switch]:
    """`vrrp [ipv6] vrid <n> {virtual-ip | priority | preempt-mode | timer | track | …}`."""
    if len(words) < 2:
        raise Unreadable("a number and a subject are expected")
    vrid = number(words[0], 1, 255)
    part, rest = keyword(words[1], VRRP_PARTS), words[2:]
    if part == "virtual-ip":
        address(rest[0] if rest else "")
    elif part == "priority":
        number(rest[0] if rest else "", 1, 254)
    elif part == "preempt-mode":
        _timed(rest, "delay", 0, PREEMPT_DELAY_CS_MAX)
    elif part == "timer":
        _timed(rest, "advertise", *ADVERTISE_CS)
    elif part == "track":
        return _tracked(vrid, rest)
    return _nothing_kept


def undo_vrrp(words: Words) -> Effect[Switch]:
    """`undo vrrp [ipv6] vrid <n> [<part> …]`: what it tracked is asked no more."""
    vrid = str(number(words[0] if words else "", 1, 255))
    part = keyword(words[1], VRRP_PARTS) if len(words) > 1 else "track"
    entry = words[2:3]

    def effect(state: Switch, _line: int) -> None:
        for place in state.chosen if part == "track" else ():
            for key in tuple(state.uses):
                if key[: 3 + len(entry)] == ("vrrp", place, vrid, *entry):
                    del state.uses[key]

    return effect


def track(words: Words) -> Effect[Switch]:
    """`track <n> {interface | nqa | bfd | …} …` makes a track entry."""
    entry = str(number(words[0] if words else "", 1, 1024))

    def effect(state: Switch, _line: int) -> None:
        state.defined.setdefault(TRACK, set()).add(entry)

    return effect


def undo_track(words: Words) -> Effect[Switch]:
    """`undo track <n>`."""
    if len(words) != 1:
        raise Unreadable("one track entry is expected")

    def effect(state: Switch, _line: int) -> None:
        state.defined.get(TRACK, set()).discard(words[0])

    return effect


def define_prefixes(kind: str) -> Reader[Switch]:
    """`ip prefix-list <l> [index <i>] {permit|deny} …`."""

    def reader(words: Words) -> Effect[Switch]:
        if len(words) < 2:
            raise Unreadable("a name and an entry are expected")
        title = name(words[0])

        def effect(state: Switch, _line: int) -> None:
            state.defined.setdefault(kind, set()).add(title)

        return effect

    return reader


def enter_family(words: Words) -> Effect[Switch]:
    """`address-family {ipv4|ipv6} …`: which prefix lists the lines below it mean."""
    family = keyword(words[0], ("ipv4", "ipv6", "vpnv4", "l2vpn")) if words else "ipv4"

    def effect(state: Switch, _line: int) -> None:
        state.prefixes = PREFIX_LIST6 if family == "ipv6" else PREFIX_LIST

    return effect


def routes_by(*head: str, prefixes: str = "") -> Reader[Switch]:
    """A routing line that may name a route policy or a prefix list; undefined, it passes all."""

    def reader(words: Words) -> Effect[Switch]:
        found = [
            (kind, words[at + 1])
            for at, word in enumerate(words[:-1])
            for kind, shortest in ((ROUTE_POLICY, 7), (PREFIX_LIST, 5))
            if means(word, kind, shortest)
        ]

        def effect(state: Switch, line: int) -> None:
            for kind, title in found:
                meant = kind if kind == ROUTE_POLICY else prefixes or state.prefixes
                why = f"there is no {meant} {title}: every route passes"
                state.uses[*head, str(line), kind] = Use(line, meant, title, why)

        return effect

    return reader


def banner(words: Words) -> Effect[Switch]:
    """`header <when> <sign>text<sign>` on one line; one over several might hide commands."""
    text = " ".join(words[1:])
    if len(text) < 3 or text[0] != text[-1] or text[0].isalnum() or text[0] in text[1:-1]:
        raise Unreadable("a banner is read if its text begins and ends with one sign, on one line")
    return _nothing_kept


def _applied(words: Words) -> tuple[str, Words]:
    if len(words) < 2:
        raise Unreadable("a policy and its place are expected")
    return name(words[0]), tuple(word.lower() for word in words[1:])


def _places(state: Switch, where: Words) -> tuple[str, ...]:
    return state.chosen if where[0] in ("inbound", "outbound") else ("",)


def _timed(words: Words, head: str, low: int, high: int) -> None:
    """`<head> <centiseconds>`, or nothing for the default of `preempt-mode`."""
    if not words and head == "delay":
        return
    if len(words) != 2:
        raise Unreadable(f"{head} and its time in hundredths of a second are expected")
    keyword(words[0], (head,))
    number(words[1], low, high)


def _tracked(vrid: int, words: Words) -> Effect[Switch]:
    """`track <entry> {priority reduced [<n>] | switchover | …}`: an entry, not an interface."""
    if len(words) < 2 or not words[0].isdigit():
        raise Unreadable("this device tracks an entry (`track <n> …`), not an interface")
    entry = str(number(words[0], 1, 1024))
    keyword(words[1], ("priority", "switchover", "forwarder-switchover", "weight"))

    def effect(state: Switch, line: int) -> None:
        why = f"there is no track {entry}: the priority never changes"
        for place in state.chosen:
            state.uses["vrrp", place, str(vrid), entry] = Use(line, TRACK, entry, why)

    return effect


def _nothing_kept(_state: Switch, _line: int) -> None:
    """A line that is understood and changes nothing that is kept."""
