"""The compiled plan as the core reads it: sites, times, move groups."""

from enum import Enum

from msgspec import Struct


class Durability(Enum):
    """What a move may lose."""

    STATELESS = "stateless"  # nothing to lose
    ASYNCHRONOUS = "asynchronous"  # up to the group's `rpo_s`
    SYNCHRONOUS = "synchronous"  # nothing, unless the exposure was registered first


class Lease(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long a session is good, and what a taker adds to that. Travels in the session cell."""

    length_s: float
    drift: float  # largest relative difference in rate between two clocks, 0.01 = 1 %
    margin_s: float


class Profile(Struct, frozen=True, kw_only=True):
    """The times that a plan is built on (design: `default`, `fast`, `wan`)."""

    lease: Lease
    renewal_s: float
    beat_s: float  # between two heartbeats
    silence_s: float  # without heartbeat: the path counts as down
    patience_s: float  # the wait after the lease's end when the evidence does not agree


class Panel(Struct, frozen=True, kw_only=True):
    """How observers are counted."""

    observers_min: int = 5  # fewer fresh reports: blind
    reach_share: float = 0.6  # at least this share reaches: reach
    lost_share: float = 0.1  # at most this share reaches: none
    slow_share: float = 0.5  # at least this share of those that reach finds it slow
    fresh_s: float = 3.0


class Damping(Struct, frozen=True, kw_only=True):
    """Penalty for each move, halved with time (as RFC 2439 damps routes), and a brake over all."""

    penalty: float = 1000.0
    half_life_s: float = 900.0
    suppress: float = 2000.0
    brake_moves: int = 3  # more groups than this, moved one by one in `brake_window_s`: stop
    brake_window_s: float = 600.0
    flap_changes: int = 6  # so many changes of heard and silent in `flap_window_s`: flapping
    flap_window_s: float = 60.0


class Group(Struct, frozen=True, kw_only=True):
    """Instances that share their data and so move together: a move group."""

    name: str
    instances: tuple[str, ...]
    home: str  # the site that owns it when all is well
    priority: int  # smaller goes first
    after: tuple[str, ...]  # groups that it needs
    rto_s: float
    rpo_s: float
    rate_bytes_s: float  # how fast its log grows at the busiest
    durability: Durability


class Plan(Struct, frozen=True, kw_only=True):
    """What both centres must agree upon."""

    hash: str
    sites: tuple[str, str]
    witness: str
    profile: Profile
    groups: tuple[Group, ...]
    panel: Panel = Panel()
    damping: Damping = Damping()

    def other(self, site: str) -> str:
        """The site that takes over from this one."""
        first, second = self.sites
        return second if site == first else first
