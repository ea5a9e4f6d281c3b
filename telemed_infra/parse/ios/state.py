"""What the commands of an IOS text have built up so far: mutable, lives for one text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from operator import attrgetter
from typing import NamedTuple

from telemed_infra.packets import Family, Range, Ranges
from telemed_infra.parse.frr.engine import Args, Unreadable
from telemed_infra.parse.ios.entries import Entry, Group
from telemed_infra.parse.ios.plane.sayings import Plane, Sayings
from telemed_infra.parse.ios.services import Services
from telemed_infra.parse.ios.values import ALL_VLANS
from telemed_infra.parse.ipsec import Ipsec, Named
from telemed_infra.parse.virtual_routers import GroupKey, Groups

SELF = "self"
"""The zone that the device itself is."""
CLASS_DEFAULT = "class-default"


class Binding(NamedTuple):
    """Something bound by its name, and the line that binds it."""

    name: str
    line: int


class Numbered(NamedTuple):
    """An entry in its place of a list; `name` is the remark above it."""

    entry: Entry
    line: int
    name: str


_SAID = attrgetter("entry")


@dataclass(slots=True)
class AccessList:
    """An access list; tried by number."""

    name: str
    line: int
    family: Family
    standard: bool = False
    entries: dict[int, Numbered] = field(default_factory=dict)
    remark: str = ""

    def add(self, place: int | None, entry: Entry, line: int) -> None:
        """An entry, at the end if it has no number: ten after the highest.

        One that is there already is not taken twice; a number that is taken is an error.
        """
        held = self.entries.get(place) if place is not None else None
        if held is not None and held.entry != entry:
            raise Unreadable(f"there is an entry {place} already, which differs")
        if entry in map(_SAID, self.entries.values()):
            return
        if place is None:
            place = max(self.entries, default=0) + 10
        self.entries[place] = Numbered(entry, line, self.remark)

    def drop(self, entry: Entry) -> None:
        """Remove the entry that says the same."""
        for place, held in self.entries.items():
            if held.entry == entry:
                del self.entries[place]
                return
        raise Unreadable("the list has no such entry")

    def in_order(self) -> list[Numbered]:
        """The entries as they are tried."""
        return [self.entries[place] for place in sorted(self.entries)]


@dataclass(slots=True)
class ObjectGroup:
    """An object group: its terms, each with its line."""

    name: str
    line: int
    addresses: bool  # of networks; else of services
    terms: dict[Ranges | Services | Group, int] = field(default_factory=dict)


class Match(NamedTuple):
    """A `match` of a class map: kind is `list`, `protocol` or `class`."""

    kind: str
    name: str
    line: int


@dataclass(slots=True)
class ClassMap:
    """`class-map type inspect`."""

    name: str
    line: int
    every: bool  # match-all
    matches: list[Match] = field(default_factory=list)


@dataclass(slots=True)
class PolicyClass:
    """A class of a policy map, with what is done to it: inspect, pass, drop."""

    name: str
    line: int
    action: str = ""
    action_line: int = 0
    logs: bool = False


@dataclass(slots=True)
class PolicyMap:
    """`policy-map type inspect`: classes in the order of their first mention."""

    name: str
    line: int
    classes: dict[str, PolicyClass] = field(default_factory=dict)


@dataclass(slots=True)
class ZonePair:
    """`zone-pair security`: what goes from one zone to another."""

    name: str
    line: int
    source: str
    destination: str
    policy: Binding | None = None


@dataclass(slots=True)
class WayEntry:
    """An entry of a route map, by the words of its lines."""

    line: int
    permits: bool = True
    said: dict[str, int] = field(default_factory=dict)


class CoverLine(NamedTuple):
    """`ip nat inside source … interface … overload`: what is hidden behind a port."""

    kind: str  # `list` or `route-map`
    name: str
    port: str


@dataclass(slots=True)
class TunnelPort:
    """What an interface says of tunnels."""

    is_template: bool = False  # `type tunnel`: it is cloned for each peer
    source: Named | None = None  # an address or an interface
    destination: Named | None = None
    mode: Named | None = None
    profile: Named | None = None  # that protects what it carries
    flows: Named | None = None  # the access list that selects it
    map: Named | None = None
    mtu: int = 0  # octets; 0: no line says it
    mtu6: int = 0
    segment: int = 0  # of TCP


@dataclass(slots=True)
class Port:
    """An interface as its block configures it."""

    line: int
    description: str = ""
    primary: str = ""
    addresses: dict[str, int] = field(default_factory=dict)
    borrows: str = ""  # `ip unnumbered`: with whose address it speaks IPv4
    enabled6: bool = False  # speaks IPv6 with a link-local address
    shut: bool = False
    vlan: int | None = None
    zone: Binding | None = None
    filters: dict[tuple[Family, str], Binding] = field(default_factory=dict)
    """Access lists by family and direction (`in`, `out`)."""
    nat_side: str = ""  # `inside` or `outside` of what is translated
    way_map: Binding | None = None  # the route map that sends what comes in
    groups: Groups = field(default_factory=dict)
    blocks: set[GroupKey] = field(default_factory=set)
    """The groups that are written as blocks."""
    tunnel: TunnelPort = field(default_factory=TunnelPort)
    # As a port of a switch.
    mode: str = ""
    mode_line: int = 0
    access: int = 1
    native: int = 1
    allowed: frozenset[int] = ALL_VLANS
    said: dict[str, int] = field(default_factory=dict)
    """Fields that lines of the port itself have set, with the line."""
    voice_line: int = 0
    routed: bool = False
    is_management: bool = False  # in a VRF, which a switching port cannot be
    bundle: Binding | None = None
    sayings: Sayings = field(default_factory=Sayings)  # of the management plane, and guards


@dataclass(slots=True)
class Terminal:
    """One `line vty`: its access lists by family."""

    filters: dict[Family, Binding] = field(default_factory=dict)
    closed: bool = False  # `transport input none`
    sayings: Sayings = field(default_factory=Sayings)


@dataclass(slots=True)
class Ios:
    """The whole state, and the objects whose views are open."""

    hostname: str = ""
    ports: dict[str, Port] = field(default_factory=dict)
    lists: dict[str, AccessList] = field(default_factory=dict)
    groups: dict[str, ObjectGroup] = field(default_factory=dict)
    zones: dict[str, int] = field(default_factory=dict)
    pairs: dict[str, ZonePair] = field(default_factory=dict)
    class_maps: dict[str, ClassMap] = field(default_factory=dict)
    policy_maps: dict[str, PolicyMap] = field(default_factory=dict)
    terminals: dict[int, Terminal] = field(default_factory=dict)
    routes4: bool | None = None  # `ip routing`, `no ip routing`; None: neither is said
    routes6: bool = False  # `ipv6 unicast-routing`
    gateway: Binding | None = None  # `ip default-gateway`
    static_routes: dict[str, int] = field(default_factory=dict)
    """What stands after `ip route`, of the main table, with its line."""
    statics: dict[Range, tuple[Range, int]] = field(default_factory=dict)
    """Inside addresses that are changed one to one → those outside, and the line."""
    way_maps: dict[str, dict[int, WayEntry]] = field(default_factory=dict)
    """Route maps: entries by number."""
    covers: dict[CoverLine, int] = field(default_factory=dict)
    logs_drops: bool = False  # every packet that the zones drop is logged
    vrrp_v3: bool = False  # `fhrp version vrrp v3`
    tracks: dict[str, str] = field(default_factory=dict)
    """What is tracked, by number: an interface, or what the line says."""
    vlans: set[int] = field(default_factory=set)
    snoops: bool = True  # `ip igmp snooping`
    unsnooped: set[int] = field(default_factory=set)  # VLANs where it is off
    snooped_lines: dict[int, int] = field(default_factory=dict)
    """Of VLANs of which a line says whether it is on there."""
    vtp_mode: Binding | None = None
    vtp_domain: Binding | None = None
    plane: Plane = field(default_factory=Plane)
    ipsec: Ipsec = field(default_factory=Ipsec)
    # Where the reader stands.
    open_ports: list[Port] = field(default_factory=list)
    open_entry: WayEntry = field(default_factory=lambda: WayEntry(0))
    open_list: AccessList = field(default_factory=lambda: AccessList("", 0, Family.V4))
    open_group: ObjectGroup = field(default_factory=lambda: ObjectGroup("", 0, addresses=True))
    open_pair: ZonePair = field(default_factory=lambda: ZonePair("", 0, "", ""))
    open_class_map: ClassMap = field(default_factory=lambda: ClassMap("", 0, every=True))
    open_policy: PolicyMap = field(default_factory=lambda: PolicyMap("", 0))
    open_class: PolicyClass = field(default_factory=lambda: PolicyClass("", 0))
    open_terminals: list[Terminal] = field(default_factory=list)
    open_group_of_vrrp: GroupKey = field(default_factory=lambda: GroupKey(Family.V4, 0))


Does = Callable[[Ios, Args, int], None]


def hostname(state: Ios, args: Args, _line: int) -> None:
    """`hostname WORD`."""
    state.hostname = args[0]


def routes6(*, on: bool) -> Does:
    """`ipv6 unicast-routing`: without it the box speaks IPv6 and forwards none."""

    def effect(state: Ios, _args: Args, _line: int) -> None:
        state.routes6 = on

    return effect


def refused(why: str) -> Does:
    """A command that is known, and known to change what is not modelled."""

    def effect(_state: Ios, _args: Args, _line: int) -> None:
        raise Unreadable(why)

    return effect
