"""Vendor-neutral configurations: what a device shall do, each element with its origins.

Everything that a platform writes its own way (masks, names of interfaces, order, ports) is still
absent; see `telemed_infra.render`.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from msgspec import Struct

from telemed_infra.break_out import BreakOut
from telemed_infra.management_plane import OPEN_PORT, ManagementPlane, PortGuards
from telemed_infra.model.schema.network_file import App
from telemed_infra.multicast import NO_MULTICAST, MulticastRouting
from telemed_infra.packets import Family
from telemed_infra.plan.devices import Interface
from telemed_infra.plan.prefix import Prefix, Span
from telemed_infra.redundancy import ALONE, Redundancy
from telemed_infra.translation import Translation
from telemed_infra.tunnels import Tunnel

Origins = tuple[str, ...]


class AddressEntry(Struct, frozen=True):
    """One prefix of an address set, or a row of addresses that is none."""

    prefix: Prefix | Span
    origins: Origins


class AddressSet(Struct, frozen=True, kw_only=True):
    """A named set of prefixes of both families; prefixes are never summarised."""

    name: str
    entries: tuple[AddressEntry, ...]
    origins: Origins

    def of(self, family: Family) -> tuple[AddressEntry, ...]:
        """The entries of one family."""
        return tuple(one for one in self.entries if one.prefix.family is family)


class ServiceSet(Struct, frozen=True, kw_only=True):
    """An application by the name that rules use."""

    name: str
    app: App
    origins: Origins


Addresses = str | tuple[Prefix, ...]
"""The name of an address set, or the one or two (by family) prefixes of a single end."""


class Verdict(Enum):
    """What a rule does with a packet."""

    PERMIT = "permit"
    DENY = "deny"


class FilterRule(Struct, frozen=True, kw_only=True):
    """One rule, from a zone to a zone; first match wins. None: any."""

    name: str
    zone_in: str | None
    zone_out: str | None
    sources: Addresses | None
    destinations: Addresses | None
    services: tuple[str, ...]  # names of service sets; () is any
    verdict: Verdict
    limited: bool = False  # merely tolerated: at a bounded rate, where the platform can
    logged: bool = False
    inspected: bool = False  # for intrusions and malware, where the platform can
    origins: Origins = ()


class Policy(Struct, frozen=True, kw_only=True):
    """Everything that the members of a pair share."""

    zones: tuple[str, ...]  # without LOCAL
    address_sets: tuple[AddressSet, ...]
    service_sets: tuple[ServiceSet, ...]
    rules: tuple[FilterRule, ...]  # the last one denies and logs everything
    closed_within_zones: bool = True


class Servers(Struct, frozen=True, kw_only=True):
    """Who manages a device: addresses in the data centres, nearest first."""

    ntp: tuple[Prefix, ...]
    origins: Origins
    bastions: tuple[Prefix, ...] = ()  # of both families: who may log in


class ZoneBinding(Struct, frozen=True, kw_only=True):
    """The interfaces of a zone."""

    zone: str
    interfaces: tuple[Interface, ...]


class LowerEnd(Struct, frozen=True, kw_only=True):
    """A gateway that reaches its head by tunnel, or the lower end of an encrypted circuit."""

    number: int  # of its site in the county, or of the own port: the same for ever
    origins: Origins


class FirewallConfig(Struct, frozen=True, kw_only=True):
    """A zone firewall or gateway."""

    hostname: str
    platform: str
    interfaces: tuple[Interface, ...]
    bindings: tuple[ZoneBinding, ...]
    policy: Policy
    servers: Servers
    ipv6: bool
    origins: Origins
    watched: frozenset[str] = frozenset()  # names of interfaces over which BFD watches a session
    plane: ManagementPlane | None = None  # None: of a host that is administered otherwise
    plane_origins: Origins = ()
    redundancy: Redundancy = ALONE
    tunnels: tuple[Tunnel, ...] = ()
    multicast: MulticastRouting = NO_MULTICAST
    translations: tuple[Translation, ...] = ()  # of zones whose hosts bear other addresses
    break_outs: tuple[BreakOut, ...] = ()
    break_out_origins: Origins = ()
    lower_ends: Mapping[str, LowerEnd] = {}  # by the reference to the secret


class PortUse(Enum):
    """What a switch port is for."""

    ACCESS = "access"
    TRUNK = "trunk"
    PARKED = "parked"
    ROUTED = "routed"
    SHUT = "shut"  # a mirror, or another port whose function comes later


class PortConfig(Struct, frozen=True, kw_only=True):
    """One port of a switch. A trunk's untagged frames belong to the parking VLAN and are lost."""

    number: int
    use: PortUse
    vlan: int  # of an access port; the untagged one of a trunk
    vlans: tuple[int, ...] = ()  # tagged ones of a trunk
    description: str = ""
    v4: Prefix | None = None  # of a routed port, with the length of its network
    v6: Prefix | None = None
    origins: Origins = ()
    guards: PortGuards = OPEN_PORT


class VlanConfig(Struct, frozen=True, kw_only=True):
    """A VLAN that a switch carries."""

    number: int
    name: str
    origins: Origins
    snooped: bool = False  # groups go to those ports alone that have asked


class SwitchConfig(Struct, frozen=True, kw_only=True):
    """A switch, or what a router has of one: VLANs, ports, management."""

    hostname: str
    platform: str
    vlans: tuple[VlanConfig, ...]
    ports: tuple[PortConfig, ...]
    management_vlan: int
    management: Prefix  # own address with the length of its network
    management6: Prefix | None
    gateway: Prefix
    gateway6: Prefix | None
    servers: Servers
    origins: Origins
    routes_between_sites: bool = False  # a router: management stands in a table of its own
    loopback: tuple[Prefix, Prefix | None] | None = None
    tunnels: tuple[Tunnel, ...] = ()  # over circuits, in the order of their ports
    tunnel_interfaces: tuple[Interface, ...] = ()  # of these
    lower_ends: Mapping[str, LowerEnd] = {}  # by the reference to the secret
    multicast: MulticastRouting = NO_MULTICAST  # of a router
    plane: ManagementPlane | None = None
    plane_origins: Origins = ()
