"""A hospital's observer: which centre it reaches, how well, and whether its own line works.

It asks each centre's service edge, and one neutral address that belongs to neither, for an echo;
its reports inform both centres, and never vote.
"""

from __future__ import annotations

import asyncio
import random

from failover.core.messages import PathName
from failover.probes.icmp import IcmpProbe
from failover.probes.survey import Findings, Pace, Survey
from failover.processes.notify import Supervisor
from failover.processes.places import Place
from failover.processes.problem import CannotRun
from failover.processes.rekeying import rekeying
from failover.processes.serving import serve
from failover.wire.observer import ObserverEndpoint
from failover.wire.post import boot_time_s
from failover.wire.problem import WireProblem

SLOW_S = 0.5  # an echo that takes longer: consultations suffer


def run(place: Place, supervisor: Supervisor) -> None:
    """Observe until a signal. Raises CannotRun."""
    asyncio.run(_observe(place, supervisor))


async def _observe(place: Place, supervisor: Supervisor) -> None:
    survey = survey_of(place)
    try:
        endpoint = ObserverEndpoint(place.plan, place.node.name, place.keyring(), place.outside())
    except WireProblem as problem:
        raise CannotRun(f"{problem.place}: {problem.message}", problem.hint) from problem

    def report(found: Findings) -> None:
        endpoint.report(found.reached, found.slow, uplink=found.uplink)

    works = [lambda: survey.run(report, random.random), lambda: rekeying(place, endpoint.post)]
    await serve(endpoint.post, works, supervisor)


def survey_of(place: Place) -> Survey:
    """What this observer tries. Raises CannotRun: the node file names no neutral address."""
    try:
        neutral = IcmpProbe(place.node.neutral)
    except ValueError as error:
        raise CannotRun(
            f"{place.node.name}: `neutral` in node.toml is no IPv4 address: {error}",
            "give something that belongs to neither centre: the carrier's router",
        ) from error
    centres = {site.name: [IcmpProbe(site.addresses[PathName.HEALTH])] for site in place.plan.sites}
    return Survey(centres, neutral, Pace(), slow_s=SLOW_S, clock=boot_time_s)
