"""A plan file as the shell needs it: the core's plan, and all addresses and names around it."""

from collections.abc import Mapping
from dataclasses import dataclass

from failover.core.plan import Group, Plan

VERSION = 1
INSTANCES_MAX = 120  # a take compares seven cells besides, and a transaction has 127


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One of the two data centres."""

    name: str
    short: str  # as in the names of its devices
    addresses: Mapping[str, str]  # path (`fibre`, `health`) → where its heartbeats leave and arrive


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """The third place."""

    name: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Where a member of the register is asked, over TLS."""

    place: str  # a site or the witness
    address: str
    port: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EtcdPlan:
    """The register in etcd: what its members must be like is checked at the start."""

    endpoints: Mapping[str, Endpoint]  # by place: both sites and the witness
    heartbeat_ms: int
    election_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlitePlan:
    """The register in a file, for tests and for one machine."""

    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Observer:
    """A hospital that reports which centre it reaches."""

    name: str
    address: str  # its reports come from there


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """One service for one group of tenants, and where it is reached."""

    name: str
    v4: str
    v6: str | None  # None: IPv6 is not planned


@dataclass(frozen=True, slots=True, kw_only=True)
class Actuators:
    """What is done to take a group and to release it."""

    postgresql: str | None  # the cluster that is promoted and demoted
    bgp: bool  # the owner announces the service addresses
    hooks: tuple[str, ...]  # executables by name, in their order


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveGroup:
    """A move group with what the core does not need to know of it."""

    group: Group
    instances: tuple[Instance, ...]  # in the order of `group.instances`
    resource_check: bool  # the service refuses work when the lease has run out
    actuators: Actuators


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFile:
    """The whole file."""

    plan: Plan
    port: int  # UDP, of agents and witness
    sites: tuple[Site, Site]  # in the order of `plan.sites`
    witness: Witness
    register: EtcdPlan | SqlitePlan
    observers: tuple[Observer, ...]
    groups: tuple[MoveGroup, ...]  # in the order of `plan.groups`

    def site(self, name: str) -> Site:
        """The site of a name.

        Raises:
            KeyError: the plan has no such site.
        """
        for site in self.sites:
            if site.name == name:
                return site
        raise KeyError(name)
