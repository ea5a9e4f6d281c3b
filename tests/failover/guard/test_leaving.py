"""What an agent leaves open when it says so: kept by the kernel, adopted by the next, else shut."""

from __future__ import annotations

import os
import signal
import time

import pytest

from failover.core.effects import Arm, Closed, Grant, Shut
from failover.guard.wire import Hello
from tests.failover.guard.kernels import names, numbers
from tests.failover.guard.namespaces import Lab, nft
from tests.failover.guard.processes import (
    ALL,
    LEASE_S,
    PLAN,
    Guards,
    Speakers,
    passes,
    shuts,
    vanish,
)
from tests.failover.guard.test_process_doors import LIMIT_S
from tests.failover.guard.traffic import Prober

pytestmark = [pytest.mark.root, pytest.mark.debian("ip")]

SHORT_S = 1.5


def test_the_next_agent_is_told_what_stands_open_and_nothing_closes(
    start: Guards, connect: Speakers, prober: Prober
) -> None:
    guard = start().wait_until_ready()
    agent = connect().greet()
    agent.renew("renewal 1", LEASE_S, names(0, 1))
    agent.leave()
    assert numbers(prober.opened()) == {0, 1}
    agent = connect()
    left_s = agent.adopt()
    assert left_s.keys() == names(0, 1)
    assert all(LEASE_S - 10 < each <= LEASE_S for each in left_s.values())
    assert numbers(prober.opened()) == {0, 1}
    agent.renew("renewal 1", LEASE_S)
    agent.say(Shut(names(1)))
    agent.settle_after(Closed(names(1)))
    assert numbers(prober.opened()) == {0, 2}
    guard.send(signal.SIGTERM)
    _, written = guard.ends()
    assert "has left; doors open: 2" in written
    assert f"obeys the agent, process {os.getpid()}; doors open: 2" in written


def test_what_was_armed_and_not_granted_never_opens(
    start: Guards, connect: Speakers, prober: Prober
) -> None:
    start().wait_until_ready()
    agent = connect().greet()
    agent.renew("renewal 1", LEASE_S, names(0))
    agent.say(Arm("renewal 2", ALL, LEASE_S))
    agent.hear()
    agent.leave()
    agent = connect()
    assert agent.adopt().keys() == names(0)
    agent.say(Grant("renewal 2", ALL))
    agent.settle()
    assert numbers(prober.opened()) == {0}


def test_if_none_comes_the_doors_run_out_and_the_addresses_go(
    lab: Lab, start: Guards, connect: Speakers, prober: Prober
) -> None:
    guard = start(watchdog_s=LIMIT_S).wait_until_ready()
    agent = connect().greet()
    renewed = agent.renew("renewal 1", SHORT_S)
    agent.leave()
    assert prober.opened() == ALL
    shuts(prober)
    assert time.monotonic() >= renewed.before_s + SHORT_S - 0.1
    vanish(lab)
    assert connect().adopt() == {}
    guard.send(signal.SIGTERM)
    _, written = guard.ends()
    assert "what the agent left is shut: no agent has come in time" in written


def test_an_agent_that_does_not_adopt_finds_every_door_shut(
    start: Guards, connect: Speakers, prober: Prober
) -> None:
    start().wait_until_ready()
    agent = connect().greet()
    agent.renew("renewal 1", LEASE_S)
    agent.leave()
    connect().greet()
    assert prober.opened() == set()


@pytest.mark.parametrize(
    "first", [None, Hello("6" * 64, adopts=True)], ids=["silent", "other plan"]
)
def test_who_comes_and_is_no_agent_of_this_plan_ends_what_was_left(
    start: Guards, connect: Speakers, prober: Prober, first: Hello | None
) -> None:
    start().wait_until_ready()
    agent = connect().greet()
    agent.renew("renewal 1", LEASE_S)
    agent.leave()
    other = connect()
    if first is not None:
        other.say(first)
        assert "restart the older" in other.hear_the_end()
    other.close()
    shuts(prober)
    assert connect().adopt() == {}


def test_a_guard_that_was_started_anew_leaves_nothing_open(
    start: Guards, connect: Speakers, prober: Prober
) -> None:
    guard = start().wait_until_ready()
    agent = connect().greet()
    agent.renew("renewal 1", LEASE_S)
    agent.leave()
    guard.send(signal.SIGKILL)
    guard.ends()
    start().wait_until_ready()
    assert prober.opened() == set()
    assert connect().adopt() == {}


def test_a_guard_that_stood_still_meanwhile_shuts_before_it_listens(
    start: Guards, connect: Speakers, prober: Prober
) -> None:
    guard = start(watchdog_s=LIMIT_S).wait_until_ready()
    agent = connect().greet()
    agent.renew("renewal 1", LEASE_S)
    agent.leave()
    guard.send(signal.SIGSTOP)
    guard.wait_until_stopped()
    passes(time.monotonic() + 1.5 * LIMIT_S)
    agent = connect()
    agent.say(Hello(PLAN, adopts=True))
    guard.send(signal.SIGCONT)
    assert agent.hear_ready() == {}
    assert prober.opened() == set()


@pytest.mark.debian("nft")
def test_a_table_that_others_change_meanwhile_is_not_trusted(
    lab: Lab, start: Guards, connect: Speakers, prober: Prober
) -> None:
    start(watchdog_s=LIMIT_S).wait_until_ready()
    agent = connect().greet()
    agent.renew("renewal 1", LEASE_S)
    agent.leave()
    nft(lab.edge, "flush ruleset")
    shuts(prober)
    assert connect().adopt() == {}
