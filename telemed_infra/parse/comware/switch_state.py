"""What the commands of a Comware switch build up: VLANs, ports, guards, lists and their uses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields

from telemed_infra.parse.comware.interfaces import BRIDGE_AGGREGATION, ETHERNET, kind_of
from telemed_infra.parse.management.state import Management
from telemed_infra.parse.multicast import GroupSnooping
from telemed_infra.parse.vrp.arguments import VLAN_MAX
from telemed_infra.parse.vrp.engine import Unreadable

ALL_VLANS = frozenset(range(1, VLAN_MAX + 1))


@dataclass(slots=True)
class Port:
    """An interface as its block configures it.

    `pvid` is the VLAN of an access port, and that of untagged frames on the others. `permitted`
    belongs to a trunk, which lets VLAN 1 pass until it is taken off; `tagged` and `untagged` to a
    hybrid port.
    """

    line: int
    description: str = ""
    link_type: str = "access"
    pvid: int = 1
    permitted: set[int] = field(default_factory=lambda: {1})
    tagged: set[int] = field(default_factory=set)
    untagged: set[int] = field(default_factory=lambda: {1})
    routed: bool | None = None  # None: no line has said so yet
    shut: bool = False
    bundle: str = ""
    bundle_line: int = 0
    primary: str = ""
    further: list[str] = field(default_factory=list)
    voice: dict[int, int] = field(default_factory=dict)
    """Voice VLANs, with the line of each."""
    voice_by_phone: bool = True
    asks: dict[str, int] = field(default_factory=dict)
    """`dot1x` and `mac-authentication` on the port, with the line of each."""
    secured: dict[str, int] = field(default_factory=dict)
    """Lines of port security, by their subject."""
    security_mode: str = ""
    edge: bool = False
    spanning: bool = True
    bpdu_guard: bool | None = None
    trusted: bool = False
    forced: bool = False  # `dot1x port-control authorized-force`: nobody is asked
    critical: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Where hosts go while no server answers, by `dot1x` and `mac-authentication`: VLAN, line."""
    by_address: int = 0  # the line `mac-vlan enable`
    domains: dict[str, str] = field(default_factory=dict)
    """Domains that must judge hosts, by `dot1x` and `mac-authentication`."""
    secured_max: int | None = None
    learned_max: int | None = None
    passes_unlearned: bool = True
    """Frames of hosts beyond `learned_max` are forwarded."""
    records_bindings: bool = False
    has_static_binding: bool = False
    checks_source: int = 0
    checks_addresses: bool = False

    def carried(self) -> frozenset[int]:
        """The VLANs whose frames may cross the port."""
        if self.link_type == "access":
            return frozenset({self.pvid})
        if self.link_type == "trunk":
            return frozenset(self.permitted)
        return frozenset(self.tagged | self.untagged)

    def vlan_lines(self) -> tuple[object, ...]:
        """What members of one bundle have in common."""
        return (self.link_type, self.pvid, self.carried(), frozenset(self.untagged & self.tagged))

    def forget(self) -> None:
        """All lines but `shutdown` go back to their defaults, as a new link mode has it."""
        fresh = Port(self.line)
        for part in fields(self):
            if part.name not in ("line", "shut"):
                setattr(self, part.name, getattr(fresh, part.name))


@dataclass(slots=True)
class AccessList:
    """An ACL: its rules by number, each with its line and whether it denies."""

    line: int
    step: int = 5
    rules: dict[int, tuple[int, bool]] = field(default_factory=dict)

    def next_number(self) -> int:
        """The number of a rule that names none: the next step above the highest; 0 is the first."""
        return (max(self.rules) // self.step + 1) * self.step if self.rules else 0


@dataclass(frozen=True, slots=True)
class Use:
    """A line that names something which another line must define."""

    line: int
    kind: str
    name: str
    why: str  # what happens if it is not defined


@dataclass(slots=True)
class Switch:
    """The whole state, and the objects whose views are open."""

    hostname: str = ""
    vlans: set[int] = field(default_factory=set)
    vlan: int | None = None  # whose view is open; None after `vlan 2 to 5`, which opens none
    ports: dict[str, Port] = field(default_factory=dict)
    chosen: tuple[str, ...] = ()
    """The interfaces whose view is open: one, or a range."""
    ranges: dict[str, tuple[str, ...]] = field(default_factory=dict)
    lists: dict[str, AccessList] = field(default_factory=dict)
    list_title: str = ""
    defined: dict[str, set[str]] = field(default_factory=dict)
    """Names of other things that lines refer to, by kind."""
    uses: dict[tuple[str, ...], Use] = field(default_factory=dict)
    """By what is set, so that a second line replaces the first."""
    policy: str = ""
    """The classifier or QoS policy whose view is open."""
    prefixes: str = "prefix-list"
    """Which prefix lists the open address family means."""
    filters: dict[tuple[str, ...], int] = field(default_factory=dict)
    """Lines that bind a packet filter, by place and list."""
    filters_deny: bool = False
    asks: set[str] = field(default_factory=set)
    """`dot1x` and `mac-authentication` for the whole device."""
    port_security: bool = False
    host_domain: str = ""
    """Of `mac-authentication domain` for the whole device."""
    spanning: bool = False  # `stp global enable`
    bpdu_guard: bool = False
    management: Management = field(default_factory=Management)
    snooping: bool = False
    snooped_vlans: set[int] = field(default_factory=set)
    recording_vlans: set[int] = field(default_factory=set)
    groups: GroupSnooping = field(default_factory=GroupSnooping)

    def open_ports(self) -> Iterator[Port]:
        """The interfaces of the open view."""
        for name in self.chosen:
            yield self.ports[name]

    def bridged_ports(self) -> Iterator[Port]:
        """Those of the open view that carry VLANs, and the members of each bundle among them."""
        for name in self.chosen:
            port = self.ports[name]
            if kind_of(name) not in (*ETHERNET, BRIDGE_AGGREGATION):
                raise Unreadable(f"{name} is no port that carries VLANs")
            if port.routed:
                raise Unreadable("a routed port has no VLAN lines")
            yield port
            if kind_of(name) == BRIDGE_AGGREGATION:
                yield from (member for member in self.ports.values() if member.bundle == name)

    def must_exist(self, vlan: int) -> None:
        """The device takes a VLAN for an access or hybrid port only once it is made."""
        if vlan != 1 and vlan not in self.vlans:
            raise Unreadable(f"VLAN {vlan} is not made by a line before this one")
