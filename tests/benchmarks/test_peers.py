"""The benchmark's peers: that what they do is measured rightly, never how fast they are."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

import pytest

from benchmarks.failover.peer import Peer
from benchmarks.failover.peers import keepalived_faults, measuring, patroni_faults
from benchmarks.failover.peers.keepalived import TIMINGS, Keepalived
from benchmarks.failover.peers.outcome import Outcome, Run
from benchmarks.failover.peers.patroni import DEFAULTS, FASTEST, UNDOCUMENTED, Patroni
from benchmarks.failover.peers.rows import rows_of
from benchmarks.failover.peers.tree import family, signal_all
from benchmarks.failover.peers.watching import Watch, named
from benchmarks.failover.peers.writing import Writer, longest_gap_s
from failover.laboratory.lab import Lab
from failover.laboratory.network import FOLDER, ip
from failover.laboratory.problem import NoLaboratory
from tests.conftest import PROGRAM_PATH

ADDRESS = "10.98.12.1"
TRACKED, UNTRACKED, QUICK = TIMINGS

pytestmark = pytest.mark.xdist_group("waiting")


def needs(*programs: str) -> pytest.MarkDecorator:
    """`make test` does not install peers."""
    missing = [each for each in programs if shutil.which(each, path=PROGRAM_PATH) is None]
    return pytest.mark.skipif(
        bool(missing), reason=f"needs {', '.join(missing)}: only `make bench-failover` asks for it"
    )


# --- what runs say together ----------------------------------------------------------------


def test_runs_are_put_together() -> None:
    runs = [
        Run(seconds=3.0, split_s=1.0, note="both answered"),
        Run(seconds=None, note="nobody answered"),
        Run(seconds=2.0, note="both answered"),
    ]
    found = Outcome.of("one", "defaults", "centre lost", runs)
    assert found.seconds == (3.0, 2.0)
    assert found.split_s == (1.0, 0.0, 0.0)
    assert found.never == 1
    assert found.note == "both answered (2×); nobody answered"


def test_rows_say_what_there_is_to_say() -> None:
    both = Outcome.of("one", "defaults", "cut", [Run(seconds=0.1, split_s=7.0, note="two")])
    assert [(row.figure.unit, row.figure.values) for row in rows_of("one", both)] == [
        ("s", (0.1,)),
        ("s", (7.0,)),
    ]
    (never,) = rows_of("one", Outcome.of("one", "defaults", "lost", [Run(seconds=None)] * 2))
    assert never.what == "one, defaults: lost: never"
    assert (never.figure.unit, never.figure.values) == ("runs", (2.0,))


# --- what a client saw ---------------------------------------------------------------------


class Nothing:
    """In a client's place: the test writes what it would have written."""

    def run(self, *_words: object, **_options: object) -> None:
        """Starts nothing."""


class Folder:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.processes = Nothing()


@pytest.fixture
def watch(tmp_path: Path) -> Watch:
    return Watch(cast(Lab, Folder(tmp_path)), ADDRESS)


def test_two_owners_are_seen(watch: Watch, tmp_path: Path) -> None:
    lines = ["1.00 1.01 dc-a", "2.00 2.01 dc-a", "2.00 2.02 dc-b", "2.10 - -", "2.10 5.00 dc-a",
             "2.20 2.21 dc-b"]  # fmt: skip
    path = next(tmp_path.rglob("client-udp.txt"))
    path.write_text("".join(f"{ADDRESS} {each}\n" for each in lines), "ascii")
    assert watch.both_s(0.5) == pytest.approx(0.01)  # one request that two answered
    assert watch.both_s(2.05) == 0
    assert watch.late("dc-a", 2.05, 4.0) == 1  # answered after it had thawed
    assert watch.owners() == set()
    assert named(set()) == "nobody"
    assert named({"dc-b", "dc-a"}) == "dc-a and dc-b"


def test_a_gap_between_writes_is_measured_over_all_writers() -> None:
    one, other = Writer("one", "", {}), Writer("other", "", {})
    one.acknowledged = [(1.0, 1), (2.0, 2), (9.0, 3)]
    other.acknowledged = [(4.5, 1)]
    assert longest_gap_s((one,), 1.0, 6.0) == 4.0
    assert longest_gap_s((one, other), 1.0, 6.0) == 2.5
    assert longest_gap_s((one, other), 4.0, 20.0) == 11.0
    assert one.since(1.5) == [2.0, 9.0]


# --- processes -----------------------------------------------------------------------------


@pytest.fixture
def parent_and_child() -> Iterator[list[int]]:
    code = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'print(1); input()'])"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield family(process.pid)
        process.communicate(b"\n")


def test_a_process_is_frozen_with_its_children(parent_and_child: list[int]) -> None:
    assert len(parent_and_child) == 2
    signal_all(parent_and_child, signal.SIGSTOP)
    for each in parent_and_child:
        os.waitid(os.P_PID, parent_and_child[0], os.WSTOPPED | os.WNOWAIT)
        while (state := _state(each)) not in "Tt":
            assert state in "RSD"
    signal_all(parent_and_child, signal.SIGCONT)


def _state(process: int) -> str:
    return Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()[0]


# --- the peers -----------------------------------------------------------------------------


def test_settings_keep_patronis_rule() -> None:
    for timing in (DEFAULTS, FASTEST, UNDOCUMENTED):
        assert timing.loop_wait + 2 * timing.retry_timeout <= timing.ttl


@needs("keepalived", "patroni")
def test_a_peer_is_a_peer() -> None:
    peers: list[Peer] = [Keepalived(QUICK), Patroni(FASTEST)]
    for peer in peers:
        assert peer.name.split()[1][0].isdigit()
        assert peer.settings


def test_a_peer_that_is_not_installed_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(name: str, path: str | None = None) -> None:
        assert name, path

    monkeypatch.setattr(shutil, "which", nothing)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    with pytest.raises(NoLaboratory) as refused:
        next(measuring.keepalived(1))
    assert refused.value.problem == "`keepalived` is not installed"
    assert refused.value.hint == "install Debian's package `keepalived`"


@pytest.mark.root
@needs("keepalived", "nft")
@pytest.mark.parametrize(
    ("fault", "moves", "both"),
    [
        (keepalived_faults.centre_lost, True, False),
        (keepalived_faults.fibre_cut, False, True),
        (keepalived_faults.daemon_frozen, True, True),
    ],
)
def test_keepalived_is_measured(
    fault: Callable[[Keepalived, Watch], Run], moves: bool, both: bool
) -> None:
    peer = Keepalived(UNTRACKED)
    found = measuring.one_keepalived(peer, fault)
    assert found.seconds is not None
    if moves:
        assert found.seconds > 2  # three intervals less what had passed of one
    assert (found.split_s > 0.5) is both
    assert_nothing_left(peer)


@pytest.mark.root
@needs("keepalived")
def test_keepalived_that_tracks_its_interface_moves_nothing_to_a_centre_without_carrier() -> None:
    assert measuring.one_keepalived(Keepalived(TRACKED), keepalived_faults.centre_lost).seconds is (
        None
    )


@pytest.mark.root
@needs("patroni", "etcd", "openssl")
def test_patroni_is_measured() -> None:
    peer = Patroni(UNDOCUMENTED)
    found = measuring.one_patroni(peer, patroni_faults.centre_lost)
    assert found.seconds is not None
    assert found.seconds > UNDOCUMENTED.ttl - UNDOCUMENTED.loop_wait - 1  # the lock runs out first
    assert found.note.startswith("dc-a, cut off, acknowledged ")
    assert_nothing_left(peer)


@pytest.mark.root
@needs("patroni", "etcd", "openssl")
def test_a_lost_owner_of_patroni_leaves_no_process() -> None:
    peer = Patroni(FASTEST)
    with measuring._running(peer):
        space = peer.lab.space("dc-a")
        assert ip(f"netns pids {space}", batch=False)
        peer.kill_owner()
        assert not ip(f"netns pids {space}", batch=False)
    assert_nothing_left(peer)


def assert_nothing_left(peer: Keepalived | Patroni) -> None:
    """No namespace, no process, no folder."""
    assert not list(FOLDER.glob(f"{peer.lab.network.token}*"))
    assert not peer.lab.folder.exists()
    words = str(peer.lab.folder).encode()
    running = [each for each in Path("/proc").glob("[0-9]*/cmdline") if words in _words(each)]
    assert not running


def _words(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:  # it ended meanwhile
        return b""
