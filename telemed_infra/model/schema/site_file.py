"""`sites/<code>-<prefecture>.yml`: one prefecture with its hospitals, counties and townships."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from telemed_infra.model.schema.base import Count, Identifier, Item, Mbps, ShortName, Title
from telemed_infra.model.schema.network_file import Prefix, Vendor

Code = Annotated[str, Field(pattern=r"^[0-9]{2,11}$")]
Number = Annotated[int, Field(ge=0, le=255, strict=True)]
Numbers = Annotated[tuple[Number, ...], Field(strict=False)]
SecretReference = Annotated[str, Field(pattern=r"^(vault|env):[A-Za-z][A-Za-z0-9_-]{0,59}$")]
SiteRole = Literal["consulting", "receiving", "dispatch", "teaching"]


class Circuit(Item):
    """A line between two devices, `site.DEVICE` each; a conduit is the duct it lies in."""

    id: Identifier
    ends: Annotated[tuple[str, str], Field(strict=False)]
    carrier: Identifier
    mbps: Mbps
    conduit: Identifier


class SiteFields(Item):
    """What every site has."""

    num: Number  # unique in its parent, never reused
    name: Title
    short: ShortName  # unique in its parent; part of the devices' names
    uplink_mbps: Mbps
    carrier: Identifier = "unicom"
    vendor: Vendor | None = None  # None: the county's, else the network's
    endpoints: Count = 0  # sets of telemedicine equipment
    roles: Annotated[tuple[SiteRole, ...], Field(strict=False)] = ()
    local_nat: dict[str, Prefix] = Field(
        default_factory=dict
    )  # zone in lower case → the hospital's own prefix, 1:1


class Hospital(SiteFields):
    """A hospital of province, city or county."""


class Center(SiteFields):
    """A county telemedicine centre: the head of the county's tunnels."""

    id: Identifier
    num: Number = 0
    name: Title = "县远程医疗中心"
    short: ShortName = "C"


class Township(SiteFields):
    """A township health centre or community health centre."""

    code: Code
    lte: bool = True  # has a second line by mobile network


class County(Item):
    """A county: number, official code of 2019, head and everything below it."""

    num: Number
    code: Code
    name: Title
    short: ShortName
    vendor: Vendor | None = None
    center: Center
    hospitals: dict[Identifier, Hospital]
    townships: dict[Identifier, Township]
    retired: dict[Literal["hospitals", "townships"], Numbers] = {}


class Prefecture(Item):
    """A prefecture, or the province itself as number 0."""

    id: Identifier
    num: Number
    code: Code
    name: Title
    short: ShortName
    home: Identifier  # data centre that its instances call home
    aggregation_in: Identifier | None = None  # hospital that houses the AR pair
    retired: dict[Literal["hospitals", "counties"], Numbers] = {}


class SiteFile(Item):
    """One file of `sites/`."""

    prefecture: Prefecture
    hospitals: dict[Identifier, Hospital]
    counties: dict[Identifier, County] = {}
    circuits: Annotated[tuple[Circuit, ...], Field(strict=False)] = ()


class DataCenter(Item):
    """One of the two data centres."""

    num: Number
    name: Title
    short: ShortName
    v4: Prefix
    as_number: Annotated[int, Field(strict=True)]
    service_edge_as: Annotated[int, Field(strict=True)]
    service_edge_key: SecretReference  # of the sessions between service edges and core (TCP MD5)
    vendor: Vendor | None = None  # None: the network's
    endpoints: Count = 0


class Conduit(Item):
    """A duct or cable route: what lies in it is cut together."""

    title: Title


class Fibre(Item):
    """The fibre between the data centres."""

    ends: Annotated[tuple[Identifier, Identifier], Field(strict=False)]
    carrier: Identifier
    mbps: Mbps
    conduit: Identifier


class Witness(Item):
    """A third place that sees both centres."""

    name: Title
    v4: Prefix


class DataCentersFile(Item):
    """The whole of `data_centers.yml`."""

    data_centers: dict[Identifier, DataCenter]
    session_keys: SecretReference = "vault:bgp"  # a routing session's key is this and its name
    fibre: Fibre
    witnesses: dict[Identifier, Witness]
    carriers: dict[Identifier, Title]
    conduits: dict[Identifier, Conduit]
