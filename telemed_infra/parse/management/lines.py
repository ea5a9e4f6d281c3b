"""Lines to log in by (VTY, console): what all of one kind let in together."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from telemed_infra.management_plane import Listener, Login, Method
from telemed_infra.packets import TCP, Ranges, intersect
from telemed_infra.parse.management.gates import Gate, longest, weakest, widest, worst
from telemed_infra.parse.management.judged import Aaa, Look
from telemed_infra.parse.management.lists import AccessList, NotModelled, let_in
from telemed_infra.parse.management.state import NEVER, Lines

IDLE_S = 600
"""Of a line that tells none: ten minutes on every platform. Source: docs/reference/platforms.md."""
CONSOLES = ("con", "aux")
PORTS = {Listener.SSH: 22, Listener.TELNET: 23}
_BY_MODE = {"password": (Method.PASSWORD,), "none": (Method.NONE,)}

Said = dict[str, Any]


class Service(NamedTuple):
    """What is asked for: an IP protocol and a port."""

    protocol: int
    port: int


def login(look: Look, aaa: Aaa, listening: frozenset[Listener]) -> Login:
    """Logging in: by the network as its worst line lets in, and by the console."""
    network = _network(look)
    console = _console(look)
    gates = [_gate(said, look, aaa, listening) for said in network]
    allowed = worst(gates)
    by_line = look.platform.commands_by_line
    accounted = not by_line or all(said.get("commands") for said in (*network, *console))
    return Login(
        methods=allowed.methods,
        console=weakest(_methods(said.get("mode", "none"), aaa) for said in console),
        authorization=allowed.authorization,
        sessions_accounted=allowed.sessions_accounted,
        commands_accounted=allowed.commands_accounted and accounted,
        listeners=allowed.listeners,
        sources4=allowed.sources4,
        sources6=allowed.sources6,
        idle_s=allowed.idle_s,
        console_idle_s=longest(_idle(said) for said in console),
    )


def filtered(name: str, line: int, look: Look, service: Service) -> Ranges | None:
    """Whom a list lets in to a service; None, with a complaint: everyone."""
    found = known_list(name, look)
    if found is None:
        return None  # complained of by `references`
    rules = found.in_order()
    why = ""
    if found.by_depth and len({one.permits for one in rules}) > 1:
        why = f"the device orders the rules of the list {name} itself"
    else:
        loose = look.platform.list_holds_without_instance
        try:
            return let_in(rules, *service, look.instance, loose=loose)
        except NotModelled as error:
            why = str(error)
    look.add(line, why)
    return None


def known_list(name: str, look: Look) -> AccessList | None:
    """A list that is there and has a rule."""
    found = look.state.lists.get(name if look.platform.lists_know_case else name.lower())
    return found if found and found.rules else None


def references(look: Look) -> None:
    """Complain of each line that names a list which is not there, or empty: it lets everyone in."""
    state = look.state
    named = [*state.server_lists.values(), (state.snmp.filter, state.snmp.filter_line)]
    for holders in (state.snmp.groups, state.snmp.people, state.snmp.communities):
        named += [(one.filter, one.line) for one in holders.values()]
    for block in state.lines:
        named += [block.said[key] for key in ("acl4", "acl6") if block.said.get(key)]
    for name, line in named:
        if name and known_list(name, look) is None:
            why = f"the list {name} is not there or has no rule: the device lets everyone in"
            look.add(line, why)


def both(names: Iterable[tuple[str, int]], look: Look, service: Service) -> Ranges | None:
    """Whom several lists, each asked, let in; a name "" is no list."""
    found: Ranges | None = None
    for name, line in names:
        allowed = filtered(name, line, look, service) if name else None
        if allowed is not None:
            found = allowed if found is None else intersect(found, allowed)
    return found


def _gate(said: Said, look: Look, aaa: Aaa, listening: frozenset[Listener]) -> Gate:
    inbound: frozenset[Listener] = said.get("inbound", look.platform.inbound)
    methods = _methods(said.get("mode", look.platform.vty_mode), aaa)
    by_aaa = methods is aaa.methods
    return Gate(
        methods=methods,
        authorization=aaa.authorization if by_aaa else (),
        sessions_accounted=aaa.sessions_accounted and by_aaa,
        commands_accounted=aaa.commands_accounted and by_aaa,
        listeners=inbound,
        sources4=_sources(4, said, look, inbound & listening),
        sources6=_sources(6, said, look, inbound & listening),
        idle_s=_idle(said),
    )


def _sources(family: int, said: Said, look: Look, taken: frozenset[Listener]) -> Ranges | None:
    """From where one may log in by any of the protocols that are served."""
    wanted = [one for one in PORTS if one in taken] or [Listener.SSH]
    return widest(
        both(
            (
                said.get(f"acl{family}", ("", 0)),
                look.state.server_lists.get((listener, family), ("", 0)),
            ),
            look,
            Service(TCP, look.state.ports.get(listener, PORTS[listener])),
        )
        for listener in wanted
    )


def _network(look: Look) -> list[Said]:
    count = look.platform.vty_lines if look.state.vty_max is None else look.state.vty_max
    blocks = [block for block in look.state.lines if block.kind == "vty"]
    return _each(blocks, count, _of_class(look, "class vty")) or [{}]


def _console(look: Look) -> list[Said]:
    found: list[Said] = []
    for kind in CONSOLES:
        blocks = [block for block in look.state.lines if block.kind == kind]
        common = _of_class(look, f"class {kind}")
        found += _each(blocks, 0, common) or ([common] if common else [])
    return found or [{}]


def _of_class(look: Look, kind: str) -> Said:
    return _merged(block for block in look.state.lines if block.kind == kind)


def _each(blocks: list[Lines], count: int, common: Said) -> list[Said]:
    """What the lines say, each combination once; the first `count` exist without being named."""
    found: list[Said] = []
    starts = {0} if count else set()
    for block in blocks:
        starts |= {block.low, block.high + 1}
    for start in sorted(starts):
        own = [block for block in blocks if block.low <= start <= block.high]
        if own or start < count:
            said = common | _merged(own)
            if said not in found:
                found.append(said)
    return found


def _merged(blocks: Iterable[Lines]) -> Said:
    """What the last line about each subject says; None is the default, as if nothing were said."""
    found: Said = {}
    for block in blocks:
        for subject, said in block.said.items():
            found[subject] = said
    return {subject: said for subject, said in found.items() if said is not None}


def _methods(mode: str, aaa: Aaa) -> tuple[Method, ...]:
    return _BY_MODE.get(mode, aaa.methods)


def _idle(said: Said) -> int | None:
    seconds: int = said.get("idle", IDLE_S)
    return None if seconds == NEVER else seconds
