"""`services.yml`, `policies/*.yml`, `expectations.yml` and the files that policies refer to."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from telemed_infra.model.schema.base import Count, Identifier, Item, Mbps, Title, ZoneName
from telemed_infra.model.schema.network_file import Kind, Prefix, Role, Server

Duration = Annotated[str, Field(pattern=r"^[1-9][0-9]*(s|m|h|d)$")]
PolicyId = Annotated[str, Field(pattern=r"^[PN][0-9]{4}$")]
Identifiers = Annotated[tuple[Identifier, ...], Field(min_length=1, strict=False)]
Kinds = Annotated[tuple[Kind, ...], Field(min_length=1, strict=False)]
Date = Annotated[date, Field(strict=True)]


class Instances(Item):
    """How a service is cut into instances, and where each is at home."""

    by: Literal["province", "prefecture"]
    home: Literal["prefecture.home"] | Identifier


class Demand(Item):
    """What one busy user site takes, and which part of them is busy at once."""

    live_mbps: Mbps | None = None
    bulk_mbps: Mbps | None = None
    busy_share: dict[
        Literal["province", "city", "county", "township"],
        Annotated[float, Field(ge=0, le=1, strict=False)],
    ]


class Service(Item):
    """A telemedicine service."""

    num: Annotated[int, Field(ge=0, le=15, strict=True)]
    name: Title
    apps: Identifiers
    instances: Instances
    zone: ZoneName
    priority: Annotated[int, Field(ge=1, le=99, strict=True)]  # 1 is the green channel
    rto: Duration
    rpo: Duration
    demand: Demand
    after: Annotated[tuple[Identifier, ...], Field(strict=False)] = ()  # services it needs


Servers = Annotated[tuple[Server, ...], Field(min_length=1, strict=False)]
FailoverHost = Literal["fibre", "health", "register", "witness", "observers"]
FailoverHosts = Annotated[tuple[FailoverHost, ...], Field(min_length=1, strict=False)]


class Selector(Item):
    """Which ends a policy speaks of: the conditions given must all hold.

    Exactly one of: sites (any of kind, prefecture, county, site, group; with `zone`), `service`,
    `partner`, `internet` (all that is public of IPv4), `failover` (its hosts, as failover.yml
    places them), `multicast` (groups of the network, asked for at the sites of the conditions; of
    `to` only), `management` (servers of the data centres), `devices` (management addresses); the
    last two with the site conditions as a filter.
    """

    kind: Kind | Kinds | None = None
    prefecture: Identifier | None = None
    county: Identifier | None = None
    site: Identifier | None = None
    group: Identifier | None = None
    zone: ZoneName | None = None
    service: Identifier | None = None
    partner: Identifier | None = None
    internet: Literal[True] | None = None  # of `to` only
    failover: FailoverHosts | None = None
    multicast: Literal[True] | None = None
    management: Servers | None = None
    devices: Role | Literal["all"] | None = None
    within: Literal["site", "county", "prefecture"] | None = None  # of `to` only


class Policy(Item):
    """One thing that is allowed. Everything that no policy allows is denied and logged."""

    id: PolicyId  # never reused; begins the names of its rules on devices
    source: Annotated[Selector, Field(alias="from")]
    to: Selector
    apps: Identifiers
    owner: Identifier
    requester: Identifier
    approved_by: Identifier
    reason: Title
    ticket: Annotated[str, Field(pattern=r"^[A-Z]{2,5}-[0-9]{1,6}$")]
    reviewed: Date
    expires: Date | None = None


class Expectation(Item):
    """A sentence about the whole, written by hand, that the openings must bear out."""

    id: Annotated[str, Field(pattern=r"^E[0-9]{3}$")]
    says: Annotated[str, Field(min_length=10, max_length=200)]
    source: Annotated[Selector, Field(alias="from")]
    to: Selector
    apps: Identifiers | None = None  # None: whatever the application
    verdict: Literal["always", "never"]


class Group(Item):
    """An alliance or a consortium of sites."""

    title: Title
    members: Annotated[tuple[Identifier, ...], Field(strict=False)]
    outside: Count = 0  # members that this network does not reach


class Partner(Item):
    """A hospital outside the province or the country, reached through a data centre's extranet."""

    title: Title
    prefixes: Annotated[tuple[Prefix, ...], Field(min_length=1, strict=False)]


class RuleSet(Item):
    """A set of detection rules, `templates/suricata/rules/<name>.rules`."""

    title: Title
    owner: Identifier


class IdsFile(Item):
    """`ids.yml`: which sensor reads which rules."""

    rule_sets: dict[Identifier, RuleSet]
    sensors: dict[Kind | Literal["city-aggregation"], Identifiers]


class PeopleFile(Item):
    """`people.yml`: roles that own, request and approve; no persons."""

    roles: dict[Identifier, Title]


ServicesFile = TypeAdapter(dict[Identifier, Service])
GroupsFile = TypeAdapter(dict[Identifier, Group])
PartnersFile = TypeAdapter(dict[Identifier, Partner])
PoliciesFile = TypeAdapter(tuple[Policy, ...])
ExpectationsFile = TypeAdapter(tuple[Expectation, ...])
"""Documents without a head of their own: a mapping by id, or a list."""
