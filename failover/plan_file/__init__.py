"""The plan file: what `telemed build` compiles from the inventory and all agents must agree upon.

Its shape is `failover/plan.schema.json`. Read strictly: a file with an unknown key, another hash or
a broken rule is no plan, and an agent does not start with it. Standard library only.
"""

from failover.plan_file.content import (
    Actuators,
    Endpoint,
    EtcdPlan,
    Instance,
    MoveGroup,
    Observer,
    PlanFile,
    Site,
    SqlitePlan,
    Witness,
)
from failover.plan_file.reading import hash_of, plan_file_of, read_plan, read_plan_file
from failover.plan_file.values import PlanProblem

__all__ = [
    "Actuators",
    "Endpoint",
    "EtcdPlan",
    "Instance",
    "MoveGroup",
    "Observer",
    "PlanFile",
    "PlanProblem",
    "Site",
    "SqlitePlan",
    "Witness",
    "hash_of",
    "plan_file_of",
    "read_plan",
    "read_plan_file",
]
