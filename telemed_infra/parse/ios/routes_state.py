"""What the routing lines of an IOS text have said so far, before sessions are made of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from telemed_infra.parse.frr.engine import Args, Row, Unreadable
from telemed_infra.parse.frr.state import Text
from telemed_infra.parse.ios.state import Binding, Does, Ios, Port
from telemed_infra.parse.multicast import MulticastPort
from telemed_infra.parse.routes import Bfd, StaticRoute

RouteKey = tuple[str, str, str, str]
"""VRF, prefix, interface, next hop: two lines with the same are one route."""
TRACK, VRF = "track", "vrf"
NOTED = "another reader judges it; routing takes a note"


class AggregateMaps(NamedTuple):
    """Which parts an aggregate suppresses, and of which it may be made; "" if not said."""

    suppress: str
    advertise: str


@dataclass(slots=True)
class Probe:
    """`ip sla N`: whom it asks, and whether it was started."""

    peer: str = ""
    runs: bool = False


@dataclass(slots=True)
class Track:
    """`track N`: the probe that it follows, or ""."""

    line: int
    probe: str = ""


@dataclass(slots=True)
class Routes:
    """Everything that a text has said so far, and the objects whose views are open."""

    box: Ios = field(default_factory=Ios)
    """Interfaces, access lists, the host's name, and whether the box routes."""
    bgp: Text = field(default_factory=Text)
    """BGP, its lists and its maps, in the shapes that IOS and FRR share."""
    own: set[int] = field(default_factory=set)
    """Lines that routing alone judges."""
    tables: dict[str, int] = field(default_factory=dict)  # VRF → line
    vrfs: dict[str, str] = field(default_factory=dict)  # interface → VRF, of those in one
    static_routes: dict[RouteKey, StaticRoute] = field(default_factory=dict)
    probes: dict[str, Probe] = field(default_factory=dict)
    tracks: dict[str, Track] = field(default_factory=dict)
    bfd_times: dict[str, Bfd] = field(default_factory=dict)  # by interface
    bfd_templates: dict[str, Bfd] = field(default_factory=dict)
    bfd_ports: dict[str, str] = field(default_factory=dict)  # interface → template
    bfd_echo_off: set[str] = field(default_factory=set)  # interfaces; echo is on by default
    bfd_echo_templates: set[str] = field(default_factory=set)  # in templates it is off
    bfd_maps: dict[str, str] = field(default_factory=dict)  # far prefix → template
    aggregate_maps: dict[int, AggregateMaps] = field(default_factory=dict)
    """Of the aggregate in a line, what `Redistribution` does not say."""
    multicast: bool = False  # it is forwarded
    multicast_ports: dict[str, MulticastPort] = field(default_factory=dict)
    groups: Binding | None = None  # the list of those that are source-specific
    # Where the reader stands.
    probe: Probe = field(default_factory=Probe)
    template: str = ""

    def names(self) -> tuple[str, ...]:
        """The interfaces whose view is open."""
        opened = {id(port) for port in self.box.open_ports}
        return tuple(name for name, port in self.box.ports.items() if id(port) in opened)

    def live(self, name: str, port: Port) -> bool:
        """Whether an interface is in the main table and neither it nor its port is shut."""
        above = self.box.ports.get(name.partition(".")[0], port)
        return not (port.shut or above.shut or name in self.vrfs)


Judges = Callable[[Routes, Args, int], None]


def own(
    pattern: str,
    effect: Judges | None = None,
    *,
    enters: str = "",
    inert: bool = False,
    why: str = "",
) -> Row[Routes]:
    """A command that routing alone judges."""

    def judged(state: Routes, args: Args, line: int) -> None:
        state.own.add(line)
        if effect is not None:
            effect(state, args, line)

    return Row(pattern, judged, enters, inert=inert, why=why)


def harmless(why: str, *patterns: str) -> tuple[Row[Routes], ...]:
    """Commands of routing that change neither routes nor sessions, and their `no` forms."""
    return tuple(
        own(f"{no}{pattern}", inert=True, why=why) for pattern in patterns for no in ("", "no ")
    )


def not_modelled(why: str, *patterns: str, enters: str = "") -> tuple[Row[Routes], ...]:
    """Commands of routing that are known to do what nothing here can say."""

    def refuse(_state: Routes, _args: Args, _line: int) -> None:
        raise Unreadable(why)

    return tuple(own(pattern, refuse, enters=enters) for pattern in patterns)


def noted(pattern: str, effect: Judges, *, enters: str = "") -> Row[Routes]:
    """A command that another reader judges, and of which routing takes a note."""
    return Row(pattern, effect, enters, inert=True, why=NOTED)


def note(row: Row[Ios]) -> Row[Routes]:
    """A command that another reader judges, done here without complaint."""
    effect = quietly(row.effect) if row.effect else None
    return Row(row.pattern, effect, row.enters, inert=True, why=row.why or NOTED, keeps=row.keeps)


def quietly(effect: Does) -> Judges:
    """The same for the box; what it does not take, its own reader says."""

    def done(state: Routes, args: Args, line: int) -> None:
        try:
            effect(state.box, args, line)
        except Unreadable:
            return

    return done
