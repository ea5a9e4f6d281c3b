"""The guard's process at the real kernel: doors, table and addresses, whoever moves them."""

from __future__ import annotations

import signal
import time
from ipaddress import ip_address
from pathlib import Path

import pytest

from failover.core.effects import Arm, Armed, Closed, Flush, Grant, Shut
from failover.guard.address import LOOPBACK
from failover.guard.kernel import addresses_of
from failover.guard.ruleset import ruleset_of, text_of
from failover.guard.wire import Alive, Ended
from tests.failover.guard.kernels import SERVICES, names, numbers
from tests.failover.guard.namespaces import Lab, ip, nft
from tests.failover.guard.processes import (
    ADDRESSES,
    ALL,
    LEASE_S,
    AgentProcess,
    Guards,
    Speakers,
    passes,
    shuts,
    standing,
    vanish,
)
from tests.failover.guard.serving import Freeze
from tests.failover.guard.traffic import Prober

pytestmark = [pytest.mark.root, pytest.mark.debian("ip")]

LIMIT_S = 0.4  # of a watchdog


# --- what it does --------------------------------------------------------------------------


def test_wishes_are_carried_out_and_answered_in_order(
    start: Guards, connect: Speakers, prober: Prober
) -> None:
    start().wait_until_ready()
    agent = connect().greet()
    agent.say(
        Arm("renewal 1", ALL, LEASE_S),
        Grant("renewal 1", names(0, 1)),
        Shut(names(0)),
        Arm("renewal 2", ALL, LEASE_S),
        Grant("renewal 1", ALL),
        Shut(names(2)),
    )
    heard = [agent.hear() for _ in range(4)]
    assert heard == [
        Armed("renewal 1"),
        Closed(names(0)),
        Armed("renewal 2"),
        Closed(names(2)),
    ]
    assert numbers(prober.opened()) == {1}
    agent.say(Flush())
    agent.settle()
    assert prober.opened() == set()


def test_a_dead_agent_has_its_doors_shut_at_once(
    lab: Lab, start: Guards, tmp_path: Path, prober: Prober
) -> None:
    guard = start().wait_until_ready()
    with AgentProcess(tmp_path, LEASE_S, "granted", 3) as agent:
        agent.reads("freezing")
        assert prober.opened() == ALL
        agent.send(signal.SIGKILL)
        shuts(prober)
        vanish(lab)
    guard.send(signal.SIGTERM)
    _, written = guard.ends()
    assert f"the session of process {agent.id} ended: the agent is gone" in written


def test_a_hanging_agent_has_its_doors_shut_and_is_told_when_it_goes_on(
    start: Guards, tmp_path: Path, prober: Prober
) -> None:
    start(watchdog_s=LIMIT_S).wait_until_ready()
    with AgentProcess(tmp_path, LEASE_S, "granted", 3) as agent:
        agent.reads("freezing")
        shuts(prober)
        agent.thaw()
        agent.reads("lost")  # the guard, as its client tells it
        agent.reads("back")
        assert prober.opened() == set()


def test_who_says_nothing_is_told_that_it_is_thought_dead(
    start: Guards, connect: Speakers, prober: Prober
) -> None:
    start(watchdog_s=LIMIT_S).wait_until_ready()
    agent = connect().greet()
    agent.renew("renewal 1", LEASE_S)
    assert agent.hear_the_end() == f"no sign of life for more than {LIMIT_S:g} s"
    assert prober.opened() == set()


def test_a_guard_that_was_frozen_itself_shuts_before_it_listens(
    start: Guards, connect: Speakers, prober: Prober
) -> None:
    guard = start(Freeze("grant", "after", 2), watchdog_s=LIMIT_S).wait_until_ready()
    agent = connect().greet()
    agent.renew("renewal 1", LEASE_S)
    agent.renew("renewal 2", LEASE_S, settled=False)
    guard.wait_until_stopped()
    frozen = prober.opened()
    for _ in range(3):
        passes(time.monotonic() + LIMIT_S / 2)
        agent.say(Alive(), Arm("renewal 3", ALL, LEASE_S))
    guard.send(signal.SIGCONT)
    # At once: what was said meanwhile is neither done nor answered.
    assert agent.hear() == Ended(f"no sign of life for more than {LIMIT_S:g} s")
    assert frozen == ALL
    assert prober.opened() == set()


def test_what_an_agent_said_last_is_void_when_it_has_gone(start: Guards, connect: Speakers) -> None:
    guard = start(Freeze("grant", "after", 1)).wait_until_ready()
    agent = connect().greet()
    agent.say(Arm("renewal 1", ALL, LEASE_S))
    assert agent.hear() == Armed("renewal 1")
    guard.send(signal.SIGSTOP)
    guard.wait_until_stopped()
    agent.say(Grant("renewal 1", ALL))
    agent.close()
    guard.send(signal.SIGCONT)
    connect().greet().settle()  # it would have stopped itself had it granted


# --- the table -----------------------------------------------------------------------------


@pytest.mark.debian("nft")
@pytest.mark.parametrize(
    ("damage", "why"),
    [
        ("flush ruleset", "table inet telemed_guard is missing"),
        (
            "insert rule inet telemed_guard requests accept",
            "chain requests, rule 1 is `a rule of another make: immediate`",
        ),
        (
            f"delete element inet telemed_guard services_v4 {{ {SERVICES[0].v4} }}",
            f"set services_v4, {SERVICES[0].v4} is missing",
        ),
        (text_of(ruleset_of(ADDRESSES)), "table inet telemed_guard was loaded anew"),
    ],
    ids=["flush ruleset", "rule", "element", "reload"],
)
def test_a_table_that_others_change_is_made_again_and_every_door_shut(
    lab: Lab, start: Guards, connect: Speakers, prober: Prober, damage: str, why: str
) -> None:
    start(watchdog_s=LIMIT_S).wait_until_ready()
    agent = connect().greet()
    agent.renew("renewal 1", LEASE_S)
    nft(lab.edge, damage)
    agent.say(Alive())
    assert agent.hear_the_end().startswith(why)
    assert prober.opened() == set()
    again = connect().greet()
    again.renew("renewal 1", LEASE_S)
    assert prober.opened() == ALL


@pytest.mark.debian("nft")
def test_other_tables_are_others_affair(
    lab: Lab, start: Guards, connect: Speakers, prober: Prober
) -> None:
    start().wait_until_ready()
    agent = connect().greet()
    agent.renew("renewal 1", LEASE_S)
    nft(lab.edge, "table inet other\ndelete table inet other")
    agent.renew("renewal 2", LEASE_S)
    nft(lab.edge, "table inet other { set armed0_v4 { type ipv4_addr; }; chain requests { }; }")
    agent.renew("renewal 3", LEASE_S)
    assert prober.opened() == ALL
    nft(lab.edge, "delete table inet other")


@pytest.mark.debian("nft")
def test_without_leave_to_install_it_does_not_start_on_another_table(
    lab: Lab, start: Guards
) -> None:
    nft(lab.edge, "table inet telemed_guard\ndelete table inet telemed_guard")
    code, written = start(installs=False).ends()
    assert code == 1
    assert written == (
        "error: table inet telemed_guard is missing\n"
        "hint: let the guard install table inet telemed_guard itself\n"
    )


@pytest.mark.debian("nft")
def test_without_leave_to_install_a_changed_table_ends_it_with_no_address_left(
    lab: Lab, start: Guards, connect: Speakers
) -> None:
    nft(lab.edge, text_of(ruleset_of(ADDRESSES)))
    guard = start(installs=False, watchdog_s=LIMIT_S).wait_until_ready()
    agent = connect().greet()
    agent.renew("renewal 1", LEASE_S)
    nft(lab.edge, "delete table inet telemed_guard")
    assert agent.hear_the_end() == "table inet telemed_guard is missing"
    code, _ = guard.ends()
    assert code == 1
    assert not standing(lab)


# --- addresses -----------------------------------------------------------------------------


def test_an_address_comes_with_the_grant_and_goes_with_the_door(
    lab: Lab, start: Guards, connect: Speakers
) -> None:
    start().wait_until_ready()
    agent = connect().greet()
    agent.say(Arm("renewal 1", names(0, 1), LEASE_S))
    agent.settle_after(Armed("renewal 1"))
    assert not standing(lab)
    agent.say(Grant("renewal 1", names(0, 1)))
    agent.settle()
    found = standing(lab)
    assert found.keys() == {address for each in SERVICES[:2] for address in addresses_of(each)}
    for each in found.values():
        assert each.interface == LOOPBACK
        assert each.bits == ip_address(each.address).max_prefixlen
        assert each.lifetime_s is not None
        assert LEASE_S - 5 < each.lifetime_s <= LEASE_S
    agent.say(Shut(names(0)))
    assert agent.hear() == Closed(names(0))
    agent.settle()
    assert standing(lab).keys() == set(addresses_of(SERVICES[1]))
    agent.close()
    vanish(lab)


def test_addresses_of_a_frozen_guard_go_by_themselves(
    lab: Lab, start: Guards, connect: Speakers
) -> None:
    guard = start(Freeze("arm", "before", 2)).wait_until_ready()
    agent = connect().greet()
    agent.renew("renewal 1", 0.3)
    assert standing(lab).keys() == ADDRESSES
    agent.say(Arm("renewal 2", ALL, 0.3))
    guard.wait_until_stopped()
    vanish(lab)


@pytest.mark.parametrize("where", ["{}/32 dev cable", "{}/24 dev lo"])
def test_an_address_that_stands_elsewhere_is_refused(lab: Lab, start: Guards, where: str) -> None:
    place = where.format(SERVICES[0].v4)
    ip(lab.edge, f"address add {place}\n")
    try:
        code, written = start().ends()
    finally:
        ip(lab.edge, f"address delete {place}\n")
    assert code == 1
    assert written.startswith(f"error: {place.replace(' dev ', ' stands on ')}: a service address")
