"""Logging in: what each terminal line lets in, and the worst of those for the network.

A line for the network takes what it names and what the device serves. Lists of methods for rights
and records have no effect on a line that does not name them, `default` neither; the list for
logins that is called so holds everywhere. Source: docs/reference/platforms.md.
"""

from __future__ import annotations

from telemed_infra.management_plane import Listener, Login, Method
from telemed_infra.packets import Family
from telemed_infra.parse.ios.plane import methods
from telemed_infra.parse.ios.plane.context import Context
from telemed_infra.parse.ios.plane.logins import Logins, idle, sources, taken
from telemed_infra.parse.ios.plane.methods import DEFAULT, NOBODY_ASKED, Asked
from telemed_infra.parse.ios.plane.sayings import Sayings
from telemed_infra.parse.ios.plane.servers import Group
from telemed_infra.parse.ios.state import Terminal
from telemed_infra.parse.management.gates import Gate, worst

LINES = 5
"""So many lines for the network there are, named in the text or not."""
SERVED_BY_LINES = (
    #   command                      what it serves      on if nothing is said
    ("enable service ssh-server", Listener.SSH, False),
    ("enable service telnet-server", Listener.TELNET, True),
)
_ACCOUNTED = ("exec", "commands 15")
"""Sessions, and commands of people who may do everything."""


def logins(context: Context) -> Logins:
    """The whole of it."""
    groups: list[Group] = []
    every = [_gate(context, one, groups) for one in _lines(context)]
    network = worst([one for one in every if one.listeners] or every)
    console = context.plane.console or Sayings()
    asked = _login(context, console, is_console=True)
    groups += asked.groups
    sessions, commands = (_told(context, console, what, groups) for what in _ACCOUNTED)
    return Logins(
        Login(
            methods=network.methods,
            console=asked.methods,
            authorization=network.authorization,
            sessions_accounted=network.sessions_accounted and sessions,
            commands_accounted=network.commands_accounted and commands,
            listeners=network.listeners,
            sources4=network.sources4,
            sources6=network.sources6,
            idle_s=network.idle_s,
            console_idle_s=idle(context, console),
        ),
        tuple(dict.fromkeys(groups)),
    )


def _lines(context: Context) -> list[Terminal]:
    """The lines for the network that differ; those that the text does not name are as they come."""
    terminals, count = context.state.terminals, context.plane.lines_end
    places = range(LINES if count is None else count)
    lines = [] if all(place in terminals for place in places) else [Terminal()]
    for line in terminals.values():
        if line not in lines:
            lines.append(line)
    return lines


def _gate(context: Context, line: Terminal, groups: list[Group]) -> Gate:
    said = context.said
    served = {kind for head, kind, default in SERVED_BY_LINES if said.is_on(head, default=default)}
    listeners = taken(context, line) & served
    asked = _login(context, line.sayings, is_console=False)
    allowed = _authorization(context, line.sayings)
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


def _login(context: Context, line: Sayings, *, is_console: bool) -> Asked:
    """Who is asked; with AAA and without a list, nobody: no book says who else would be."""
    if context.said.is_on("aaa new-model"):
        lists = context.said.all("aaa authentication login")
        if line.one("login authentication") is None and DEFAULT not in lists:
            return Asked((Method.NONE,), ())
    return methods.login(context, line, is_console=is_console)


def _authorization(context: Context, line: Sayings) -> Asked:
    if line.one("authorization exec") is None:
        return NOBODY_ASKED
    return methods.authorization(context, line)


def _told(context: Context, line: Sayings, what: str, groups: list[Group]) -> bool:
    """Whether servers are told of what somebody does who came by a line that says so."""
    kind, _, level = what.partition(" ")
    if level not in line.all(f"accounting {kind}"):
        return False
    found, of_list = methods.told(context, line, what)
    groups += of_list
    return found
