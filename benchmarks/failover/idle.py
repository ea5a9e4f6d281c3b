"""What an agent costs while nothing happens: memory, processor, writes into the register."""

from __future__ import annotations

import os
from pathlib import Path
from time import monotonic

from benchmarks.failover.field import A, B, Bench, serving, statuses
from benchmarks.failover.figures import Row, Target
from benchmarks.figures import Figure
from failover.laboratory.lab import Lab
from failover.laboratory.network import WITNESS
from failover.register.etcd_cluster import Status

GROUPS, INSTANCES = 10, 50
SETTLES_S, WATCHED_S = 5.0, 30.0


def rows(bench: Bench) -> list[Row]:
    """Both agents, over some time."""
    bench.say(f"idle with {INSTANCES} instances for {WATCHED_S:.0f} s")
    with serving(bench, groups=GROUPS, instances=INSTANCES) as field:
        lab = field.lab
        field.traffic.close()
        lab.pause(SETTLES_S)
        pids = [lab.process(centre, "agent").pid for centre in (A, B)]
        guards = [lab.process(centre, "guard").pid for centre in (A, B)]
        began_s, index = monotonic(), _index(lab)
        before_s = [_cpu_s(each) for each in (*pids, *guards)]
        lab.pause(WATCHED_S)
        took_s, written = monotonic() - began_s, _index(lab) - index
        after_s = [_cpu_s(each) for each in (*pids, *guards)]
        shares = [
            100 * (after - before) / took_s for before, after in zip(before_s, after_s, strict=True)
        ]
        memory = tuple(_resident_mb(each) for each in pids)
    return [
        Row(
            subject="idle",
            what=f"agent, {INSTANCES} instances in {GROUPS} groups: resident memory",
            figure=Figure("MB", memory),
            target=Target(worst=60.0),
            note="both agents",
        ),
        Row(
            subject="idle",
            what="the same: of one core",
            figure=Figure("%", tuple(shares[: len(pids)])),
            target=Target(worst=2.0),
            note=f"over {took_s:.0f} s; the guards {shares[2]:.1f} and {shares[3]:.1f} %",
        ),
        Row(
            subject="idle",
            what="the same: writes into the register",
            figure=Figure("writes/s", (written / took_s,)),
            target=Target(worst=10.0),
            note="of both agents together, by the log's index",
        ),
    ]


def _index(lab: Lab) -> int:
    status = statuses(lab)[WITNESS]
    assert isinstance(status, Status)
    return status.index


def _cpu_s(process: int) -> float:
    """User and system. Source: proc(5)."""
    fields = Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _resident_mb(process: int) -> float:
    lines = Path(f"/proc/{process}/status").read_text("utf-8").splitlines()
    (kilobytes,) = [line.split()[1] for line in lines if line.startswith("VmRSS:")]
    return int(kilobytes) / 1024
