"""`blueprints/<kind>.yml`: what a kind of site has."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from telemed_infra.model.schema.base import Item, Title, ZoneName
from telemed_infra.model.schema.network_file import (
    BlueprintKind,
    DevicePort,
    Platform,
    Role,
    Vendor,
)

Vlan = Annotated[int, Field(ge=2, le=4063, strict=True)]
Length4 = Annotated[int, Field(ge=8, le=32, strict=True)]
Offset = Annotated[int, Field(ge=0, strict=True)]
FirstPort = Annotated[int, Field(ge=0, le=63, strict=True)]
Below = Literal["firewall", "prefecture", "county", "hospital"]
PortNumbers = Annotated[str, Field(pattern=r"^[0-9]{1,2}(-[0-9]{1,2})?$")]


class Placement(Item):
    """A part of the site's block: `at` addresses after its first, a prefix of `length`."""

    at: Offset
    length: Length4


class ZonePlacement(Item):
    """A zone at this kind of site: its VLAN and, unless it is the guest network, its place."""

    vlan: Vlan
    at: Offset | None = None
    length: Length4 | None = None
    guest: bool = False  # takes the address plan's guest prefix


class DeviceRole(Item):
    """Devices of one role. `host` is the first one's number, the next device has the next.

    It counts in MGMT, or among the loopbacks for the enforcing role.
    """

    count: Annotated[int, Field(ge=1, le=16, strict=True)]
    # One name is that of every vendor.
    platform: Platform | Annotated[dict[Vendor, Platform], Field(min_length=1)]
    host: Annotated[int, Field(ge=1, le=250, strict=True)]
    first: Annotated[int, Field(ge=1, le=16, strict=True)] = 1  # FW01 has number 1
    management_only: bool = False  # comes into its own later: VLANs and management now
    virtual: Annotated[int, Field(ge=2, le=250, strict=True)] | None = None  # service edges' own

    @property
    def platforms(self) -> tuple[Platform, ...]:
        """Every platform that such a device may run."""
        named = self.platform
        return (named,) if isinstance(named, str) else tuple(dict.fromkeys(named.values()))

    def platform_of(self, vendor: Vendor) -> Platform | None:
        """What it runs at a site of this vendor; None: the blueprint names nothing for it."""
        return self.platform if isinstance(self.platform, str) else self.platform.get(vendor)


class Link(Item):
    """A cable between two ports of the site. Without `zones` and `zone` a trunk of every VLAN."""

    a: DevicePort
    b: DevicePort
    zones: Annotated[tuple[ZoneName, ...], Field(strict=False)] | None = None  # trunk of these
    zone: ZoneName | None = None  # a routed point-to-point in this zone, or an access port of it
    link: Offset | None = None  # of a routed one: number of its /31 among the site's links
    mirror: bool = False  # `a` copies what it carries to `b`


class AccessPorts(Item):
    """Ports of a switch for end systems of one zone; `zone: null` parks them."""

    device: Annotated[str, Field(pattern=r"^[A-Z]{2,3}[0-9]{2}$")]
    ports: PortNumbers
    zone: ZoneName | None


class Uplink(Item):
    """How this kind of site is joined upwards: one circuit for each."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,12}$")]
    port: DevicePort
    to: Literal["core", "aggregation", "head", "tunnel", "carrier", "fibre"]
    peer: Annotated[str, Field(pattern=r"^[A-Z]{2,3}[0-9]{2}$")] | None = None
    medium: Literal["fibre", "lte"] = "fibre"
    link: Offset | None = None  # number of its /31 among the site's links; LTE has none
    # Number of the /31 of the circuit itself: the line is then a tunnel over it, encrypted.
    over: Offset | None = None


class BlueprintFile(Item):
    """The whole of one blueprint."""

    kind: BlueprintKind
    title: Title
    ipv6: bool = False
    block: Length4
    enforcing: Role | None = None  # the role that is the site's enforcement point
    router: Role | None = None  # the role that routes between sites; it filters nothing
    # The router's ports to what lies below it: the first one, and on it goes by their numbers.
    downlinks: dict[Below, FirstPort] = {}
    loopbacks: Placement | None = None
    links_block: Placement | None = None
    # Towards the carrier: host 1 its router, 2 and 3 the members; of a head, 4 the address that
    # tunnels by line go to, 5 the one of those by mobile network.
    lines: Placement | None = None
    zones: dict[ZoneName, ZonePlacement] = {}
    parking_vlan: Vlan = 999
    devices: dict[Role, DeviceRole]
    links: Annotated[tuple[Link, ...], Field(strict=False)] = ()
    access: Annotated[tuple[AccessPorts, ...], Field(strict=False)] = ()
    uplinks: Annotated[tuple[Uplink, ...], Field(strict=False)] = ()
    tunnels_from_below: bool = False  # a head: zone VPN
    first_downlink_port: Annotated[int, Field(ge=1, le=48, strict=True)] | None = None  # zone DOWN
