"""`authentication event …`: what a port does with hosts that nobody could judge.

Only one event is read: no server answers, and hosts come into the VLAN of the port. It holds for
802.1X and its bypass alike. The others would let in who was refused, or who did not answer.
Source: docs/reference/platforms.md.
"""

from __future__ import annotations

from collections.abc import Iterator

from telemed_infra.parse.frr.engine import Args, Row, Unreadable
from telemed_infra.parse.ios.plane.context import Context, Words
from telemed_infra.parse.ios.plane.rows import ports
from telemed_infra.parse.ios.plane.sayings import Said
from telemed_infra.parse.ios.state import Ios, Port

_DEAD, _ALIVE = "authentication event server dead", "authentication event server alive"
_NOBODY_KNOWS = "the port would open to a host that nobody knows"
_OTHER_VLAN = "while no server answers, hosts would come into VLAN {vlan}, not that of the port"
_FOR_GOOD = (
    "hosts that came in stay when a server answers again: "
    "`authentication event server alive action reinitialize` is missing"
)


def events(why: str) -> Iterator[Row[Ios]]:
    """The rows of a port, with their `no` and `default` forms."""
    yield Row("authentication event LINE", _event, inert=True, why=why)
    for no in ("no", "default"):
        yield Row(f"{no} authentication event LINE", _no_event, inert=True, why=why)


def admits(context: Context, port: Port) -> bool:
    """Whether a port that asks lets hosts in, to its own VLAN, while no server answers.

    Without `vlan` they come into the access VLAN. Lines that mean something else become unread.
    """
    dead = port.sayings.one(_DEAD)
    if dead is None:
        return False
    own = 0 if port.mode == "trunk" else port.access
    vlan = int(dead.text or own)
    if not own or vlan != own:
        context.refuse(dead, _OTHER_VLAN.format(vlan=vlan or "1"))
    elif port.sayings.one(_ALIVE) is None:
        context.refuse(dead, _FOR_GOOD)
    else:
        return True
    return False


def _event(state: Ios, args: Args, line: int) -> None:
    """`server {dead|alive} …` is noted; `fail [retry <n>] action next-method` lets nobody in."""
    words = Words(args[0])
    what = words.one_of("server", "fail", "no-response")
    if what == "server":
        head = _server(words)
        text = _alive(words) if head == _ALIVE else _dead(words)
        for one in ports(state):
            one.put(head, "", Said(text, line))
        return
    if what == "fail" and words.take("retry"):
        words.number(0, 5)
    words.one_of("action")
    if words.one_of("next-method", "authorize") == "authorize":
        raise Unreadable(_NOBODY_KNOWS)
    words.end()


def _no_event(state: Ios, args: Args, _line: int) -> None:
    """Takes back what the line names; what is not read lets nobody in without its line."""
    words = Words(args[0])
    if words.one_of("server", "fail", "no-response") != "server":
        return
    head = _server(words)
    if words.take("authorize") and words.take("voice"):
        return
    for one in ports(state):
        one.drop(head, "")


def _server(words: Words) -> str:
    found = _DEAD if words.one_of("dead", "alive") == "dead" else _ALIVE
    words.one_of("action")
    return found


def _dead(words: Words) -> str:
    """`authorize [vlan <n>]`, `reinitialize vlan <n>`: the VLAN, "" for that of the port."""
    action = words.one_of("authorize", "reinitialize")
    if words.take("voice"):
        raise Unreadable(_NOBODY_KNOWS)
    if action == "authorize" and not words.rest:
        return ""
    words.one_of("vlan")
    vlan = words.number(1, 4094)
    words.end()
    return str(vlan)


def _alive(words: Words) -> str:
    words.one_of("reinitialize")
    words.end()
    return "reinitialize"
