"""Registers of both kinds, and one etcd cluster for the whole run.

Tests that need the cluster run in one worker, so that there is one cluster.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from failover.register.etcd import EtcdRegister
from failover.register.etcd_gateway import HttpsGateway
from failover.register.hedging import Pace
from failover.register.sqlite import SqliteRegister
from tests.failover.register.processes import EtcdProcesses, running
from tests.failover.register.registers import Opened, opener

ETCD = (pytest.mark.debian("etcd"), pytest.mark.xdist_group("etcd"))


@pytest.fixture(scope="session")
def processes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EtcdProcesses]:
    with running(tmp_path_factory.mktemp("etcd")) as found:
        yield found


@pytest.fixture
def etcd(processes: EtcdProcesses) -> EtcdProcesses:
    """The cluster, every member running and healthy, whatever the test before did to it."""
    processes.heal()
    return processes


@pytest.fixture(params=["sqlite", pytest.param("etcd", marks=ETCD)])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Opened:
    """Opens the register under test; each call is another client of the same one."""
    if request.param == "sqlite":
        return opener(lambda: SqliteRegister.open(tmp_path / "register.sqlite"))
    etcd: EtcdProcesses = request.getfixturevalue("etcd")
    # Slower than in production: a loaded machine is no fault, and faults are not what is tried.
    pace = Pace(try_s=2.0, hedge_s=1.0)
    return opener(lambda: EtcdRegister(HttpsGateway(etcd.client), etcd.endpoints, pace=pace))


@pytest.fixture
def key() -> str:
    """A key that no other test has: the cluster is kept."""
    return f"test/{uuid4()}"
