"""The laboratory by its old name; new tests import `failover.laboratory`."""

from failover.laboratory.lab import (
    AGAIN_S,
    MOMENT_S,
    READY_S_MAX,
    Lab,
    laboratory,
)
from failover.laboratory.network import CENTRES, FIBRE, HEALTH, HOSPITAL, MEMBERS, PLACES, ip
from failover.laboratory.places import CLIENTS, HOMES, PEERS, SERVICES, plan_document
from failover.laboratory.problem import Stranded
from failover.laboratory.processes import KILLED_WITH_US

__all__ = [
    "AGAIN_S",
    "CENTRES",
    "CLIENTS",
    "FIBRE",
    "HEALTH",
    "HOMES",
    "HOSPITAL",
    "KILLED_WITH_US",
    "MEMBERS",
    "MOMENT_S",
    "PEERS",
    "PLACES",
    "READY_S_MAX",
    "SERVICES",
    "Lab",
    "Stranded",
    "ip",
    "laboratory",
    "plan_document",
]
