"""All that can be learned from one machine: its agent's last words, and the register's cells."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from failover.core.cells import keys_of, session_key
from failover.core.transaction import ABSENT, Cell
from failover.core.view import View
from failover.processes.places import Place, register_of, void_certificates
from failover.processes.problem import CannotRun
from failover.register.port import Register
from failover.words.register import read_all
from failover.words.status_file import Told, ask_status
from failover.words.watching import Watch, read_watch

QUORUM_S, MEMBER_S = 1.5, 1.0
SILENT = "does not answer"
RENEWALS = 1.6  # so many periods are watched: a centre that lives renews in them


class Source(Enum):
    """How the register was read."""

    QUORUM = "a majority"
    MEMBER = "one member"  # perhaps stale
    NONE = "nobody"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known, and when and how it was learned."""

    at: float  # wall clock
    told: Told | None  # by this machine's agent, however long ago
    source: Source
    why_not: str  # why the register was not read
    view: View  # of its cells
    renewed: Mapping[str, bool]  # by centre; whether it renewed while we watched
    watched_s: float
    watch: Watch | None = None  # on the witness's machine: what it told last


def learn(place: Place) -> Known:
    """Read what can be read; nothing raises."""
    return asyncio.run(_learn(place))


async def _learn(place: Place) -> Known:
    plan = place.plan.plan
    source, why_not = Source.NONE, ""
    cells: Mapping[str, Cell] = {}
    renewed: dict[str, bool] = {}
    watched_s = RENEWALS * plan.profile.renewal_s
    try:
        client = register_of(place)
    except CannotRun as cannot:
        why_not = cannot.problem
    else:
        try:
            source, cells, renewed = await _read(client.register, place, watched_s)
        finally:
            await client.register.close()
        if source is Source.NONE:
            void = [f"{each.place}: {each.sentence}" for each in void_certificates(place)]
            why_not = ": ".join([SILENT, *void])
    view = View()
    view.hint(cells, 0.0)
    return Known(
        at=time.time(),
        told=ask_status(place.node.run),
        source=source,
        why_not=why_not,
        view=view,
        renewed=renewed,
        watched_s=watched_s,
        watch=read_watch(place.node.run),
    )


async def _read(
    register: Register, place: Place, watched_s: float
) -> tuple[Source, Mapping[str, Cell], dict[str, bool]]:
    keys = keys_of(place.plan.plan)
    source = Source.QUORUM
    first = await read_all(register, keys, timeout_s=QUORUM_S)
    if first is None:
        source = Source.MEMBER
        first = await read_all(register, keys, stale=True, timeout_s=MEMBER_S)
    if first is None:
        return Source.NONE, {}, {}
    await asyncio.sleep(watched_s)
    stale = source is Source.MEMBER
    second = await read_all(register, keys, stale=stale, timeout_s=QUORUM_S) or first
    sessions = {site: session_key(site) for site in place.plan.plan.sites}
    renewed = {
        site: second.get(key, ABSENT).revision > first.get(key, ABSENT).revision
        for site, key in sessions.items()
    }
    return source, second, renewed
