"""The witness: it watches both centres, tells each of the other, and keeps the register's lead.

It owns nothing and decides nothing. That its own member of etcd leads keeps a cut of the fibre
from costing an election. It tells people of an agent that is silent: a dead one cannot.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from failover.core.effects import Page
from failover.disk.lock import boot_id
from failover.processes.dead_man import SILENT_AFTER_S, TURN_S, Silence
from failover.processes.notify import Supervisor
from failover.processes.pager import Pager
from failover.processes.places import Place, RegisterClient, register_of
from failover.processes.problem import CannotRun
from failover.processes.rekeying import rekeying
from failover.processes.serving import serve
from failover.processes.status import FILE_MODE
from failover.register.etcd_cluster import EtcdCluster
from failover.register.etcd_leader import Handed, hand_leadership_to
from failover.wire.post import boot_time_s
from failover.wire.problem import WireProblem
from failover.wire.witness import WitnessEndpoint

HOMING_S = 10.0  # between two looks at who leads
NAME = "witness.json"  # in the run folder
VERSION = 1

_log = logging.getLogger("telemed.witness")


def run(place: Place, supervisor: Supervisor, silent_after_s: float = SILENT_AFTER_S) -> None:
    """Watch until a signal. Raises CannotRun.

    `silent_after_s`: people are told of an agent that is silent for longer.
    """
    if place.node.name != place.plan.witness.name:
        raise CannotRun(
            f"{place.node.plan}: `{place.node.name}` is not its witness",
            f"the witness runs at {place.plan.witness.name}",
        )
    asyncio.run(_watch(place, supervisor, silent_after_s))


async def _watch(place: Place, supervisor: Supervisor, silent_after_s: float) -> None:
    client = register_of(place)
    try:
        endpoint = WitnessEndpoint(place.plan, place.node.name, place.keyring(), place.outside())
    except WireProblem as problem:
        raise CannotRun(f"{problem.place}: {problem.message}", problem.hint) from problem
    dead_man = _DeadMan(place, endpoint, silent_after_s)
    works = [
        endpoint.run,
        lambda: _home(client, place.node.name),
        dead_man.run,
        lambda: rekeying(place, endpoint.post),
    ]
    try:
        await serve(endpoint.post, works, supervisor)
    finally:
        await client.register.close()
        dead_man.close()


class _DeadMan:
    """Tells people of silent agents, and shows what it told."""

    def __init__(self, place: Place, endpoint: WitnessEndpoint, after_s: float) -> None:
        now_s = boot_time_s()
        self._name, self._endpoint = place.node.name, endpoint
        self._silences = {site: Silence(site, after_s, now_s) for site in place.plan.plan.sites}
        self._path = place.folder(place.node.run) / NAME
        self._pages = bool(place.node.page)
        self._last = self._failed = ""
        self._failures = 0
        self._pager = Pager(place.node.page, self._not_said)

    async def run(self) -> None:
        """Look each second, until it is cancelled."""
        while True:
            now_s = boot_time_s()
            for site, silence in self._silences.items():
                page = silence.turn(now_s, heard=self._endpoint.reaches(site) is True)
                if page is not None:
                    self._tell(page)
            _write(self._path, self._document(now_s))
            await asyncio.sleep(TURN_S)

    def close(self) -> None:
        """Say what waits, and end."""
        self._pager.close()

    def _tell(self, page: Page) -> None:
        _log.warning("pages [%s]: %s", page.key, page.text)
        self._last = page.text
        self._pager.page(page)

    def _not_said(self, why: str) -> None:
        self._failed, self._failures = why, self._failures + 1
        _log.error("%s", why)

    def _document(self, now_s: float) -> dict[str, Any]:
        return {
            "version": VERSION,
            "at": time.time(),
            "at_boot_s": now_s,
            "boot": boot_id(),
            "witness": self._name,
            "centres": {
                site: {"reached": self._endpoint.reaches(site), **silence.document(now_s)}
                for site, silence in self._silences.items()
            },
            "paging": {
                "command": self._pages,
                "last": self._last,
                "failed": self._failed,
                "failures": self._failures,
            },
        }


def _write(path: Path, document: dict[str, Any]) -> None:
    part = path.with_name(f".{path.name}")
    with suppress(OSError):
        part.write_text(json.dumps(document) + "\n", "utf-8")
        part.chmod(FILE_MODE)
        part.replace(path)


async def _home(client: RegisterClient, witness: str) -> None:
    """Bring the lead to this place's member, whenever it is elsewhere and both are well."""
    while True:
        if client.cluster is not None:
            await _home_once(client.cluster, witness)
        await asyncio.sleep(HOMING_S)


async def _home_once(cluster: EtcdCluster, witness: str) -> None:
    done = await hand_leadership_to(cluster, witness)
    if isinstance(done, Handed):
        _log.info("the register's lead came from %s to here", done.leader_before)
