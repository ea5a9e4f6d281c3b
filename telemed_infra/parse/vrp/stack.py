"""Which views are open while a text of the Huawei family is read, and what leaves them."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

OUTERMOST, USER, UNKNOWN = "system", "user", "unknown"
BLANKS = " \t\r"


class Frame(Struct, frozen=True):
    """An open view: how deep its head stands, and its first child (-1: none yet)."""

    view: str
    head: int
    child: int = -1


Stack = tuple[Frame, ...]
"""The open views, the outermost first."""

_BOTTOM = Frame(OUTERMOST, -1)
HOME: Stack = (_BOTTOM,)
"""Where a text begins."""


def separated(stack: Stack) -> Stack:
    """What a `#` without indent leaves open: the views that a text can begin in."""
    found = tuple([frame for frame in stack if frame.head < 0])
    return HOME if found == HOME else found


def move(stack: list[Frame], raw: str) -> None:
    """Does what a line that is a move says; another one, blank or a remark, leaves all as it is."""
    line = raw.strip(BLANKS)
    if line in MOVES:
        MOVES[line](stack, raw.index(line[0]))


def _separator(stack: list[Frame], indent: int) -> None:
    while stack[-1].head >= indent:
        stack.pop()


def _quit(stack: list[Frame], indent: int) -> None:
    while stack[-1].view == UNKNOWN:
        stack.pop()
    if stack[-1].view not in (OUTERMOST, USER):
        stack.pop()
    else:
        _return(stack, indent)


def _return(stack: list[Frame], _indent: int) -> None:
    stack[:] = [_BOTTOM, Frame(USER, -1)]


def _system_view(stack: list[Frame], _indent: int) -> None:
    stack[:] = [_BOTTOM]


MOVES: dict[str, Callable[[list[Frame], int], None]] = {
    "#": _separator,
    "quit": _quit,
    "return": _return,
    "system-view": _system_view,
}
"""Lines that are no command of a view, and what each does; a `#` leaves views by its indent."""
