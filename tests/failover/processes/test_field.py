"""The processes together: what the design promises, with the real register, guard and network.

Times are not judged here (`make bench` measures them): only what happens, in its order.
"""

from __future__ import annotations

import signal
from time import monotonic, sleep

import pytest

from failover.laboratory.lab import MOMENT_S, Lab
from failover.laboratory.network import CENTRES, MEMBERS
from failover.laboratory.places import HOMES, SERVICES

pytestmark = [pytest.mark.debian("etcd"), pytest.mark.xdist_group("etcd")]

WATCHED_S = 3.0  # more than a lease and the peer's wait for it
PORTAL, ARCHIVE = SERVICES["portal"], SERVICES["archive"]


def owners(lab: Lab) -> dict[str, str]:
    """Who owns each group, as the agents say; the last word is dc-b's."""
    return {
        name: f"{centre}: {group['owner']}"
        for centre in CENTRES
        for name, group in lab.status(centre)["groups"].items()
        if group["owner"] == "mine"
    }


def stays(lab: Lab, expected: dict[str, set[str]]) -> None:
    """Nothing opens or closes for a while."""
    end_s = monotonic() + WATCHED_S
    while monotonic() < end_s:
        assert {name: lab.service_addresses(name) for name in CENTRES} == expected
        sleep(MOMENT_S)


def test_a_cut_fibre_moves_nothing_and_neither_does_its_healing(lab: Lab) -> None:
    at_home = {"dc-a": {PORTAL}, "dc-b": {ARCHIVE}}
    lab.cut_fibre()
    stays(lab, at_home)
    heard_s_ago = lab.status("dc-a")["paths"]["fibre"]["heard_s_ago"]
    assert heard_s_ago is None or heard_s_ago > 1.0  # None: forgotten after a pause of its own
    lab.heal_fibre()
    stays(lab, at_home)
    assert owners(lab) == {name: f"{home}: mine" for name, home in HOMES.items()}


def test_a_lost_centre_is_taken_over_after_it_has_closed(lab: Lab) -> None:
    lab.lose("dc-a")
    lab.wait_until("dc-b has both", lambda: lab.service_addresses("dc-b") == {PORTAL, ARCHIVE}, 20)
    assert lab.service_addresses("dc-a") == set()
    lab.wait_until("dc-b says so", lambda: owners(lab).get("portal") == "dc-b: mine", 5)
    assert lab.status("dc-b")["groups"]["portal"]["term"] == [1, 2]


def test_a_killed_agent_closes_at_once_and_its_next_life_goes_on(lab: Lab) -> None:
    lab.kill("dc-b", "agent")
    lab.wait_until("dc-b is closed", lambda: not lab.service_addresses("dc-b"), 1.0)
    lab.start("dc-b", "agent")
    lab.wait_until("dc-b has its own", lambda: lab.service_addresses("dc-b") == {ARCHIVE}, 20)
    assert lab.service_addresses("dc-a") == {PORTAL}


def test_an_agent_that_is_restarted_as_planned_keeps_its_doors_open(lab: Lab) -> None:
    life = lab.status("dc-b")["life"]
    lab.process("dc-b", "agent").send_signal(signal.SIGUSR1)
    assert lab.process("dc-b", "agent").wait(20) == 0
    assert lab.service_addresses("dc-b") == {ARCHIVE}
    lab.start("dc-b", "agent")
    term = [1, 2]

    def again() -> bool:
        """Looked at again and again: nothing closes meanwhile."""
        assert lab.service_addresses("dc-b") == {ARCHIVE}
        status = lab.status("dc-b")
        group = status.get("groups", {}).get("archive", {})
        return status.get("life") != life and (group.get("term"), group.get("taken")) == (
            term,
            True,
        )

    lab.wait_until("its next life has its own again", again, 20)
    stays(lab, {"dc-a": {PORTAL}, "dc-b": {ARCHIVE}})
    assert "leaves its doors to its next life" in lab.log("dc-b", "agent")
    assert "has left; doors open: 1" in lab.log("dc-b", "guard")


def test_while_the_register_is_silent_it_stays(lab: Lab) -> None:
    for member in MEMBERS:
        lab.process(member, "etcd").send_signal(signal.SIGSTOP)
    try:
        sleep(WATCHED_S)
        lab.process("dc-b", "agent").send_signal(signal.SIGUSR1)
        lab.wait_until("it says so", lambda: "stays, and does" in lab.log("dc-b", "agent"), 10)
        assert lab.service_addresses("dc-b") == {ARCHIVE}
    finally:
        for member in MEMBERS:
            lab.process(member, "etcd").send_signal(signal.SIGCONT)
    stays(lab, {"dc-a": {PORTAL}, "dc-b": {ARCHIVE}})
    assert lab.process("dc-b", "agent").poll() is None


def test_a_stopped_agent_is_closed_by_the_kernel_and_surrenders_nothing_it_still_has(
    lab: Lab,
) -> None:
    frozen = lab.process("dc-a", "agent")
    frozen.send_signal(signal.SIGSTOP)
    try:
        lab.wait_until("dc-a is closed", lambda: not lab.service_addresses("dc-a"), 3.0)
        lab.wait_until("dc-b took it", lambda: PORTAL in lab.service_addresses("dc-b"), 20)
    finally:
        frozen.send_signal(signal.SIGCONT)
    stays(lab, {"dc-a": set(), "dc-b": {PORTAL, ARCHIVE}})


def test_a_second_agent_of_one_name_is_refused(lab: Lab) -> None:
    first = lab.process("dc-a", "agent")
    lab.start("dc-a", "agent")
    second = lab.process("dc-a", "agent")
    assert second.wait(20) == 1
    assert f"process {first.pid} runs under this name already" in lab.log("dc-a", "agent")
    first.kill()
    first.wait(20)


def test_a_signal_ends_every_process_in_order(lab: Lab) -> None:
    for name, process in (("dc-a", "agent"), ("dc-a", "guard"), ("witness-1", "witness")):
        ended = lab.process(name, process)
        ended.send_signal(signal.SIGTERM)
        assert ended.wait(20) == 0, lab.log(name, process)
    assert lab.service_addresses("dc-a") == set()
