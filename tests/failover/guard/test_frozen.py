"""Frozen at any point of a renewal, the guard or its agent: the doors close when kernel time ends.

Measured by the last packet that was let in, of datagrams and of a connection that was open before.
Nothing but kernel time closes them here: there is no watchdog.
"""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest

from failover.core.effects import Arm, Armed, Grant
from tests.failover.guard.kernels import SERVICES
from tests.failover.guard.namespaces import Lab
from tests.failover.guard.processes import (
    ALL,
    AgentProcess,
    Guards,
    Renewed,
    Speakers,
    passes,
)
from tests.failover.guard.renewing import PERIOD_S, POINTS
from tests.failover.guard.serving import Freeze
from tests.failover.guard.traffic import Stream

pytestmark = [pytest.mark.root, pytest.mark.debian("ip")]

LEASE_S = 0.35
TICK_S = 0.01  # of a kernel that counts 100 a second: by so much a door may close early
LATE_S = 0.003  # and never later; the rest is for reading two clocks
FROZEN = 8  # the renewal at which it happens
ADDRESS = SERVICES[0].v4


@pytest.mark.parametrize("point", POINTS)
def test_a_frozen_agent_has_its_doors_closed_on_time(
    lab: Lab, start: Guards, tmp_path: Path, point: str
) -> None:
    start(length_s_max=LEASE_S).wait_until_ready()
    with AgentProcess(tmp_path, LEASE_S, point, FROZEN) as agent:
        agent.reads("2")  # so the first is granted
        with Stream(lab, ADDRESS) as stream:
            armed = agent.reads("freezing")
            live = armed[FROZEN if point == "granted" else FROZEN - 1]
            closes_on_time(stream, live)
            passes(time.monotonic() + PERIOD_S + LEASE_S)  # what was armed last has run out too
            agent.thaw()
            agent.reads("thawed")
            stays_closed(stream, live)


@pytest.mark.parametrize(
    ("freeze", "live"),
    [
        (Freeze("arm", "before", FROZEN), FROZEN - 1),
        (Freeze("arm", "after", FROZEN), FROZEN - 1),
        (Freeze("grant", "before", FROZEN), FROZEN - 1),
        (Freeze("grant", "after", FROZEN), FROZEN),
    ],
    ids=["before arm", "after arm", "before grant", "after grant"],
)
def test_a_frozen_guard_closes_its_doors_on_time(
    lab: Lab, start: Guards, connect: Speakers, freeze: Freeze, live: int
) -> None:
    guard = start(freeze, length_s_max=LEASE_S).wait_until_ready()
    agent = connect().greet()
    armed = {1: agent.renew("renewal 1", LEASE_S)}
    with Stream(lab, ADDRESS) as stream:
        for number in range(2, FROZEN):
            armed[number] = agent.renew(f"renewal {number}", LEASE_S)
            stream.flows()
        arm, grant = Arm("last", ALL, LEASE_S), Grant("last", ALL)
        before_s = time.monotonic()
        agent.say(arm)
        if freeze.what == "grant":
            assert agent.hear() == Armed("last")
            armed[FROZEN] = Renewed(before_s, time.monotonic())
            agent.say(grant)
        guard.wait_until_stopped()
        closes_on_time(stream, armed[live])
        passes(before_s + LEASE_S)  # what was armed last has run out too
        guard.send(signal.SIGCONT)
        if freeze.what == "arm":
            assert agent.hear() == Armed("last")
        if freeze == Freeze("arm", "after", FROZEN):
            agent.say(grant)
        agent.settle()
        stays_closed(stream, armed[live])


def test_a_late_grant_opens_for_the_rest_of_what_was_armed_and_no_longer(
    lab: Lab, start: Guards, connect: Speakers
) -> None:
    start(length_s_max=LEASE_S).wait_until_ready()
    agent = connect().greet()
    agent.renew("renewal 1", LEASE_S)
    with Stream(lab, ADDRESS) as stream:
        before_s = time.monotonic()
        agent.say(Arm("renewal 2", ALL, LEASE_S))
        assert agent.hear() == Armed("renewal 2")
        armed = Renewed(before_s, time.monotonic())
        passes(before_s + 0.7 * LEASE_S)
        agent.say(Grant("renewal 2", ALL))
        closes_on_time(stream, armed)


def test_two_instances_close_each_in_its_own_time(
    lab: Lab, start: Guards, connect: Speakers
) -> None:
    one, other = SERVICES[0], SERVICES[1]
    start(length_s_max=LEASE_S).wait_until_ready()
    agent = connect().greet()
    agent.renew("renewal 1", LEASE_S)
    with Stream(lab, one.v4) as shorter, Stream(lab, other.v4) as longer:
        both = agent.renew("renewal 2", LEASE_S)
        shorter.flows()
        passes(both.before_s + LEASE_S / 2)
        alone = agent.renew("renewal 3", LEASE_S, frozenset({other.name}))
        closes_on_time(shorter, both)
        closes_on_time(longer, alone)


def closes_on_time(stream: Stream, live: Renewed) -> None:
    assert stream.stops() <= live.after_s + LEASE_S + LATE_S
    assert stream.first_refused_s() >= live.before_s + LEASE_S - TICK_S


def stays_closed(stream: Stream, live: Renewed) -> None:
    assert stream.stops() <= live.after_s + LEASE_S + LATE_S
