"""`network.yml`: zones, applications, classes of service and the address plan's constants."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from telemed_infra.model.schema.administration import Administration
from telemed_infra.model.schema.base import Identifier, Item, ShortName, Title, ZoneName
from telemed_infra.model.schema.tunnels import TunnelRule

Port = Annotated[int, Field(ge=0, le=65535, strict=True)]
PortRange = Annotated[str, Field(pattern=r"^[0-9]{1,5}-[0-9]{1,5}$")]
Ports = Annotated[tuple[Port | PortRange, ...], Field(min_length=1, strict=False)]
Octet = Annotated[int, Field(ge=0, le=255, strict=True)]
Octets = Annotated[tuple[Octet, ...], Field(min_length=1, strict=False)]
Prefix = Annotated[str, Field(pattern=r"^[0-9a-fA-F.:]+/[0-9]{1,3}$")]
Prefixes = Annotated[tuple[Prefix, ...], Field(min_length=1, strict=False)]


class ServicePool(Item):
    """Where instance addresses come from: `v4` + 256 × service number + group number."""

    v4: Prefix
    v6: Prefix


class AddressPlan(Item):
    """Constants of the arithmetic in `telemed_infra.plan`."""

    v4: Prefix  # the province's own block, the prefectures' follow it
    v6: Prefix
    core: Prefix  # core routers and witnesses
    service_pool: ServicePool
    guest: Prefix  # the same at every site, never routed
    lte_pool: Prefix  # the carriers' private access network
    not_public: Prefixes  # IPv4 that is nobody's on the Internet
    as_base: Annotated[int, Field(strict=True)]


PortAuthentication = Literal["dot1x", "mac"]


class PortRule(Item):
    """What a switch does at ports where hosts of a zone are plugged in."""

    authentication: Annotated[tuple[PortAuthentication, ...], Field(strict=False)] = ()
    admits: bool = False  # lets hosts in while no server answers
    addresses_max: Annotated[int, Field(ge=1, le=64, strict=True)]  # MAC addresses behind a port
    dhcp: bool = True  # only the trunk leads to a DHCP server
    source_guard: bool = False  # every host there has its address by DHCP; others are dropped


class Zone(Item):
    """A part of a site that policies name. `transit` zones lead to other sites or to the box."""

    title: Title
    transit: bool = False
    selectable: bool = True  # False: its hosts reach the Internet alone (guests)
    ports: PortRule | None = None  # None: no port of a switch is for its hosts


class App(Item):
    """An application: what travels, and in which class of service."""

    title: Title
    tcp: Ports | None = None
    udp: Ports | None = None
    icmp: Octets | None = None  # ICMPv4 types, every code
    icmp6: Octets | None = None  # ICMPv6 types, every code
    protocol: Octets | None = None  # whole protocols without ports
    dscp: Identifier


class DscpClass(Item):
    """A class of service (RFC 4594)."""

    value: Annotated[int, Field(ge=0, le=63, strict=True)]
    title: Title


Server = Literal["bastion", "ntp", "syslog", "tacacs", "nms", "dns"]


class Management(Item):
    """Who manages the devices: host numbers in one zone of every data centre."""

    zone: ZoneName
    hosts: dict[
        Server,
        Annotated[int, Field(ge=1, le=250, strict=True)],
    ]


class Multicast(Item):
    """Lectures to many: source-specific multicast of IPv4 (RFC 4607) between one zone's parts."""

    zone: ZoneName  # of senders and of those who ask
    groups: Prefix  # inside 232.0.0.0/8


Vendor = Literal["huawei", "h3c", "cisco", "ruijie", "linux"]


class NetworkFile(Item):
    """The whole of `network.yml`."""

    province: Identifier
    name: Title
    short: ShortName
    vendor: Vendor = "huawei"  # of every site that names none, nor its county
    review_months: Annotated[int, Field(ge=1, le=36, strict=True)]  # a policy's review holds
    addresses: AddressPlan
    management: Management
    administration: Administration
    tunnels: TunnelRule
    multicast: Multicast | None = None  # None: no multicast passes anywhere
    zones: dict[ZoneName, Zone]
    dscp: dict[Identifier, DscpClass]
    apps: dict[Identifier, App]


Kind = Literal[
    "data-center",
    "provincial-hospital",
    "city-hospital",
    "county-center",
    "county-hospital",
    "township",
]
BlueprintKind = Literal[Kind, "city-aggregation"]
Role = Annotated[str, Field(pattern=r"^[A-Z]{2,3}$")]
Platform = Literal[
    "huawei_usg",
    "huawei_vrp",
    "h3c_secpath",
    "h3c_comware",
    "cisco_ios_zbf",
    "cisco_ios",
    "ruijie_rgos",
    "nftables",
    "frr",
    "suricata",
]
DevicePort = Annotated[str, Field(pattern=r"^[A-Z]{2,3}[0-9]{2}:[0-9]{1,2}$")]  # FW01:1
