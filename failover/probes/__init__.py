"""Tries services: this centre's own copies for its agent, both centres for a hospital's observer.

    icmp, tcp, http_get, sql   what can be tried; each ends in a reason or in none
    attempt, lateness          one try with its deadline; whether this process was on time itself
    opinion, tries             what many tries of a group's service say together
    survey                     an observer's rounds

Standard library. No names are looked up, no thread is started.
"""

from failover.probes.attempt import Outcome, Probe
from failover.probes.http_get import HttpProbe, Page, tls_context
from failover.probes.icmp import IcmpProbe
from failover.probes.sql import Execute, SqlProbe
from failover.probes.survey import Findings, Pace, Survey
from failover.probes.tcp import TcpProbe
from failover.probes.tries import Tries

__all__ = [
    "Execute",
    "Findings",
    "HttpProbe",
    "IcmpProbe",
    "Outcome",
    "Pace",
    "Page",
    "Probe",
    "SqlProbe",
    "Survey",
    "TcpProbe",
    "Tries",
    "tls_context",
]
