"""The guard's process at the real kernel: whom it obeys, and when it shuts every door."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from random import Random

import pytest

from failover.core.effects import Arm, Shut
from failover.core.guard import AddElements, Sets
from failover.guard.door import SOCKET_NAME
from failover.guard.wire import PACKET_BYTES_MAX, Alive, Hello, packet_of
from tests.failover.guard.kernels import SERVICES, names, numbers, real
from tests.failover.guard.namespaces import Lab, ip
from tests.failover.guard.processes import (
    ALL,
    LEASE_S,
    PLAN,
    Guards,
    Speakers,
    standing,
)
from tests.failover.guard.traffic import Prober

pytestmark = [pytest.mark.root, pytest.mark.debian("ip")]

ONLY_NET_ADMIN = ("setpriv", "--bounding-set=-all,+net_admin", "--")
NO_CAPABILITY = ("setpriv", "--bounding-set=-all", "--")
NET_ADMIN = 1 << 12


# --- begin and end -------------------------------------------------------------------------


def test_a_start_shuts_what_an_earlier_life_left_open(
    lab: Lab, start: Guards, prober: Prober
) -> None:
    with real(lab) as kernel:
        kernel.apply([AddElements(Sets.ARMED_0, ALL, LEASE_S), AddElements(Sets.LIVE_0, ALL, None)])
        ip(lab.edge, f"address add {SERVICES[0].v4}/32 dev lo\n")
        assert prober.opened() == ALL
    start().wait_until_ready()
    assert prober.opened() == set()
    assert not standing(lab)


def test_a_killed_guard_leaves_what_was_open_to_kernel_time_and_the_next_shuts_it(
    lab: Lab, start: Guards, connect: Speakers, prober: Prober
) -> None:
    first = start().wait_until_ready()
    connect().greet().renew("renewal 1", LEASE_S)
    first.send(signal.SIGKILL)
    first.ends()
    assert prober.opened() == ALL
    start().wait_until_ready()
    assert prober.opened() == set()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_with_every_door_shut(
    lab: Lab,
    start: Guards,
    connect: Speakers,
    tmp_path: Path,
    prober: Prober,
    number: signal.Signals,
) -> None:
    guard = start().wait_until_ready()
    agent = connect().greet()
    agent.renew("renewal 1", LEASE_S)
    assert prober.opened() == ALL
    guard.send(number)
    assert agent.hear_the_end() == "the guard leaves"
    code, written = guard.ends()
    assert code == 0, written
    assert prober.opened() == set()
    assert not standing(lab)
    assert not (tmp_path / SOCKET_NAME).exists()


def test_a_second_guard_in_the_folder_is_refused_and_disturbs_nothing(
    start: Guards, connect: Speakers, tmp_path: Path, prober: Prober
) -> None:
    start().wait_until_ready()
    agent = connect().greet()
    agent.renew("renewal 1", LEASE_S)
    code, written = start().ends()
    assert code == 1
    assert written == (
        f"error: {tmp_path}/guard.lock: another guard runs in this folder\nhint: stop it first\n"
    )
    agent.settle()
    assert prober.opened() == ALL


@pytest.mark.debian("setpriv")
def test_it_needs_no_capability_but_one(start: Guards, connect: Speakers, prober: Prober) -> None:
    guard = start(prefix=ONLY_NET_ADMIN).wait_until_ready()
    status = Path(f"/proc/{guard.id}/status").read_text("ascii")
    (effective,) = [line.split()[1] for line in status.splitlines() if line.startswith("CapEff")]
    assert int(effective, 16) == NET_ADMIN
    connect().greet().renew("renewal 1", LEASE_S)
    assert prober.opened() == ALL


@pytest.mark.debian("setpriv")
def test_without_that_capability_it_says_so(start: Guards) -> None:
    code, written = start(prefix=NO_CAPABILITY).ends()
    assert code == 1
    assert "EPERM: Operation not permitted\nhint: the guard needs CAP_NET_ADMIN" in written


@pytest.mark.parametrize("mode", [0o770, 0o707])
def test_a_folder_that_others_may_change_is_refused(
    start: Guards, tmp_path: Path, mode: int
) -> None:
    tmp_path.chmod(mode)
    code, written = start().ends()
    assert code == 1
    assert "others than user 0 may change it" in written


# --- whom it obeys -------------------------------------------------------------------------


def test_a_second_agent_is_sent_away_and_disturbs_nothing(
    start: Guards, connect: Speakers, prober: Prober
) -> None:
    start().wait_until_ready()
    agent = connect().greet()
    agent.renew("renewal 1", LEASE_S)
    assert connect().hear_the_end() == f"another agent is here, process {os.getpid()}"
    agent.settle()
    assert prober.opened() == ALL


def test_the_next_agent_is_obeyed_when_the_first_has_gone_and_every_door_is_shut(
    start: Guards, connect: Speakers, prober: Prober
) -> None:
    start().wait_until_ready()
    first = connect().greet()
    first.renew("renewal 1", LEASE_S)
    first.close()
    second = connect().greet()
    assert prober.opened() == set()
    second.renew("renewal 1", LEASE_S, names(1))
    assert numbers(prober.opened()) == {1}


def test_another_user_is_sent_away(start: Guards, connect: Speakers) -> None:
    start(user=12345).wait_until_ready()
    assert connect().hear_the_end() == "user 0 is not obeyed here, but user 12345"


def test_the_socket_is_its_users_alone(start: Guards, tmp_path: Path) -> None:
    start().wait_until_ready()
    assert (tmp_path / SOCKET_NAME).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("packet", "why"),
    [
        (b"\xff", "it is not JSON: b'\\xff'"),
        (b"[]", "it is not a JSON object"),
        (b'{"say":"open"}', "an agent does not say 'open'"),
        (b'{"say":"alive","say":"alive"}', 'it is not JSON: b\'{"say":"alive","say":"alive"}\''),
        (b'{"say":"alive","now":1}', "'now' does not belong there"),
        (b'{"say":"grant","name":"a"}', "instances must be a list of names"),
        (
            packet_of(Arm("renewal 2", frozenset({"records"}), 1.0)),
            "arm: the guard's plan has no instance 'records'",
        ),
        (
            packet_of(Arm("renewal 2", ALL, LEASE_S + 1)),
            "arm: 61 s of kernel time; the plan allows 0.02 to 60 s",
        ),
        (
            packet_of(Arm("renewal 2", ALL, 0)),
            "arm: 0 s of kernel time; the plan allows 0.02 to 60 s",
        ),
        (packet_of(Hello(PLAN)), "hello is said once"),
        (b" " * (PACKET_BYTES_MAX + 1), f"it is longer than {PACKET_BYTES_MAX} bytes"),
    ],
)
def test_who_says_what_is_no_word_is_told_why_and_every_door_is_shut(
    start: Guards, connect: Speakers, prober: Prober, packet: bytes, why: str
) -> None:
    start().wait_until_ready()
    agent = connect().greet()
    agent.renew("renewal 1", LEASE_S)
    agent.send(packet)
    assert agent.hear_the_end() == f"not understood: {why}"
    assert prober.opened() == set()
    connect().greet().renew("renewal 1", LEASE_S)
    assert prober.opened() == ALL


@pytest.mark.parametrize(
    ("first", "why"),
    [
        (Alive(), "not understood: the first word must be hello"),
        (Arm("renewal 1", ALL, 1.0), "not understood: the first word must be hello"),
        (
            Hello("6" * 64),
            "the agent has plan 666666666666, the guard 555555555555: restart the older",
        ),
    ],
)
def test_nothing_is_done_for_who_does_not_say_hello_with_the_same_plan(
    start: Guards, connect: Speakers, first: Alive | Arm | Hello, why: str
) -> None:
    start().wait_until_ready()
    agent = connect()
    agent.say(first)
    assert agent.hear_the_end() == why


def test_an_agent_of_another_version_is_sent_away(start: Guards, connect: Speakers) -> None:
    start().wait_until_ready()
    agent = connect()
    agent.send(b'{"say":"hello","version":1,"plan":""}')
    why = "not understood: the agent speaks version 1, and the guard version 2"
    assert agent.hear_the_end() == why


def test_chance_packets_never_end_the_guard(start: Guards, connect: Speakers) -> None:
    rng = Random(7)
    start().wait_until_ready()
    words = [packet_of(Arm("a", ALL, 1.0)), packet_of(Hello(PLAN)), packet_of(Shut(ALL))]
    for _ in range(60):
        agent = connect()
        damaged = bytearray(rng.choice(words))
        for _ in range(rng.randrange(1, 4)):
            damaged[rng.randrange(len(damaged))] = rng.randrange(256)
        agent.send(bytes(damaged))
        agent.close()
    connect().greet().settle()
