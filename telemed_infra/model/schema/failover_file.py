"""`failover.yml`: when a service moves between the data centres, and what a move may lose."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from telemed_infra.model.schema.base import Identifier, Item, ZoneName

ShortDuration = Annotated[str, Field(pattern=r"^[1-9][0-9]*(ms|s|m|h)$")]
Share = Annotated[float, Field(ge=0, le=1, strict=False)]
Points = Annotated[int, Field(ge=1, le=1_000_000, strict=True)]
Times = Annotated[int, Field(ge=1, le=1000, strict=True)]
Port = Annotated[int, Field(ge=1, le=65535, strict=True)]
HospitalKind = Literal["provincial-hospital", "city-hospital", "county-hospital"]
HospitalKinds = Annotated[tuple[HospitalKind, ...], Field(min_length=1, strict=False)]


class Lease(Item):
    """How long a centre's session is good, and what a taker waits besides."""

    length: ShortDuration
    drift: Annotated[float, Field(gt=0, le=0.1, strict=False)]  # 0.01 is 1 %
    margin: ShortDuration


class RegisterPace(Item):
    """What the register's members must be set to."""

    heartbeat: ShortDuration
    election: ShortDuration


class Profile(Item):
    """Times that belong together."""

    lease: Lease
    renewal: ShortDuration
    beat: ShortDuration
    silence: ShortDuration
    patience: ShortDuration
    register_: Annotated[RegisterPace, Field(alias="register")]


class Host(Item):
    """An address in each data centre: its zone's first one plus `host`."""

    zone: ZoneName
    host: Annotated[int, Field(ge=1, le=250, strict=True)]


class Heartbeats(Item):
    """Where a centre's service edge sends and hears heartbeats, on each path."""

    port: Port
    fibre: Host
    health: Host


class Register(Item):
    """Where etcd is asked: at this host of each centre, and at the witness."""

    zone: ZoneName
    host: Annotated[int, Field(ge=1, le=250, strict=True)]
    port: Port


class Panel(Item):
    """How observers are counted."""

    observers_min: Times
    reach_share: Share
    lost_share: Share
    slow_share: Share
    fresh: ShortDuration


class Damping(Item):
    """What keeps move groups from moving to and fro."""

    penalty: Points
    half_life: ShortDuration
    suppress: Points
    brake_moves: Times
    brake_window: ShortDuration
    flap_changes: Times
    flap_window: ShortDuration


class ObserverSelector(Item):
    """Hospitals for which every condition given holds."""

    kind: HospitalKind | HospitalKinds | None = None
    prefecture: Identifier | None = None
    county: Identifier | None = None
    site: Identifier | None = None
    group: Identifier | None = None


class Observers(Item):
    """Which hospitals report the centres that they reach, and from which address of theirs."""

    zone: ZoneName
    host: Annotated[int, Field(ge=1, le=250, strict=True)]
    sites: Annotated[tuple[ObserverSelector, ...], Field(min_length=1, strict=False)]


class MoveGroups(Item):
    """Which instances move together: those of a service with one home, or each by itself."""

    by: Literal["service", "instance"]


class ServiceData(Item):
    """What a move of a service may lose, and what is done to move it."""

    durability: Literal["stateless", "asynchronous", "synchronous"]
    log_kbytes_s: Annotated[int, Field(ge=0, le=1_000_000, strict=True)] = (
        0  # of one instance at its busiest; 1 kbyte is 1000 bytes
    )
    postgresql: bool = False  # a cluster for each move group
    resource_check: bool = False
    hooks: Annotated[tuple[Identifier, ...], Field(strict=False)] = ()


class FailoverFile(Item):
    """The whole of `failover.yml`."""

    profile: Identifier
    profiles: dict[Identifier, Profile]
    witness: Identifier
    heartbeats: Heartbeats
    register_: Annotated[Register, Field(alias="register")]
    observers: Observers
    panel: Panel
    damping: Damping
    move_groups: MoveGroups
    services: dict[Identifier, ServiceData]
