"""The zone-based firewall as commands build it. Source: docs/reference/platforms.md."""

from __future__ import annotations

from telemed_infra.parse.frr.engine import Args, Unreadable
from telemed_infra.parse.ios.services import INSPECTED
from telemed_infra.parse.ios.state import (
    CLASS_DEFAULT,
    SELF,
    Binding,
    ClassMap,
    Does,
    Ios,
    Match,
    PolicyClass,
    PolicyMap,
    ZonePair,
)


def zone(state: Ios, args: Args, line: int) -> None:
    """`zone security WORD`."""
    if args[0].lower() in (SELF, "default"):
        raise Unreadable(f"the zone {args[0]} is the system's own, and not modelled here")
    state.zones.setdefault(args[0], line)


def remove_zone(state: Ios, args: Args, _line: int) -> None:
    """`no zone security WORD`."""
    state.zones.pop(args[0], None)


def pair(state: Ios, args: Args, line: int) -> None:
    """`zone-pair security WORD source A destination B`."""
    name, source, destination = args
    held = state.pairs.get(name)
    if held is None:
        for other in state.pairs.values():
            if (other.source, other.destination) == (source, destination):
                raise Unreadable(f"{other.name} is the pair from {source} to {destination} already")
        held = state.pairs[name] = ZonePair(name, line, source, destination)
    elif (held.source, held.destination) != (source, destination):
        raise Unreadable(f"{name} leads from {held.source} to {held.destination} already")
    state.open_pair = held


def reopen_pair(state: Ios, args: Args, _line: int) -> None:
    """`zone-pair security WORD` of one that is there."""
    if args[0] not in state.pairs:
        raise Unreadable(f"there is no zone-pair {args[0]}, and no zones to make it")
    state.open_pair = state.pairs[args[0]]


def remove_pair(state: Ios, args: Args, _line: int) -> None:
    """`no zone-pair security WORD …`."""
    state.pairs.pop(args[0], None)


def pair_policy(state: Ios, args: Args, line: int) -> None:
    """`service-policy type inspect WORD`; the device refuses a second one."""
    held = state.open_pair.policy
    if held is not None and held.name != args[0]:
        raise Unreadable(f"the pair has the policy {held.name} already")
    state.open_pair.policy = Binding(args[0], line)


def remove_pair_policy(state: Ios, args: Args, _line: int) -> None:
    """`no service-policy type inspect WORD`."""
    held = state.open_pair.policy
    if held is None or held.name != args[0]:
        raise Unreadable(f"the pair has no policy {args[0]}")
    state.open_pair.policy = None


def class_map(state: Ios, args: Args, line: int) -> None:
    """`class-map type inspect [match-all|match-any] WORD`; match-all if neither is said."""
    word, name = args
    held = state.class_maps.get(name)
    if held is None:
        held = state.class_maps[name] = ClassMap(name, line, every=word != "match-any")
    elif word and held.every is not (word == "match-all"):
        raise Unreadable(f"class map {name} is of the other kind already")
    state.open_class_map = held


def remove_class_map(state: Ios, args: Args, _line: int) -> None:
    """`no class-map type inspect … WORD`."""
    state.class_maps.pop(args[-1], None)


def match(kind: str) -> Does:
    """A `match` line: kind is `list`, `protocol` or `class`."""

    def effect(state: Ios, args: Args, line: int) -> None:
        name = _matched(kind, args)
        known = {(one.kind, one.name) for one in state.open_class_map.matches}
        if (kind, name) not in known:
            state.open_class_map.matches.append(Match(kind, name, line))

    return effect


def no_match(kind: str) -> Does:
    """`no match …`."""

    def effect(state: Ios, args: Args, _line: int) -> None:
        name, matches = _matched(kind, args), state.open_class_map.matches
        rest = [one for one in matches if (one.kind, one.name) != (kind, name)]
        if len(rest) == len(matches):
            raise Unreadable("the class map does not match this")
        matches[:] = rest

    return effect


def _matched(kind: str, args: Args) -> str:
    name = args[0].lower() if kind == "protocol" else args[0]
    if kind == "protocol" and name not in INSPECTED:
        raise Unreadable(f"what `match protocol {name}` lets in is not modelled")
    return name


def policy_map(state: Ios, args: Args, line: int) -> None:
    """`policy-map type inspect WORD`."""
    state.open_policy = state.policy_maps.setdefault(args[0], PolicyMap(args[0], line))


def remove_policy_map(state: Ios, args: Args, _line: int) -> None:
    """`no policy-map type inspect WORD`."""
    state.policy_maps.pop(args[0], None)


def policy_class(state: Ios, args: Args, line: int) -> None:
    """`class type inspect WORD`."""
    name = args[0]
    if name == CLASS_DEFAULT:
        raise Unreadable("class-default is entered by `class class-default`")
    state.open_class = state.open_policy.classes.setdefault(name, PolicyClass(name, line))


def default_class(state: Ios, _args: Args, line: int) -> None:
    """`class class-default`."""
    classes = state.open_policy.classes
    state.open_class = classes.setdefault(CLASS_DEFAULT, PolicyClass(CLASS_DEFAULT, line))


def remove_policy_class(state: Ios, args: Args, _line: int) -> None:
    """`no class type inspect WORD`, `no class class-default`."""
    if state.open_policy.classes.pop(args[0] if args else CLASS_DEFAULT, None) is None:
        raise Unreadable("the policy has no such class")


def action(word: str) -> Does:
    """`inspect [PARAMETERS]`, `pass [log]`, `drop [log]`."""

    def effect(state: Ios, args: Args, line: int) -> None:
        held = state.open_class
        if held.action and held.action != word:
            raise Unreadable(f"the class has the action {held.action} already")
        held.action, held.action_line = word, line
        held.logs = "log" in args

    return effect


def no_action(word: str) -> Does:
    """`no` and an action."""

    def effect(state: Ios, _args: Args, _line: int) -> None:
        if state.open_class.action != word:
            raise Unreadable(f"the class has no action {word}")
        state.open_class.action = ""

    return effect


def logs_drops(*, on: bool) -> Does:
    """`ip inspect log drop-pkt`; `log dropped-packets` of the global parameter map."""

    def effect(state: Ios, _args: Args, _line: int) -> None:
        state.logs_drops = on

    return effect
