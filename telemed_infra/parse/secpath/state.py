"""What a SecPath firewall's commands build up, before it is judged: mutable, lives for one text.

Names of zones, groups and rules know no case: keys are folded, names stand as typed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Generic, TypeVar

from msgspec import Struct

from telemed_infra.packets import FAMILIES, Family, Range, Service
from telemed_infra.parse.behaviour import Action
from telemed_infra.parse.ipsec import Ipsec, Named
from telemed_infra.parse.management.state import Management
from telemed_infra.parse.secpath.dpi_state import Dpi
from telemed_infra.parse.secpath.pair_state import Backup
from telemed_infra.parse.virtual_routers import Groups
from telemed_infra.parse.vrp.arguments import Addresses
from telemed_infra.parse.vrp.engine import Unreadable

Value = TypeVar("Value")
LOCAL_ZONE, MANAGEMENT_ZONE = "local", "management"
BUILT_IN_ZONES = ("Local", "Trust", "DMZ", "Untrust", "Management")
"""They exist without a line. Source: docs/reference/platforms.md."""
ANY = "any"
OBJECT_ID_MAX = 4294967294
OBJECT_ID_STEP = 10

AddressTerm = Addresses | str
"""Addresses, or the folded name of an address group (or `any`)."""
ServiceTerm = tuple[Service, ...] | str
"""Services, or the folded name of a service group (or `any`)."""


@dataclass(slots=True)
class Zone:
    """A security zone; its interfaces with the lines that import them."""

    name: str
    line: int = 0  # 0: built in and never named by the text
    interfaces: dict[str, int] = field(default_factory=dict)


class Entry(Struct, Generic[Value]):
    """One object of a group, and what is taken off it again."""

    value: Value
    line: int
    excluded: dict[Addresses, int] = {}


@dataclass(slots=True)
class Group(Generic[Value]):
    """An object group: objects by id."""

    name: str
    line: int
    family: Family | None  # of an address group
    entries: dict[int, Entry[Value]] = field(default_factory=dict)
    _ids: dict[Value, int] = field(default_factory=dict)

    def put(self, number: int | None, value: Value, line: int) -> None:
        """Add an object, or put another in its place.

        Without id it takes the smallest multiple of ten above the highest one.
        """
        if number is None:
            highest = max(self.entries, default=-1)
            number = (highest // OBJECT_ID_STEP + 1) * OBJECT_ID_STEP
            if number > OBJECT_ID_MAX:
                raise Unreadable("there is no id left for it")
        if self._ids.get(value, number) != number:
            raise Unreadable(f"object {self._ids[value]} of the group says so already")
        held = self.entries.get(number)
        if held is not None and held.value != value:
            if held.excluded:
                raise Unreadable("whether what was excluded stays excluded is not known")
            del self._ids[held.value]
        elif held is not None:
            return
        self.entries[number] = Entry(value, line)
        self._ids[value] = number

    def drop(self, number: int) -> None:
        """Remove one object by its id."""
        held = self.entries.pop(number, None)
        if held is None:
            raise Unreadable(f"there is no object {number} to remove")
        del self._ids[held.value]

    def drop_value(self, value: Value) -> None:
        """Remove one object by what it says."""
        if value not in self._ids:
            raise Unreadable("the group has no such object")
        self.drop(self._ids[value])


@dataclass(slots=True)
class PolicyRule:
    """A rule as it is being written; the terms of each kind with their lines."""

    name: str
    number: int | None  # None: the device chose it
    line: int
    action: Action = Action.DENY
    disabled: bool = False
    logs: bool = False
    source_zones: dict[str, int] = field(default_factory=dict)
    destination_zones: dict[str, int] = field(default_factory=dict)
    sources: dict[AddressTerm, int] = field(default_factory=dict)
    destinations: dict[AddressTerm, int] = field(default_factory=dict)
    services: dict[ServiceTerm, int] = field(default_factory=dict)
    conditions: dict[str, int] = field(default_factory=dict)
    """Lines about what no packet header shows: application, user, time, VPN instance."""
    profile: tuple[str, int] | None = None
    """The application profile that it binds, by its folded name, and the line that does."""


@dataclass(slots=True)
class Policy:
    """The security policy of one family, its rules in match order."""

    family: Family
    line: int = 0  # 0: the text does not speak of it
    rules: list[PolicyRule] = field(default_factory=list)
    by_number: dict[int, PolicyRule] = field(default_factory=dict)
    by_name: dict[str, PolicyRule] = field(default_factory=dict)


@dataclass(slots=True)
class TunnelPort:
    """What an interface says of tunnels."""

    mode: str = ""  # "": it is none of a tunnel, or in the mode that holds without a word
    source: Named | None = None  # an address or an interface
    destination: Named | None = None
    profile: Named | None = None  # that protects what it carries
    flows: Named | None = None  # the access list that selects it
    applied: Named | None = None  # a policy
    mtu: int = 0  # octets; 0: no line says it
    mtu6: int = 0
    segment: int = 0  # of TCP


@dataclass(slots=True)
class Node:
    """A node of a policy that sends packets another way than routes say."""

    line: int
    permits: bool
    list: tuple[str, int] | None = None  # the access list of what it takes; None: everything
    next_hop: int | None = None
    hop_line: int = 0


@dataclass(slots=True)
class Port:
    """What an interface block says; a block never written is one with these defaults."""

    line: int
    primary: str = ""  # its IPv4 address that is not `sub`
    addresses: dict[str, int] = field(default_factory=dict)
    six: bool = False  # speaks IPv6 by an address of the link alone
    borrows: str = ""  # the interface with whose address it speaks IPv4
    vlan: int | None = None
    shut: bool = False
    trunk: bool = False
    access_vlan: int = 1
    permitted: set[int] = field(default_factory=lambda: {1})
    """VLANs of a trunk."""
    groups: Groups = field(default_factory=dict)
    tunnel: TunnelPort = field(default_factory=TunnelPort)
    translates: bool = False  # `nat static enable`
    way_policy: tuple[str, int] | None = None  # `ip policy-based-route`, and the line
    covers: dict[str, int] = field(default_factory=dict)
    """Access lists of `nat outbound`, with their lines."""


@dataclass(slots=True)
class SecPath:
    """The whole state, and the objects whose views are open."""

    hostname: str = ""
    zones: dict[str, Zone] = field(
        default_factory=lambda: {name.lower(): Zone(name) for name in BUILT_IN_ZONES}
    )
    address_groups: dict[Family, dict[str, Group[AddressTerm]]] = field(
        default_factory=lambda: {family: {} for family in FAMILIES}
    )
    service_groups: dict[str, Group[ServiceTerm]] = field(default_factory=dict)
    policies: dict[Family, Policy] = field(
        default_factory=lambda: {family: Policy(family) for family in FAMILIES}
    )
    ports: dict[str, Port] = field(default_factory=dict)
    vlans: set[int] = field(default_factory=lambda: {1})
    within_zones: bool = False  # `security-zone intra-zone default permit`
    within_zones_line: int = 0
    defined: set[str] = field(default_factory=set)
    """Access lists with a rule, route policies and other lists, as `acl 2001`."""
    uses: list[tuple[str, int]] = field(default_factory=list)
    """Such lists as lines name them."""
    dpi: Dpi = field(default_factory=Dpi)
    statics: dict[Range, tuple[Range, int]] = field(default_factory=dict)
    """Inside addresses that are changed one to one → those outside, and the line."""
    way_policies: dict[str, dict[int, Node]] = field(default_factory=dict)
    """`policy-based-route`: nodes by number."""
    backup: Backup = field(default_factory=Backup)
    tracks: dict[str, str] = field(default_factory=dict)
    """Track entries by number: the interface that one watches, or what it says."""
    ipsec: Ipsec = field(default_factory=Ipsec)
    acl: str = ""
    node: Node = field(default_factory=lambda: Node(0, permits=True))
    zone: Zone = field(default_factory=lambda: Zone(""))
    port: Port = field(default_factory=lambda: Port(0))
    policy: Policy = field(default_factory=lambda: Policy(Family.V4))
    rule: PolicyRule = field(default_factory=lambda: PolicyRule("", None, 0))
    address_group: Group[AddressTerm] = field(default_factory=lambda: Group("", 0, Family.V4))
    service_group: Group[ServiceTerm] = field(default_factory=lambda: Group("", 0, None))
    management: Management = field(default_factory=Management)
