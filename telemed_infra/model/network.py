"""The resolved province: what every stage after the door reads, frozen and free of dangling names.

Equality is by value and ignores where a thing stands; hashes are by id, so sites and devices make
good keys.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from telemed_infra.model.schema.administration import Administration
from telemed_infra.model.schema.base import NOWHERE, Origin
from telemed_infra.model.schema.blueprint_file import BlueprintFile
from telemed_infra.model.schema.failover_file import FailoverFile
from telemed_infra.model.schema.network_file import (
    AddressPlan,
    App,
    BlueprintKind,
    DscpClass,
    Kind,
    Management,
    Multicast,
    Platform,
    Vendor,
    Zone,
)
from telemed_infra.model.schema.policy_file import (
    Expectation,
    Group,
    IdsFile,
    Partner,
    Policy,
    Service,
)
from telemed_infra.model.schema.site_file import (
    Circuit,
    Conduit,
    County,
    DataCenter,
    Fibre,
    Prefecture,
    SiteRole,
    Witness,
)
from telemed_infra.model.schema.tunnels import TunnelRule


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A place with devices. `blueprint` is what it has, `aggregation` what it houses besides."""

    id: str
    kind: Kind
    name: str
    short: str
    num: int  # in its parent
    code: str  # a township's own, else its county's or prefecture's
    prefecture: Prefecture | None  # number 0 for a provincial hospital; data centres have none
    county: County | None
    county_id: str | None
    vendor: Vendor | None  # the site's, else the county's; None: neither names one
    roles: tuple[SiteRole, ...]
    uplink_mbps: int  # 0 for a data centre
    carrier: str  # empty for a data centre
    endpoints: int
    lte: bool
    local_nat: Mapping[str, str]  # zone in lower case → the hospital's own prefix
    groups: frozenset[str]
    blueprint: BlueprintFile
    aggregation: BlueprintFile | None
    origin: Origin = field(default=NOWHERE, compare=False)

    def __hash__(self) -> int:
        return hash(self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A device of a site. `k` counts from 0 in role *and blueprint*; `number` is in its name."""

    name: str  # BJ-WN-CH-GW01, at most 30 ASCII characters
    site: Site
    role: str
    number: int
    platform: Platform  # the blueprint's, for the vendor
    vendor: Vendor  # the site's, else the network's
    k: int
    management_only: bool
    blueprint: BlueprintFile  # the site's own or the aggregation's: `devices[role].host`
    origin: Origin = field(default=NOWHERE, compare=False)

    @property
    def host(self) -> int:
        """Number of its management address: in MGMT, or among the loopbacks (enforcing role)."""
        return self.blueprint.devices[self.role].host + self.k

    def __hash__(self) -> int:
        return hash(self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class CountyRecord:
    """A county with its resolved sites, in the order of the file."""

    id: str
    item: County
    prefecture: Prefecture
    center: Site
    hospitals: tuple[Site, ...]
    townships: tuple[Site, ...]
    origin: Origin = field(default=NOWHERE, compare=False)

    def __hash__(self) -> int:
        return hash(self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """The whole inventory. Mappings keep the order of the files; files come sorted by name."""

    province: str
    name: str
    short: str
    review_months: int
    addresses: AddressPlan
    management: Management
    administration: Administration
    tunnels: TunnelRule
    multicast: Multicast | None
    zones: Mapping[str, Zone]
    dscp: Mapping[str, DscpClass]
    apps: Mapping[str, App]
    blueprints: Mapping[BlueprintKind, BlueprintFile]
    data_centers: Mapping[str, DataCenter]
    session_keys: str  # what the references of routing sessions' keys begin with
    fibre: Fibre
    conduits: Mapping[str, Conduit]
    carriers: Mapping[str, str]  # id → title
    witnesses: Mapping[str, Witness]
    prefectures: Mapping[str, Prefecture]  # with number 0, the province's own hospitals
    counties: Mapping[str, CountyRecord]
    sites: Mapping[str, Site]  # data centres first, then file by file
    devices: tuple[Device, ...]  # in the order of `sites`, then of the blueprint's roles
    site_devices: Mapping[str, tuple[Device, ...]]
    services: Mapping[str, Service]
    failover: FailoverFile
    policies: tuple[Policy, ...]
    groups: Mapping[str, Group]
    partners: Mapping[str, Partner]
    ids: IdsFile
    roles: Mapping[str, str]  # id → title: who owns, requests, approves
    circuits: tuple[Circuit, ...]
    expectations: tuple[Expectation, ...]
    sources: Mapping[str, str] = field(repr=False, compare=False)  # file name → its text

    def devices_of(self, site: Site) -> tuple[Device, ...]:
        """The devices of a site, its aggregation's last."""
        return self.site_devices[site.id]
