"""What a device would do with routes, as read from its text: the same for all platforms.

A session tells and believes per address family (`Exchange`): filters that can be asked about any
route, and the two answers that need no other text: everything that may pass inwards, and everything
that may be told whatever others say. `parse/route_exchange.py` asks them for given routes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from ipaddress import ip_address

from telemed_infra.multicast import NO_MULTICAST, MulticastRouting
from telemed_infra.packets import Family
from telemed_infra.parse.behaviour import Unread
from telemed_infra.parse.prefixes import PrefixSet
from telemed_infra.parse.route_filter import NO_FILTER, RouteFilter

DISCARDING = frozenset({"null0", "blackhole", "reject"})
_REFERENCE = re.compile(r"\W{0,3}(?:vault|env):[\w./-]+\W{0,3}")
_SECRET = re.compile(r"(\b(?:password|keychain)\b ).*")


@dataclass(frozen=True, slots=True, repr=False)
class Key:
    """What stands where a session's password stands: its text if it is a reference, or nothing.

    A secret is never kept, and the reference is shown nowhere.
    """

    text: str

    def __repr__(self) -> str:
        return "Key(…)"


def key(text: str) -> Key:
    """The key that a line says: `vault:NAME` is kept, anything else is only there."""
    return Key(text if _REFERENCE.fullmatch(text) else "")


def without_secret(line: str) -> str:
    """A line as a finding may show it."""
    return _SECRET.sub(r"\1…", line)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bfd:
    """How a loss is noticed: so many packets, awaited and sent every so many milliseconds."""

    multiplier: int
    receive_ms: int
    transmit_ms: int
    echo: bool = False
    """It sends packets to itself by way of the neighbour, and those in between but slowly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MaximumPrefix:
    """How many prefixes a neighbour may send before its session is closed."""

    count: int
    closes: bool  # False: more are warned of, and perhaps not taken
    reopens_s: int | None = None  # of one that closes; None: when somebody says so
    warns_percent: int = 75


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """Prefixes that may be announced to a neighbour, all with the same attributes."""

    source: str  # connected, static, network, aggregate, default, learned, …
    interface: str  # of connected routes; "" if none is asked for by name
    prefixes: PrefixSet
    med: int | None
    communities: frozenset[str]
    certain: bool  # False: it depends on more than the text says


@dataclass(frozen=True, slots=True, kw_only=True)
class DefaultRoute:
    """A default route told to a neighbour whether or not the device has one itself."""

    line: int = field(compare=False)
    filters: RouteFilter = NO_FILTER  # sets attributes; on FRR, what some route has to pass
    any_of: tuple[str, ...] = ()  # told while one of these is in the routing table; (): always
    all_of: tuple[str, ...] = ()  # told while all of these are
    tests_routes: bool = False  # told while some route of BGP passes the filters
    past_outward: bool = False  # known to pass by the session's outward filters


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """What one session carries in one address family."""

    family: Family
    line: int  # that activates it, or of the neighbour if it is so by default
    filtered_in: bool  # some filter is bound in this direction
    filtered_out: bool
    accepts: PrefixSet
    announces: tuple[Announcement, ...]
    maximum_prefix: MaximumPrefix | None
    inward: RouteFilter = NO_FILTER  # what it believes, of what it is told
    outward: RouteFilter = NO_FILTER  # what it tells, of what the device has in BGP
    default_route: DefaultRoute | None = None
    next_hop: str = ""  # self, unchanged, or "": as the kind of session has it
    sends_communities: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One neighbour, its peer group and the defaults put in."""

    line: int
    peer: str  # an address, an interface, or the range of a dynamic neighbour
    dynamic: bool
    vrf: str
    local_as: int
    remote_as: int | str  # or `external`, any other than ours
    description: str
    shut: bool
    key: Key | None
    bfd: Bfd | None
    keepalive_s: int
    hold_s: int
    connect_s: int
    advertisement_s: int
    multihop: int  # hops allowed to an eBGP neighbour; 1: connected ones only
    ttl_security: int | None  # hops
    update_source: str  # an address or an interface, or ""
    restarts_gracefully: bool  # the neighbour keeps our routes while we are dead
    exchanges: tuple[Exchange, ...]

    @property
    def external(self) -> bool:
        """Whether it is eBGP."""
        return self.remote_as != self.local_as


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Routes taken into BGP, or made there."""

    line: int = field(compare=False)
    family: Family
    source: str  # network, aggregate, or the protocol that routes are imported from
    prefixes: PrefixSet  # which may be taken; of a network or an aggregate the one
    filters: RouteFilter = NO_FILTER
    med: int | None = None
    always: bool = False  # a network that is told whether or not there is a route for it
    suppresses: RouteFilter | None = None  # parts of an aggregate that are told no more
    made_of: RouteFilter = NO_FILTER  # parts that an aggregate needs one of

    @property
    def discards(self) -> bool:
        """Whether a route to nowhere comes with it, for what no part of it knows."""
        return self.source == "aggregate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Router:
    """One BGP process: `router bgp`, `bgp`."""

    line: int
    as_number: int
    vrf: str  # "" of the default one
    router_id: str
    always_compare_med: bool
    requires_policy: bool  # eBGP sessions without filters carry nothing
    origins: tuple[Origin, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StaticRoute:
    """One static route; the target is an address, an interface, or NULL0, blackhole, reject."""

    line: int
    prefix: str
    target: str
    vrf: str = ""
    interface: str = ""  # if the target is an address on it
    preference: int = 0  # the platform's default if 0 or not modelled
    tag: int = 0
    watch: str = ""  # holds while this does: `bfd`, `bfd-session NAME`, `nqa ADMIN TEST`, …
    permanent: bool = False  # stays when its interface goes

    @property
    def discards(self) -> bool:
        """Whether packets die here."""
        return self.target.lower() in DISCARDING


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """Something that tells static routes whether a far end answers."""

    line: int
    name: str  # with its kind, as `StaticRoute.watch` has it
    peer: str
    runs: bool
    bfd: Bfd | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A name that a line uses and nothing defines."""

    line: int
    name: str  # with its kind: `prefix-list POOL`


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteBehaviour:
    """All that a text says about routes and sessions."""

    hostname: str
    routers: tuple[Router, ...]
    sessions: tuple[Session, ...]
    static_routes: tuple[StaticRoute, ...]
    addresses: Mapping[str, tuple[str, ...]]  # interface → its addresses "a/len"
    watches: tuple[Watch, ...] = ()
    multicast: MulticastRouting = NO_MULTICAST
    """Of routers and of firewalls: this reader has those lines, a firewall's other one has not."""
    multicast_lines: Mapping[str, int] = field(default_factory=dict)
    """Interface → where the text first speaks of multicast there."""
    missing: tuple[Missing, ...] = ()
    unused: tuple[Missing, ...] = ()
    """Defined and bound nowhere."""
    unread: tuple[Unread, ...] = ()
    lines: int = 0
    effective: Set[int] = frozenset()
    inert: Set[int] = frozenset()
    connected: str = "connected"
    """The platform's word for routes of its own interfaces, as `Origin.source` has it."""
    own: Set[int] | None = None
    """Lines that no other reader of the text need know; None: all. `parse/route_lines/split.py`."""

    def sources(self, session: Session) -> tuple[str, ...]:
        """The addresses that a session may speak from; () if routing decides."""
        named = session.update_source
        if not _version(named):
            found = (one.partition("/")[0] for one in self.addresses.get(named, ()))
            return tuple(one for one in found if _version(session.peer) in (0, _version(one)))
        return (named,)


def _version(word: str) -> int:
    """4 or 6 of an address, 0 of anything else."""
    try:
        return ip_address(word).version
    except ValueError:
        return 0
