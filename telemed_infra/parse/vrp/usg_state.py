"""What a USG firewall's commands build up, before it is judged: mutable, lives for one text."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Generic, NamedTuple, TypeVar

from telemed_infra.packets import Range, Service
from telemed_infra.parse.behaviour import Action
from telemed_infra.parse.management.state import Management
from telemed_infra.parse.virtual_routers import Groups
from telemed_infra.parse.vrp.arguments import Addresses
from telemed_infra.parse.vrp.engine import Unreadable
from telemed_infra.parse.vrp.hrp import Hrp
from telemed_infra.parse.vrp.tunnels_state import Bound, Ipsec

Value = TypeVar("Value")
LOCAL_ZONE = "local"
BUILT_IN_ZONES = {"local": 100, "trust": 85, "dmz": 50, "untrust": 5}
"""They exist without a line, with these priorities. Source: docs/reference/platforms.md."""
ANY = "any"
ENTRIES_MAX = 4096

AddressTerm = Addresses | str
"""Addresses, or the name of an address set (or `any`)."""
ServiceTerm = tuple[Service, ...] | str
"""Services, or the name of a service set or predefined service (or `any`)."""
Profile = tuple[str, int]
"""The name of a profile that a rule binds, and the line that does."""


@dataclass(slots=True)
class Zone:
    """A security zone; its interfaces with the lines that add them."""

    name: str
    line: int = 0  # 0: built in and never named by the text
    priority: int | None = None
    interfaces: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Entries(Generic[Value]):
    """An address set or a service set: entries by id, each with its line."""

    name: str
    kind: str  # object or group
    line: int
    entries: dict[int, tuple[Value, int]] = field(default_factory=dict)

    def add(self, entry: int | None, value: Value, line: int) -> None:
        """Add an entry; without id it takes the one after the highest.

        What a device does with an id that is taken is not known, so it is refused.
        """
        if entry is None:
            entry = max(self.entries, default=-1) + 1
        held = self.entries.get(entry)
        if held is not None and held[0] != value:
            raise Unreadable(f"entry {entry} is there already")
        if entry >= ENTRIES_MAX:
            raise Unreadable(f"a set has at most {ENTRIES_MAX} entries")
        self.entries[entry] = value, line

    def drop(self, entry: int) -> None:
        """Remove one entry by its id."""
        if self.entries.pop(entry, None) is None:
            raise Unreadable(f"there is no entry {entry} to remove")


@dataclass(slots=True)
class PolicyRule:
    """A rule as it is being written; the terms of each kind with their lines."""

    name: str
    line: int
    disabled: bool = False
    logs: bool = False
    action: Action | None = None
    source_zones: dict[str, int] = field(default_factory=dict)
    destination_zones: dict[str, int] = field(default_factory=dict)
    sources: dict[AddressTerm, int] = field(default_factory=dict)
    destinations: dict[AddressTerm, int] = field(default_factory=dict)
    excluded_sources: dict[AddressTerm, int] = field(default_factory=dict)
    excluded_destinations: dict[AddressTerm, int] = field(default_factory=dict)
    services: dict[ServiceTerm, int] = field(default_factory=dict)
    conditions: dict[str, int] = field(default_factory=dict)
    """Lines about what no packet header shows: application, user, time."""
    ips: Profile | None = None
    av: Profile | None = None


@dataclass(slots=True)
class SignatureSet:
    """A filter of an intrusion prevention profile: what it looks for, and what it does then."""

    action: str = "default"  # as each signature says
    limits: dict[str, set[str]] = field(default_factory=dict)
    """What its signatures must be of, by kind (`protocol`, `severity` …); no such kind: all."""


@dataclass(slots=True)
class IpsProfile:
    """A self-made intrusion prevention profile; without a set it looks for nothing."""

    line: int
    sets: dict[str, SignatureSet] = field(default_factory=dict)


@dataclass(slots=True)
class AvProfile:
    """A self-made anti-virus profile; what it says of no protocol it does as it comes."""

    line: int
    weak: set[str] = field(default_factory=set)
    """Protocols whose files it lets pass in some direction, or does not look into."""


@dataclass(slots=True)
class Profiles:
    """Self-made profiles by name, and those whose views are open."""

    ips: dict[str, IpsProfile] = field(default_factory=dict)
    av: dict[str, AvProfile] = field(default_factory=dict)
    open_ips: IpsProfile = field(default_factory=lambda: IpsProfile(0))
    open_set: SignatureSet = field(default_factory=SignatureSet)
    open_av: AvProfile = field(default_factory=lambda: AvProfile(0))


@dataclass(slots=True)
class RuleGroup:
    """`group name`: the rules between two of the list, both included."""

    line: int
    first: str = ""
    last: str = ""
    disabled: bool = False


@dataclass(slots=True)
class Port:
    """What an interface block says; a block never written is one with these defaults."""

    line: int
    addresses: dict[str, int] = field(default_factory=dict)
    vlan: int | None = None
    shut: bool = False
    managed: bool = True  # service-manage, on by default
    managed_line: int = 0
    admitted: dict[str, int] = field(default_factory=dict)
    """Management services that it admits, with their lines."""
    groups: Groups = field(default_factory=dict)
    six: bool = False  # speaks IPv6 by an address of the link, if by no other
    bound: Bound = field(default_factory=Bound)


class NatServer(NamedTuple):
    """Addresses that are changed one to one: those that hosts bear, and those that others know."""

    zone: str | None  # None: it acts towards every zone
    inside: Range
    outside: Range
    line: int


class Sent(NamedTuple):
    """Where a rule of `policy-based-route` sends packets."""

    port: str  # "": the one that leads to the next hop
    next_hop: int
    line: int


@dataclass(slots=True)
class PacketRule:
    """A rule that sends packets another way, or hides their sources; its terms are a policy's."""

    terms: PolicyRule
    ports: dict[str, int] = field(default_factory=dict)
    """By which packets come in, or leave, with the lines that say so."""
    sent: Sent | None = None
    hides: bool = False


@dataclass(slots=True)
class Usg:
    """The whole state, and the objects whose views are open."""

    hostname: str = ""
    zones: dict[str, Zone] = field(
        default_factory=lambda: {
            name: Zone(name, priority=priority) for name, priority in BUILT_IN_ZONES.items()
        }
    )
    address_sets: dict[str, Entries[AddressTerm]] = field(default_factory=dict)
    service_sets: dict[str, Entries[ServiceTerm]] = field(default_factory=dict)
    ports: dict[str, Port] = field(default_factory=dict)
    rules: dict[str, PolicyRule] = field(default_factory=dict)
    """In match order."""
    groups: dict[str, RuleGroup] = field(default_factory=dict)
    policy_line: int = 1
    default: Action = Action.DENY
    default_line: int = 0
    default_logs: bool = False
    intrazone_judged: bool = False  # `default packet-filter intrazone enable`
    policy_log_on: bool = False  # `log type policy enable`
    profiles: Profiles = field(default_factory=Profiles)
    nat_servers: dict[str, NatServer] = field(default_factory=dict)
    way_rules: dict[str, PacketRule] = field(default_factory=dict)
    """Of `policy-based-route`, in match order."""
    cover_rules: dict[str, PacketRule] = field(default_factory=dict)
    """Of `nat-policy`, in match order."""
    hrp: Hrp = field(default_factory=Hrp)
    ipsec: Ipsec = field(default_factory=Ipsec)
    zone: Zone = field(default_factory=lambda: Zone(""))
    port: Port = field(default_factory=lambda: Port(0))
    rule: PolicyRule = field(default_factory=lambda: PolicyRule("", 0))
    packet_rule: PacketRule = field(default_factory=lambda: PacketRule(PolicyRule("", 0)))
    address_set: Entries[AddressTerm] = field(default_factory=lambda: Entries("", "", 0))
    service_set: Entries[ServiceTerm] = field(default_factory=lambda: Entries("", "", 0))
    management: Management = field(default_factory=Management)

    @property
    def bound(self) -> Bound:
        """What the interface whose view is open binds."""
        return self.port.bound
