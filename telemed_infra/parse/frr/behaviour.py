"""What FRR would do, as read from its configuration: sessions, and what they say and believe."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from telemed_infra.packets import Family
from telemed_infra.parse.behaviour import Unread
from telemed_infra.parse.frr.prefixes import PrefixSet


@dataclass(frozen=True, slots=True, repr=False)
class Key:
    """What stands where a session's password stands; its text is shown nowhere."""

    text: str

    def __repr__(self) -> str:
        return "Key(…)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bfd:
    """How a session's loss is noticed. FRR's defaults: 3, 300 ms, 300 ms."""

    multiplier: int = 3
    receive_ms: int = 300
    transmit_ms: int = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class MaximumPrefix:
    """How many prefixes a neighbour may send before its session is closed."""

    count: int
    closes: bool  # False: only a warning is written


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
class Exchange:
    """What one session carries in one address family."""

    family: Family
    line: int  # that activates it, or of the neighbour if it is so by default
    filtered_in: bool  # some filter is bound in this direction
    filtered_out: bool
    accepts: PrefixSet
    announces: tuple[Announcement, ...]
    maximum_prefix: MaximumPrefix | None


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
class Router:
    """One `router bgp` block."""

    line: int
    as_number: int
    vrf: str  # "" of the default one
    router_id: str
    always_compare_med: bool
    requires_policy: bool  # eBGP sessions without filters carry nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class StaticRoute:
    """One static route; the target is an address, an interface, or Null0, blackhole, reject."""

    line: int
    prefix: str
    target: str
    vrf: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A name that a line uses and nothing defines."""

    line: int
    name: str  # with its kind: `prefix-list POOL`


@dataclass(frozen=True, slots=True, kw_only=True)
class FrrBehaviour:
    """All that a text says about routes and sessions."""

    hostname: str
    routers: tuple[Router, ...]
    sessions: tuple[Session, ...]
    static_routes: tuple[StaticRoute, ...]
    addresses: Mapping[str, tuple[str, ...]]  # interface → its addresses "a/len"
    missing: tuple[Missing, ...] = ()
    unused: tuple[Missing, ...] = ()
    """Defined and bound nowhere."""
    unread: tuple[Unread, ...] = ()
    lines: int = 0
    effective: frozenset[int] = field(default_factory=frozenset)
    inert: frozenset[int] = field(default_factory=frozenset)
