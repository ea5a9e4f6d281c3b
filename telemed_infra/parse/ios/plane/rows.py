"""How rows of the tables note what lines say.

Each command comes with its `no` and its `default` form. All of them let no packet pass or stop, so
they count as inert; what they say is judged at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from telemed_infra.parse.frr.engine import Args, Row
from telemed_infra.parse.ios.plane.sayings import OFF, ON, Block, Said, Sayings
from telemed_infra.parse.ios.state import Does, Ios, refused

Where = Callable[[Ios], list[Sayings]]
Rows = Iterator[Row[Ios]]


def device(state: Ios) -> list[Sayings]:
    """What lines of the outermost view speak of."""
    return [state.plane.said]


def opened(state: Ios) -> list[Sayings]:
    """The blocks or terminal lines whose view is open."""
    return state.plane.open


def ports(state: Ios) -> list[Sayings]:
    """The interfaces whose view is open."""
    return [port.sayings for port in state.open_ports]


def once(head: str, *, why: str, where: Where = device, rest: str = " LINE") -> Rows:
    """A command that stands once: the last one holds."""

    def put(state: Ios, args: Args, line: int) -> None:
        said = Said(" ".join(filter(None, args)), line)
        for one in where(state):
            one.put(head, "", said)

    yield Row(f"{head}{rest}", put, inert=True, why=why)
    yield from _gone(head, why=why, where=where, by_text=False)


def listed(head: str, *, why: str, where: Where = device, rest: str = " LINE") -> Rows:
    """A command that may stand several times; two with the same text are one."""

    def put(state: Ios, args: Args, line: int) -> None:
        text = " ".join(filter(None, args))
        for one in where(state):
            one.put(head, text, Said(text, line))

    yield Row(f"{head}{rest}", put, inert=True, why=why)
    yield from _gone(head, why=why, where=where, by_text=True)


def named(head: str, *, why: str, where: Where = device, words: int = 1) -> Rows:
    """A command that may stand several times, once for each name of so many words."""
    names = " ".join(["WORD"] * words)

    def put(state: Ios, args: Args, line: int) -> None:
        said = Said(args[-1], line)
        for one in where(state):
            one.put(head, " ".join(args[:-1]), said)

    def drop(state: Ios, args: Args, _line: int) -> None:
        for one in where(state):
            one.drop(head, " ".join(args[:-1]))

    yield Row(f"{head} {names} LINE", put, inert=True, why=why)
    for no in ("no", "default"):
        yield Row(f"{no} {head} {names} [LINE]", drop, inert=True, why=why)


def piled(head: str, *, why: str, where: Where = device) -> Rows:
    """A command whose lines add to each other, those of one name; `no` takes all of them away."""

    def put(state: Ios, args: Args, line: int) -> None:
        for one in where(state):
            one.put(head, f"{args[0]} {line}", Said(args[1], line))

    def drop(state: Ios, args: Args, _line: int) -> None:
        for one in where(state):
            one.drop(head, args[0])

    yield Row(f"{head} WORD [LINE]", put, inert=True, why=why)
    for no in ("no", "default"):
        yield Row(f"{no} {head} WORD [LINE]", drop, inert=True, why=why)


def toggle(head: str, *, why: str, where: Where = device, rest: str = "") -> Rows:
    """A command that turns something on; its `no` form turns it off, `default` neither."""

    def says(text: str) -> Does:
        def put(state: Ios, args: Args, line: int) -> None:
            said = Said(" ".join(filter(None, args)) or text, line)
            for one in where(state):
                one.put(head, "", said)

        return put

    def turn_off(state: Ios, _args: Args, line: int) -> None:
        for one in where(state):
            one.put(head, "", Said(OFF, line))

    def forget(state: Ios, _args: Args, _line: int) -> None:
        for one in where(state):
            one.drop(head, "")

    yield Row(f"{head}{rest}", says(ON), inert=True, why=why)
    yield Row(f"no {head}{rest}", turn_off, inert=True, why=why)
    yield Row(f"default {head}{rest}", forget, inert=True, why=why)


def block(head: str, enters: str, *, why: str, words: int = 1, rest: str = "") -> Rows:
    """A command that makes or opens a named block."""
    names = " ".join(["WORD"] * words)

    def enter(state: Ios, args: Args, line: int) -> None:
        name, text = " ".join(args[:words]), " ".join(args[words:])
        made = state.plane.blocks.setdefault(head, {}).setdefault(name, Block(line, ""))
        if text:
            made.text, made.line = text, line
        state.plane.open = [made.said]

    def drop(state: Ios, args: Args, _line: int) -> None:
        state.plane.blocks.get(head, {}).pop(" ".join(args[:words]), None)

    yield Row(f"{head} {names}{rest}", enter, enters=enters, inert=True, why=why)
    for no in ("no", "default"):
        yield Row(f"{no} {head} {names} [LINE]", drop, inert=True, why=why)


def apart(head: str, enters: str, *, why: str, rest: str = " [LINE]") -> Rows:
    """A command that opens a view of which nothing is judged."""

    def enter(state: Ios, _args: Args, _line: int) -> None:
        state.plane.open = [Sayings()]

    yield Row(f"{head}{rest}", enter, enters=enters, inert=True, why=why)
    yield Row(f"no {head}{rest}", inert=True, why=why)


def refuse(why: str, *patterns: str) -> Rows:
    """Commands that are known to do what nothing here can say; without them nothing is lost."""
    for pattern in patterns:
        yield Row(pattern, refused(why), inert=True, why=why)
        yield Row(f"no {pattern.removesuffix(' LINE')} [LINE]", inert=True, why=why)


def _gone(head: str, *, why: str, where: Where, by_text: bool) -> Rows:
    """The `no` and `default` forms: of what the line names, or of all."""

    def drop(state: Ios, args: Args, _line: int) -> None:
        for one in where(state):
            one.drop(head, args[0] if by_text else "")

    for no in ("no", "default"):
        yield Row(f"{no} {head} [LINE]", drop, inert=True, why=why)
