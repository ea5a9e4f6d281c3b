"""From a text to what its device would do with routes: the steps that VRP and Comware share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from telemed_infra.parse.behaviour import Unread
from telemed_infra.parse.multicast import multicast_lines
from telemed_infra.parse.route_lines import multicast
from telemed_infra.parse.route_lines.dialect import Dialect
from telemed_infra.parse.route_lines.filters import defined
from telemed_infra.parse.route_lines.sessions import SessionReader
from telemed_infra.parse.route_lines.split import Splitter
from telemed_infra.parse.route_lines.state import BFD, BFD_SESSION, Routes, WatchText
from telemed_infra.parse.routes import Bfd, Missing, RouteBehaviour, Watch
from telemed_infra.parse.vrp.engine import read

_NOT_SO = "its words are not those that are expected here"


def read_routes(text: str, splitter: Splitter, dialect: Dialect) -> RouteBehaviour:
    """Read the routing part of a text; never raises, its unknown lines are `unread`.

    `lines` counts the lines that are routing's own.
    """
    part = splitter.split(text)
    state = Routes()
    reading = read(splitter.routes, state, part.text)
    sessions = SessionReader(state, state.bgp, dialect) if state.bgp else None
    found = defined(state)
    forwarded = multicast.routing(state, reading)
    return RouteBehaviour(
        hostname=state.hostname,
        routers=(sessions.router,) if sessions else (),
        sessions=sessions.sessions() if sessions else (),
        static_routes=tuple(state.static_routes.values()),
        addresses={
            name: tuple(port.addresses)
            for name, port in state.ports.items()
            if port.addresses and not port.vrf
        },
        watches=tuple(_watch(key, one, dialect) for key, one in state.watches.items()),
        multicast=forwarded,
        multicast_lines=multicast_lines(multicast.ports(state)),
        missing=_sorted(_missing(state, found, dialect)),
        unused=_sorted(
            Missing(line=line, name=_named(key, dialect))
            for key, line in found.items()
            if key not in state.used and key[0] not in dialect.not_only_here
        ),
        unread=tuple(_shown(one, dialect) for one in reading.in_order() if one.line in part.own),
        lines=len(part.own),
        effective=reading.effective & part.own,
        inert=reading.inert & part.own,
        connected="direct",
        own=part.own,
    )


def _shown(one: Unread, dialect: Dialect) -> Unread:
    """Without what may be a key, in the line and in what is said of it."""
    text = dialect.shown(one.text)
    hidden = set(one.text.split()) - set(text.split())
    why = one.why if hidden.isdisjoint(one.why.replace("`", " ").split()) else _NOT_SO
    return replace(one, text=text, why=why)


def _missing(
    state: Routes, found: dict[tuple[str, str], int], dialect: Dialect
) -> Iterator[Missing]:
    for key, line in state.used.items():
        there = bool(state.bfd_line) if key == (BFD, "") else key in found
        if not there:
            yield Missing(line=line, name=_named(key, dialect))


def _named(key: tuple[str, str], dialect: Dialect) -> str:
    kind, name = key
    return f"{dialect.kinds.get(kind, kind)} {name}".strip()


def _sorted(some: Iterable[Missing]) -> tuple[Missing, ...]:
    return tuple(sorted(some, key=lambda one: (one.line, one.name)))


def _watch(key: tuple[str, str], one: WatchText, dialect: Dialect) -> Watch:
    times = {name: int(setting.args[0]) for name, setting in one.settings.items()}
    bfd = Bfd(
        multiplier=times.get("detect-multiplier", dialect.watch_multiplier),
        receive_ms=times.get("min-rx-interval", dialect.watch_ms),
        transmit_ms=times.get("min-tx-interval", dialect.watch_ms),
    )
    return Watch(
        line=one.line,
        name=" ".join(key).strip(),
        peer=one.peer,
        runs=one.runs,
        bfd=bfd if key[0] == BFD_SESSION else None,
    )
