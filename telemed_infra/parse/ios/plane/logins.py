"""Logging in: what each terminal line lets in, and the worst of those for the network."""

from __future__ import annotations

from typing import NamedTuple

from telemed_infra.management_plane import Listener, Login
from telemed_infra.packets import TCP, Family, Ranges, Service, ports
from telemed_infra.parse.frr.engine import Unreadable
from telemed_infra.parse.ios.plane.context import Context, Words
from telemed_infra.parse.ios.plane.methods import authorization, login, told
from telemed_infra.parse.ios.plane.sayings import OFF, Sayings
from telemed_infra.parse.ios.plane.servers import Group
from telemed_infra.parse.ios.state import Terminal
from telemed_infra.parse.ios.terminals import TRANSPORT
from telemed_infra.parse.management.gates import Gate, longest, weakest, worst

IDLE_S = 600
"""After so long a silent session ends where no line says it: ten minutes."""
LINES_OF_ROUTER, LINES_OF_SWITCH = 5, 16
"""How many lines for the network there are, named in the text or not."""
_SERVICES: dict[Listener, Service] = {
    Listener.SSH: ports(TCP, 22), Listener.TELNET: ports(TCP, 23),
}  # fmt: skip
_ACCOUNTED = ("exec", "commands 15")
"""Sessions, and commands of people who may do everything."""
_BOTH = frozenset(_SERVICES)
_OTHERS = ("lapb-ta", "lat", "mop", "pad", "rlogin", "udptn", "v120", "acercon", "onep", "nasi")


class Logins(NamedTuple):
    """How people log in, and the servers that are asked or told."""

    login: Login
    groups: tuple[Group, ...]


def logins(context: Context) -> Logins:
    """The whole of it."""
    groups: list[Group] = []
    every = [_gate(context, one, groups) for one in _lines(context)]
    network = worst([one for one in every if one.listeners] or every)
    consoles = [context.plane.console or Sayings()]
    auxiliary = context.plane.auxiliary
    if auxiliary is not None and auxiliary.is_on("exec", default=True):
        consoles.append(auxiliary)
    lists = [login(context, one, is_console=True) for one in consoles]
    groups += [one for asked in lists for one in asked.groups]
    sessions, commands = (
        all(_told(context, one, what, groups) for one in consoles) for what in _ACCOUNTED
    )
    return Logins(
        Login(
            methods=network.methods,
            console=weakest(one.methods for one in lists),
            authorization=network.authorization,
            sessions_accounted=network.sessions_accounted and sessions,
            commands_accounted=network.commands_accounted and commands,
            listeners=network.listeners,
            sources4=network.sources4,
            sources6=network.sources6,
            idle_s=network.idle_s,
            console_idle_s=longest(idle(context, one) for one in consoles),
        ),
        tuple(dict.fromkeys(groups)),
    )


def _lines(context: Context) -> list[Terminal]:
    """The lines for the network that differ; those that the text does not name are as they come."""
    state = context.state
    count = LINES_OF_SWITCH if context.is_switch else LINES_OF_ROUTER
    if context.plane.lines_end is not None:
        count = context.plane.lines_end
    lines = [] if all(place in state.terminals for place in range(count)) else [Terminal()]
    for line in state.terminals.values():
        if line not in lines:
            lines.append(line)
    return lines


def _gate(context: Context, line: Terminal, groups: list[Group]) -> Gate:
    listeners = taken(context, line)
    asked = login(context, line.sayings, is_console=False)
    allowed = authorization(context, line.sayings)
    sessions, commands = (_told(context, line.sayings, what, groups) for what in _ACCOUNTED)
    groups += [*asked.groups, *allowed.groups]
    return Gate(
        methods=asked.methods,
        authorization=allowed.methods,
        sessions_accounted=sessions,
        commands_accounted=commands,
        listeners=listeners,
        sources4=sources(context, line, Family.V4, listeners),
        sources6=sources(context, line, Family.V6, listeners),
        idle_s=idle(context, line.sayings),
    )


def _told(context: Context, line: Sayings, what: str, groups: list[Group]) -> bool:
    """Whether servers are told of what somebody does who came by a line."""
    found, of_list = told(context, line, what)
    groups += of_list
    return found


def taken(context: Context, line: Terminal) -> frozenset[Listener]:
    """What a line takes from the network: without a line of its own, whatever there is."""
    if line.closed or not line.sayings.is_on("exec", default=True):
        return frozenset()
    said = line.sayings.one(TRANSPORT)
    return _BOTH if said is None else (context.value(_transports, said) or frozenset())


def _transports(text: str) -> frozenset[Listener]:
    words = Words(text)
    found: set[Listener] = set()
    while words.rest:
        word = words.one_of("ssh", "telnet", "all", *_OTHERS)
        if word in _OTHERS:
            raise Unreadable(f"{word} is another way in, and not modelled")
        found |= _BOTH if word == "all" else {Listener(word)}
    return frozenset(found)


def sources(
    context: Context, line: Terminal, family: Family, listeners: frozenset[Listener]
) -> Ranges | None:
    """From where a line lets somebody reach what it takes; None: from anywhere."""
    binding = line.filters.get(family)
    if binding is None or not listeners:
        return None
    services = tuple(_SERVICES[one] for one in sorted(listeners, key=lambda one: one.value))
    return context.sources(binding.name, binding.line, family, services, "the lines let in")


def idle(context: Context, line: Sayings) -> int | None:
    """After how many seconds a silent session of a line ends; None: never."""
    said = line.one("exec-timeout")
    if said is None:
        return IDLE_S
    if said.text == OFF:
        return None
    found = context.value(_seconds, said)
    return found or None


def _seconds(text: str) -> int:
    """`exec-timeout MINUTES [SECONDS]`; 0 0 is never."""
    words = Words(text)
    minutes = words.number(0, 35791)
    seconds = words.number(0, 2147483) if words.rest else 0
    words.end()
    return 60 * minutes + seconds
