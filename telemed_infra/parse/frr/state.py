"""What a text has said so far: the parts, before sessions are made of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from telemed_infra.packets import FAMILIES, Family
from telemed_infra.parse.frr.engine import Args, Unreadable
from telemed_infra.parse.multicast import MulticastPort
from telemed_infra.parse.prefixes import PrefixSet
from telemed_infra.parse.routes import StaticRoute


class Setting(NamedTuple):
    """What was set last under some name, and where."""

    args: Args
    line: int
    on: bool = True  # False: its `no` form


Settings = dict[str, Setting]


@dataclass(slots=True)
class Peer:
    """A neighbour or a peer group, of it only what its own lines say."""

    name: str
    line: int
    is_group: bool = False
    dynamic: bool = False  # a range of neighbours that may call
    group: str = ""
    settings: Settings = field(default_factory=dict)
    families: Mapping[Family, Settings] = field(default_factory=lambda: {f: {} for f in FAMILIES})


class Redistribution(NamedTuple):
    """Routes of another protocol, or one written out, taken into BGP."""

    line: int
    source: str
    prefix: str  # of `network` and `aggregate-address`; "" for whole protocols
    route_map: str = ""
    metric: str = ""
    suppresses: bool = False  # an aggregate without its parts


@dataclass(slots=True)
class Bgp:
    """One `router bgp` block."""

    line: int
    as_number: int
    vrf: str
    settings: Settings = field(default_factory=dict)
    peers: dict[str, Peer] = field(default_factory=dict)
    origins: Mapping[Family, list[Redistribution]] = field(
        default_factory=lambda: {f: [] for f in FAMILIES}
    )

    def peer(self, name: str) -> Peer:
        """The neighbour or group of that name; FRR wants it defined before it is spoken of."""
        found = self.peers.get(name)
        if found is None:
            raise Unreadable(f"{name} is no neighbour yet: `remote-as` or `peer-group` comes first")
        return found


class ListEntry(NamedTuple):
    """One line of a prefix list or an access list."""

    line: int
    permits: bool
    prefixes: PrefixSet


@dataclass(slots=True)
class FilterList:
    """A list of prefixes; tried by number."""

    line: int
    family: Family
    entries: dict[int, ListEntry] = field(default_factory=dict)

    def add(self, number: str, entry: ListEntry) -> None:
        """An entry, at the end if it has no number: the next multiple of five."""
        place = int(number) if number else max(self.entries, default=0) // 5 * 5 + 5
        self.entries[place] = entry


@dataclass(slots=True)
class AttributeList:
    """An as-path or community list: what each entry wants, tried by number."""

    line: int
    entries: dict[int, tuple[bool, str]] = field(default_factory=dict)

    def add(self, number: str, *, permits: bool, words: str) -> None:
        """An entry; see `FilterList.add`."""
        place = int(number) if number else max(self.entries, default=0) // 5 * 5 + 5
        self.entries[place] = (permits, words)


class Clause(NamedTuple):
    """A `match` or `set` of a route map."""

    kind: str
    args: Args
    line: int


@dataclass(slots=True)
class MapEntry:
    """One numbered part of a route map."""

    line: int
    permits: bool
    matches: dict[str, Clause] = field(default_factory=dict)  # one of a kind: the last counts
    sets: dict[str, Clause] = field(default_factory=dict)
    goes_on: int = 0  # after a match: 0 ends, else the first number to go on with


@dataclass(slots=True)
class BfdText:
    """A BFD profile or peer."""

    line: int
    settings: Settings = field(default_factory=dict)


PREFIX_LIST, ACCESS_LIST, ROUTE_MAP = "prefix-list", "access-list", "route-map"
AS_PATH_LIST, COMMUNITY_LIST, BFD_PROFILE = "as-path access-list", "community-list", "bfd profile"


@dataclass(slots=True)
class Text:
    """Everything that a text has said so far."""

    hostname: str = ""
    version: str = ""
    defaults: str = "traditional"
    routers: dict[str, Bgp] = field(default_factory=dict)  # by VRF
    prefix_lists: dict[tuple[Family, str], FilterList] = field(default_factory=dict)
    access_lists: dict[tuple[Family, str], FilterList] = field(default_factory=dict)
    as_path_lists: dict[str, AttributeList] = field(default_factory=dict)
    community_lists: dict[str, AttributeList] = field(default_factory=dict)
    route_maps: dict[str, dict[int, MapEntry]] = field(default_factory=dict)
    profiles: dict[str, BfdText] = field(default_factory=dict)
    bfd_peers: dict[str, BfdText] = field(default_factory=dict)
    static_routes: list[StaticRoute] = field(default_factory=list)
    addresses: dict[str, list[str]] = field(default_factory=dict)
    multicast_ports: dict[str, MulticastPort] = field(default_factory=dict)
    groups: Setting | None = None  # the list of those that are source-specific
    used: dict[tuple[str, str], int] = field(default_factory=dict)
    """Kind and name of what a line asks for → that line."""
    # Where the reader stands.
    vrf: str = ""
    router: Bgp | None = None
    family: Family = Family.V4
    entry: MapEntry | None = None
    interface: str = ""
    interface_vrf: str = ""
    bfd: BfdText | None = None

    def use(self, kind: str, name: str, line: int) -> None:
        """Note that a line asks for a list, map or profile."""
        self.used.setdefault((kind, name), line)

    @property
    def bgp(self) -> Bgp:
        """The open `router bgp` block."""
        assert self.router is not None  # the grammar enters the view only with it
        return self.router

    @property
    def map_entry(self) -> MapEntry:
        """The open entry of a route map."""
        assert self.entry is not None
        return self.entry

    @property
    def requires_policy(self) -> bool:
        """Whether eBGP sessions without filters carry nothing, if no line says so.

        Since FRR 7.4, in all profiles but `datacenter`. A text without a version is taken for new.
        """
        head = tuple(int(part) for part in self.version.split(".")[:2] if part.isdecimal())
        return self.defaults != "datacenter" and not (head and head < (7, 4))
