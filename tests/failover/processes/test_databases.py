"""Databases moved by agents: real PostgreSQL, register, guard and network.

Times are not judged here (`make bench` measures them), but for what a lease promises.
"""

from __future__ import annotations

import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from time import monotonic

import pytest

from failover.laboratory.places import SERVICES
from tests.failover.actuators.clusters import caught_up, make_template, temporary_folder
from tests.failover.processes.databases_lab import (
    DatabaseLab,
    database_laboratory,
    database_plan,
    kept_rows,
)

pytestmark = [pytest.mark.root, pytest.mark.debian("etcd"), pytest.mark.xdist_group("etcd")]
LEASE_S = 2.0
WATCHED_S = 1.5  # longer than it takes to register an exposure and to relax a rule
REGISTER = ("witness-1", "dc-a")  # two of three members: no majority without them


@pytest.fixture(scope="module")
def template() -> Iterator[Path]:
    base = temporary_folder()
    try:
        yield make_template(base)
    finally:
        shutil.rmtree(base)


@pytest.fixture
def lab(template: Path, tmp_path: Path) -> Iterator[DatabaseLab]:
    base = temporary_folder()
    try:
        with database_laboratory(tmp_path, base, template, database_plan()) as found:
            yield found
    finally:
        shutil.rmtree(base)


def test_a_lost_home_is_taken_over_and_comes_back_behind_the_owner(lab: DatabaseLab) -> None:
    home, refuge = (lab.databases.at("portal", each) for each in ("dc-a", "dc-b"))
    assert lab.write_at("portal", 1)
    lab.lab.wait_until("the refuge has it", lambda: caught_up(home, refuge))
    lab.lab.lose("dc-a")
    assert lab.write_locally("portal", "dc-a", 2)  # within the lease, and it reaches nobody
    home.kill()
    lab.lab.lose_power("dc-a")
    lab.route("portal", "dc-b")
    lab.first_write("portal", 3)
    assert refuge.rows() == [1, 3]
    lab.lab.regain_power("dc-a")
    lab.lab.wait_until("dc-a follows", lambda: lab.follows("portal", "dc-a"))
    lab.lab.wait_until("dc-a has it", lambda: caught_up(refuge, home))
    assert home.rows() == [1, 3]
    assert [row["key"] for row in kept_rows(home)] == [{"id": 2}]
    assert lab.lab.service_addresses("dc-a") == set()
    assert SERVICES["portal"] in lab.lab.service_addresses("dc-b")


def test_an_exposure_is_registered_before_a_write_is_acknowledged_alone(lab: DatabaseLab) -> None:
    assert lab.write_at("archive", 1)
    lab.lab.wait_until("it is not exposed", lambda: not lab.exposed_at("archive"))
    members = [lab.lab.process(name, "etcd") for name in REGISTER]
    for member in members:
        member.send_signal(signal.SIGSTOP)
    acknowledged: list[bool] = []
    writing = Thread(target=lambda: acknowledged.append(lab.write_at("archive", 2, timeout_s=30)))
    try:
        lab.lab.cut_fibre()
        lab.lab.wait_until("it is not mirrored", lambda: lab.mirrored("archive", "dc-b") is False)
        writing.start()
        lab.lab.pause(WATCHED_S)
        assert lab.write_waits("archive", "dc-b")
        assert not acknowledged
    finally:
        for member in members:
            member.send_signal(signal.SIGCONT)
    writing.join(20)
    assert acknowledged == [True]
    assert lab.exposed_at("archive") == "dc-b"
    lab.lab.heal_fibre()
    lab.lab.wait_until("it is exposed no longer", lambda: not lab.exposed_at("archive"))
    assert lab.databases.at("archive", "dc-b").value("SHOW synchronous_standby_names") == '"dc-a"'
    assert lab.write_at("archive", 3)
    assert lab.databases.at("archive", "dc-a").rows() == [1, 2, 3]


def test_a_frozen_agents_database_refuses_after_the_lease(lab: DatabaseLab) -> None:
    home, refuge = (lab.databases.at("portal", each) for each in ("dc-a", "dc-b"))
    frozen = lab.lab.process("dc-a", "agent")
    assert lab.write_locally("portal", "dc-a", 1)
    frozen.send_signal(signal.SIGSTOP)
    stopped_s = monotonic()
    try:
        number, accepted_s = 1, stopped_s
        while lab.write_locally("portal", "dc-a", number := number + 1):
            accepted_s = monotonic()
        assert accepted_s < stopped_s + LEASE_S
        lab.route("portal", "dc-b")
        lab.first_write("portal", 1000)
        assert not lab.write_locally("portal", "dc-a", 1001)
    finally:
        frozen.send_signal(signal.SIGCONT)
    lab.lab.wait_until("dc-a follows", lambda: lab.follows("portal", "dc-a"))
    lab.lab.wait_until("dc-a has it", lambda: caught_up(refuge, home))
    assert home.rows() == refuge.rows()
    assert set(refuge.rows()) | {row["key"]["id"] for row in kept_rows(home)} >= set(
        range(1, number)
    )


def test_servers_that_die_or_hang_hold_nothing_else_up(lab: DatabaseLab) -> None:
    owner, standby = (lab.databases.at("archive", each) for each in ("dc-b", "dc-a"))
    assert lab.write_at("archive", 1)
    standby.kill()
    lab.lab.wait_until("it is seen", lambda: lab.looks("archive", "dc-a")["role"] == "down")
    lab.lab.wait_until("it stands by again", lambda: lab.follows("archive", "dc-a"))
    lab.lab.wait_until("it is not exposed", lambda: not lab.exposed_at("archive"))
    lab.lab.wait_until("the refuge is ready", lambda: lab.ready("archive", "dc-b"))
    assert lab.write_at("archive", 2)
    owner.kill()
    lab.route("archive", "dc-a")
    lab.first_write("archive", 3)
    assert standby.rows() == [1, 2, 3]
    lab.lab.wait_until("the old owner follows", lambda: lab.follows("archive", "dc-b"))
    lab.lab.wait_until("it has it", lambda: caught_up(standby, owner))
    assert owner.rows() == [1, 2, 3]

    hung, other = (lab.databases.at("portal", each) for each in ("dc-a", "dc-b"))
    hung.freeze()
    lab.route("portal", "dc-b")
    lab.first_write("portal", 1)
    assert lab.write_at("archive", 4), "the same agent serves it all the time"
    hung.thaw()
    assert not lab.write_locally("portal", "dc-a", 2)
    lab.lab.wait_until("what hung follows", lambda: lab.follows("portal", "dc-a"))
    lab.lab.wait_until("it has it too", lambda: caught_up(other, hung))
    assert hung.rows() == other.rows() == [1]
