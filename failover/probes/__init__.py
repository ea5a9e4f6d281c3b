"""Tries services: this centre's own copies for its agent, both centres for a hospital's observer.

    icmp, tcp, http_get, sql   what can be tried; each ends in a reason or in none
    attempt, lateness          one try with its deadline; whether this process was on time itself
    opinion, schedule          many tries of the agent's groups, made into `Probed`
    survey                     an observer's rounds

Standard library, and the core's events. No names are looked up, no thread is started.
"""

from failover.probes.attempt import Outcome, Probe
from failover.probes.http_get import HttpProbe, Page, tls_context
from failover.probes.icmp import IcmpProbe
from failover.probes.schedule import Pace, ProbeSchedule
from failover.probes.sql import Execute, SqlProbe
from failover.probes.survey import Findings, Survey
from failover.probes.tcp import TcpProbe

__all__ = [
    "Execute",
    "Findings",
    "HttpProbe",
    "IcmpProbe",
    "Outcome",
    "Pace",
    "Page",
    "Probe",
    "ProbeSchedule",
    "SqlProbe",
    "Survey",
    "TcpProbe",
    "tls_context",
]
