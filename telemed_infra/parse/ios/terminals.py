"""The lines for logins over the network (`line vty`), as commands build them."""

from __future__ import annotations

from telemed_infra.packets import Family
from telemed_infra.parse.frr.engine import Args, Row, Unreadable, View
from telemed_infra.parse.ios.plane.grammar import ADMINISTRATORS, LINE, inert
from telemed_infra.parse.ios.plane.sayings import Said
from telemed_infra.parse.ios.state import Binding, Does, Ios, Terminal

Rows = tuple[Row[Ios], ...]
TRANSPORT = "transport input"
FIXED_LINES = 5
"""So many lines no command takes away."""


def enter_terminals(state: Ios, args: Args, _line: int) -> None:
    """`line vty A [B]`: what follows holds for each line of the range."""
    first, last = int(args[0]), int(args[1] or args[0])
    if last < first:
        raise Unreadable("the range ends before it begins")
    if state.plane.lines_end is not None:
        state.plane.lines_end = max(state.plane.lines_end, last + 1)
    state.open_terminals = [
        state.terminals.setdefault(place, Terminal()) for place in range(first, last + 1)
    ]
    state.plane.open = [one.sayings for one in state.open_terminals]


def remove_terminals(state: Ios, args: Args, _line: int) -> None:
    """`no line vty A [B]`: takes away all lines from A on."""
    first = int(args[0])
    state.plane.lines_end = max(first, FIXED_LINES)
    state.terminals = {one: held for one, held in state.terminals.items() if one < first}


def limit_logins(family: Family) -> Does:
    """`access-class WORD in`, `ipv6 access-class WORD in`."""

    def effect(state: Ios, args: Args, line: int) -> None:
        for terminal in state.open_terminals:
            terminal.filters[family] = Binding(args[0], line)

    return effect


def free_logins(family: Family) -> Does:
    """`no access-class [WORD] in`."""

    def effect(state: Ios, _args: Args, _line: int) -> None:
        for terminal in state.open_terminals:
            if terminal.filters.pop(family, None) is None:
                raise Unreadable("the lines have no access class")

    return effect


def transport(state: Ios, args: Args, line: int) -> None:
    """`transport input WORDS`: what the lines take; `none` closes them."""
    text = args[0] if args else "none"
    for terminal in state.open_terminals:
        terminal.closed = text.lower() == "none"
        terminal.sayings.put(TRANSPORT, "", Said(text, line))


def default_transport(state: Ios, _args: Args, _line: int) -> None:
    """`default transport input`."""
    for terminal in state.open_terminals:
        terminal.closed = False
        terminal.sayings.drop(TRANSPORT, "")


def network_line(*, judged: bool, line: Rows = LINE) -> View[Ios]:
    """The view of `line vty`; `judged`: who may open a connection is a matter of packets, too.

    `line` are the commands of any terminal line.
    """

    def row(pattern: str, effect: Does) -> Row[Ios]:
        return Row(pattern, effect, inert=not judged, why="" if judged else ADMINISTRATORS)

    return View(
        (
            row("access-class WORD in [vrf-also]", limit_logins(Family.V4)),
            row("no access-class [WORD] in [vrf-also]", free_logins(Family.V4)),
            row("default access-class in", free_logins(Family.V4)),
            row("transport input none", lambda state, _args, line: transport(state, (), line)),
            row("transport input LINE", transport),
            row("no transport input [LINE]", lambda state, _args, line: transport(state, (), line)),
            row("default transport input [LINE]", default_transport),
            row("ipv6 access-class WORD in", limit_logins(Family.V6)),
            row("no ipv6 access-class [WORD] in", free_logins(Family.V6)),
            *inert("what a person who is logged in may reach", "access-class WORD out"),
            *line,
        )
    )


def lines_of_network(*, judged: bool) -> Rows:
    """The commands that open the view."""
    why = "" if judged else ADMINISTRATORS
    return (
        Row("line vty (0-1869) [(1-1869)]", enter_terminals, "terminal", not judged, why),
        Row("no line vty (0-1869) [(1-1869)]", remove_terminals, "", not judged, why),
    )
