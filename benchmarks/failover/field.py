"""A laboratory in which both centres serve and a client asks: where every figure is measured."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path
from random import Random
from shutil import rmtree
from typing import Any

from failover.laboratory.lab import Lab, laboratory
from failover.laboratory.network import CENTRES, HOSPITAL, WITNESS, inside
from failover.laboratory.places import HOMES, SERVICES, plan_document
from failover.laboratory.problem import Stranded
from failover.laboratory.traffic import BOTH_CENTRES, Traffic, start_service
from failover.processes.places import place_of, register_of
from failover.register.etcd_cluster import Status
from failover.register.etcd_leader import hand_leadership_to

A, B = CENTRES
PORTAL, ARCHIVE = SERVICES["portal"], SERVICES["archive"]
SETTLES_S = 1.0
STEP_S_MAX = 60.0
STARTS_MAX, STARTS_S_MAX = 3, 20.0
LEADS_S_MAX = 60.0

# As shipped in inventory/failover.yml.
PROFILES: Mapping[str, Mapping[str, Any]] = {
    "default": {"patience_s": 10.0},
    "fast": {
        "lease": {"length_s": 1.0, "drift": 0.01, "margin_s": 0.15},
        "renewal_s": 0.2,
        "beat_s": 0.1,
        "silence_s": 0.5,
        "patience_s": 10.0,
        "register": {"heartbeat_ms": 40, "election_ms": 400},
    },
}


@dataclass(slots=True)
class Bench:
    """Passed to every subject."""

    scratch: Path
    runs: int = 30  # of each take-over
    peer_runs: int = 3  # Patroni takes a minute a run with its defaults
    chance: Random = field(default_factory=lambda: Random(1))
    _numbers: Iterator[int] = field(default_factory=count)

    @property
    def fewer(self) -> int:
        """So often whatever else is repeated."""
        return max(1, self.runs // 3)

    @property
    def few(self) -> int:
        """So often what is tried with the register's leader in each of the three places."""
        return max(1, self.runs // 10)

    def say(self, text: str) -> None:
        """Progress, on stderr."""
        print(f"… {text}", file=sys.stderr, flush=True)

    def phase_s(self, length_s: float) -> float:
        """A moment within a period, so that no run begins where the last one did."""
        return self.chance.uniform(0.0, length_s)

    def new_folder(self) -> Path:
        """A folder for one laboratory."""
        return self.scratch / str(next(self._numbers))


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """What runs."""

    lab: Lab
    traffic: Traffic  # asks both services at both centres each 10 ms
    renewal_s: float

    def wait(self, what: str, true: Callable[[], object]) -> None:
        """Raises Stranded."""
        self.lab.wait_until(what, true, STEP_S_MAX)

    def when(self, what: str, found: Callable[[], float | None]) -> float:
        """The moment that is found, once it is. Raises Stranded."""
        self.wait(what, lambda: found() is not None)
        at_s = found()
        assert at_s is not None
        return at_s

    def ready(self, group: str, owner: str) -> bool:
        """Whether the owner has heard that the other centre could serve a group."""
        status = self.lab.status(owner)
        return bool(status) and group in status["peer"]["ready"]


@contextmanager
def serving(
    bench: Bench, profile: str = "default", *, groups: int = 2, instances: int = 2
) -> Iterator[Field]:
    """Both centres serve their own, and each could take the other's. Raises Stranded.

    On a loaded machine a centre may be late as it starts, and lose a service before anything is
    measured: then it is begun again.
    """
    document = plan_document(groups=groups, instances=instances, **PROFILES[profile])
    with ExitStack() as stack:
        for start in range(1, STARTS_MAX + 1):
            folder = bench.new_folder()
            stack.callback(rmtree, folder, ignore_errors=True)
            try:
                lab = stack.enter_context(laboratory(folder, document))
                made = _settled(lab, document["profile"]["renewal_s"])
                break
            except Stranded as stranded:
                if start == STARTS_MAX:
                    raise
                stack.close()
                bench.say(f"begun again: {str(stranded).partition(chr(10))[0]}")
        lab.pause(SETTLES_S + bench.phase_s(made.renewal_s))
        yield made


def _settled(lab: Lab, renewal_s: float) -> Field:
    for centre in CENTRES:
        start_service(lab, centre)
    traffic = Traffic(lab, HOSPITAL, [PORTAL, ARCHIVE], marks=BOTH_CENTRES)
    made = Field(lab=lab, traffic=traffic, renewal_s=renewal_s)
    for group, home in HOMES.items():
        at_home = partial(traffic.first, SERVICES[group], home, 0.0)
        lab.wait_until(f"{home} answers for its own {group}", at_home, STARTS_S_MAX)
        ready = partial(made.ready, group, home)
        lab.wait_until(f"{group} could be taken", ready, STARTS_S_MAX)
    lead(made, WITNESS)
    return made


def lead(made: Field, member: str) -> None:
    """Have a member lead the register. The witness brings the lead home each 10 s."""
    made.lab.wait_until(f"{member} leads", lambda: _hand_over(made.lab, member), LEADS_S_MAX)


def leads(made: Field, member: str) -> bool:
    """Whether a member leads the register."""
    status = statuses(made.lab).get(member)
    return isinstance(status, Status) and status.leader == status.member


def statuses(lab: Lab) -> Mapping[str, object]:
    """What each member says of itself."""

    async def ask() -> Mapping[str, object]:
        client = register_of(place_of(lab.folder / WITNESS / "node.toml"))
        try:
            assert client.cluster is not None
            return await client.cluster.statuses()
        finally:
            await client.register.close()

    with inside(lab.space(WITNESS)):
        return asyncio.run(ask())


def _hand_over(lab: Lab, member: str) -> bool:
    async def ask() -> bool:
        client = register_of(place_of(lab.folder / WITNESS / "node.toml"))
        try:
            assert client.cluster is not None
            await hand_leadership_to(client.cluster, member)
            status = (await client.cluster.statuses())[member]
            return isinstance(status, Status) and status.leader == status.member
        finally:
            await client.register.close()

    with inside(lab.space(WITNESS)):
        return asyncio.run(ask())
