"""What the routing lines of a text have said so far, before sessions are made of them.

Kinds of lists bear the words that VRP has for them; `Dialect.kinds` has those of others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from telemed_infra.packets import FAMILIES, Family
from telemed_infra.parse.multicast import MulticastPort
from telemed_infra.parse.prefixes import PrefixSet
from telemed_infra.parse.routes import StaticRoute
from telemed_infra.parse.vrp.engine import Unreadable, Words

STEP = 10  # between entries without an index; the first has it too
RULE_STEP = 5
PREFERENCE = 60

ROUTE_POLICY, ACL, AS_PATH_FILTER = "route-policy", "acl", "as-path-filter"
COMMUNITY_FILTER, BFD, BFD_SESSION = "community-filter", "bfd", "bfd-session"
NQA, IP_LINK, TRACK = "nqa", "ip-link", "track"
CLOSES = "closes"
"""Of a limit of routes: more of them close the session."""
PREFIX_LISTS = {Family.V4: "ip-prefix", Family.V6: "ipv6-prefix"}


class Setting(NamedTuple):
    """What was set last under some name, and where."""

    args: Words
    line: int
    on: bool = True  # False: its `undo` form, where that says more than the default


Settings = dict[str, Setting]


def _families() -> Mapping[Family, Settings]:
    return {family: {} for family in FAMILIES}


@dataclass(slots=True)
class Peer:
    """A peer or a peer group, of it only what its own lines say."""

    name: str
    line: int
    is_group: bool = False
    internal: bool = False  # of a group: its members are in our AS
    group: str = ""
    settings: Settings = field(default_factory=dict)
    families: Mapping[Family, Settings] = field(default_factory=_families)


class Source(NamedTuple):
    """Routes taken into BGP: `network`, `import-route`, `aggregate`."""

    line: int
    source: str  # network, aggregate, direct, static
    prefix: str  # "a/len"; "" of whole protocols
    policy: str = ""  # sets attributes, and of imports filters
    med: str = ""
    suppresses: bool = False
    suppress_policy: str = ""
    origin_policy: str = ""


@dataclass(slots=True)
class Bgp:
    """The `bgp` block."""

    line: int
    as_number: int
    settings: Settings = field(default_factory=dict)
    families: Mapping[Family, Settings] = field(default_factory=_families)
    peers: dict[str, Peer] = field(default_factory=dict)
    sources: Mapping[Family, dict[tuple[str, str], Source]] = field(
        default_factory=lambda: {family: {} for family in FAMILIES}
    )

    def peer(self, name: str) -> Peer:
        """The peer or group of that name; the device wants it defined before it is spoken of."""
        found = self.peers.get(name)
        if found is None:
            raise Unreadable(f"{name} is no peer yet: `as-number` or `group` comes first")
        return found


class PrefixEntry(NamedTuple):
    """One line of a prefix list."""

    line: int
    permits: bool
    prefixes: PrefixSet


@dataclass(slots=True)
class Numbered:
    """A prefix list: entries by index."""

    line: int
    family: Family
    entries: dict[int, PrefixEntry] = field(default_factory=dict)


@dataclass(slots=True)
class WordList:
    """An as-path filter or a community filter: entries by index."""

    line: int
    entries: dict[int, tuple[bool, str]] = field(default_factory=dict)


class AclRule(NamedTuple):
    """A rule of a list as a filter of routes."""

    line: int
    permits: bool
    prefixes: PrefixSet | None  # None: it says more than that


@dataclass(slots=True)
class Acl:
    """An access list, by number and name the same."""

    line: int
    rules: dict[int, AclRule] = field(default_factory=dict)


class Clause(NamedTuple):
    """An `if-match` or `apply`."""

    args: Words
    line: int


@dataclass(slots=True)
class PolicyNode:
    """One node of a route policy."""

    line: int
    permits: bool
    matches: dict[str, Clause] = field(default_factory=dict)
    changes: dict[str, Clause] = field(default_factory=dict)


@dataclass(slots=True)
class WatchText:
    """A BFD session, an NQA test or an ip-link."""

    line: int
    name: str
    peer: str = ""
    runs: bool = False
    follows: str = ""  # of a track entry: the test that decides
    settings: Settings = field(default_factory=dict)


@dataclass(slots=True)
class Port:
    """An interface's addresses."""

    addresses: dict[str, int] = field(default_factory=dict)
    primary: str = ""  # its IPv4 address that is not `sub`
    vrf: str = ""
    bfd_times: dict[str, int] = field(default_factory=dict)
    """Of sessions over this interface, where the interface says them: by keyword."""
    multicast: MulticastPort = field(default_factory=MulticastPort)


RouteKey = tuple[str, str, str, str]
"""VRF, prefix, interface, next hop: two lines with the same are one route."""


@dataclass(slots=True)
class Routes:
    """Everything that a text has said so far, and the objects whose views are open."""

    hostname: str = ""
    router_id: str = ""
    bgp: Bgp | None = None
    prefix_lists: dict[tuple[Family, str], Numbered] = field(default_factory=dict)
    as_path_filters: dict[str, WordList] = field(default_factory=dict)
    community_filters: dict[str, WordList] = field(default_factory=dict)
    policies: dict[str, dict[int, PolicyNode]] = field(default_factory=dict)
    acls: dict[str, Acl] = field(default_factory=dict)
    ports: dict[str, Port] = field(default_factory=dict)
    static_routes: dict[RouteKey, StaticRoute] = field(default_factory=dict)
    preference: int = PREFERENCE
    bfd_line: int = 0  # of the bare `bfd`; 0: BFD is off
    bfd_times: dict[str, int] = field(default_factory=dict)
    """Of all sessions over several hops, where the system view says them: by keyword."""
    watches: dict[tuple[str, str], WatchText] = field(default_factory=dict)
    used: dict[tuple[str, str], int] = field(default_factory=dict)
    """Kind and name of what a line asks for → that line."""
    multicast: bool = False  # it is forwarded
    groups: Setting | None = None  # the list of those that are source-specific
    # Where the reader stands.
    node: PolicyNode | None = None
    port: Port | None = None
    acl: Acl | None = None
    watch: WatchText | None = None

    def use(self, kind: str, name: str, line: int) -> None:
        """Note that a line asks for a list, a policy or a session."""
        self.used.setdefault((kind, name), line)

    def process(self) -> Bgp:
        """The BGP process."""
        if self.bgp is None:
            raise Unreadable("BGP does not run: `bgp` with an AS number comes first")
        return self.bgp

    def open_node(self) -> PolicyNode:
        """The node whose view is open."""
        if self.node is None:
            raise Unreadable("no node of a route policy is open")
        return self.node

    def open_watch(self) -> WatchText:
        """The BFD session or test whose view is open."""
        if self.watch is None:
            raise Unreadable("no session or test is open")
        return self.watch
