"""A pair against the plan, and its members together: what is said, and where."""

from __future__ import annotations

from dataclasses import replace

import pytest

from telemed_infra.packets import UDP, Family, Service
from telemed_infra.parse.behaviour import SYNC_PLACE, PairPlace
from telemed_infra.prove.findings import Says
from telemed_infra.prove.pair_members import Member, prove_together
from telemed_infra.prove.pair_words import IOS, LINUX, SECPATH, USG, WORDS, PairWords
from telemed_infra.prove.pairs import Gateway, answered, opened, prove_member, untold
from telemed_infra.redundancy import (
    ALONE,
    Rank,
    Redundancy,
    StateSync,
    SyncKind,
    Tracked,
    VirtualRouter,
)

PORT, UP, CABLE = "eth1", "eth0", "eth2"
ROUTER = VirtualRouter(PORT, Family.V4, 20, (0x0A010101,), Rank.ACTIVE)
NUMBERED = ROUTER._replace(
    rank=Rank.BY_PRIORITY, priority=120, preempt_s=60, tracked=frozenset({Tracked(UP, 30)})
)
SYNC = StateSync(
    kind=SyncKind.HRP,
    interface=CABLE,
    own=None,
    remote=0x0AFF0002,
    first=True,
    sessions=True,
    configuration=True,
    preempt_s=60,
    tracked=frozenset({UP, PORT}),
    routes_follow=True,
)
PLACE = PairPlace(PORT, Family.V4, 20)
LINES = {PLACE: 7, SYNC_PLACE: 3}
PLANNED = Redundancy(routers=frozenset({ROUTER}), sync=SYNC)


def of(router: VirtualRouter | None = None, sync: StateSync | None = None) -> Redundancy:
    return Redundancy(routers=frozenset({router} if router else ()), sync=sync)


# One member ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", WORDS.values())
@pytest.mark.parametrize("planned", [PLANNED, of(NUMBERED), of(sync=SYNC), ALONE])
def test_what_is_as_planned_is_not_spoken_of(planned: Redundancy, words: PairWords) -> None:
    assert list(prove_member(planned, LINES, planned, words)) == []


@pytest.mark.parametrize(
    ("there", "line", "says"),
    [
        (None, 7, "virtual router 20 (IPv4) does not run: its interface is shut"),
        (ROUTER._replace(addresses=(0x0A010107,)), 7,
         "answers for 10.1.1.7 in place of 10.1.1.1: `vrrp vrid 20 virtual-ip 10.1.1.1 active`"),
        (ROUTER._replace(rank=Rank.STANDBY), 7,
         "is standby in place of active: `… virtual-ip 10.1.1.1 active`"),
        (ROUTER._replace(rank=Rank.BY_PRIORITY), 7, "is by priority in place of active"),
    ],
)  # fmt: skip
def test_a_virtual_router_that_is_not_as_planned(
    there: VirtualRouter | None, line: int, says: str
) -> None:
    (found,) = prove_member(of(there), LINES, of(ROUTER), USG)
    assert (found.line, found.kind) == (line, "pair")
    assert says in found.says


def test_a_virtual_router_that_is_missing_or_too_many() -> None:
    (missing,) = prove_member(ALONE, {}, of(ROUTER), SECPATH)
    mend = "`vrrp vrid 20 virtual-ip 10.1.1.1 active`"
    says = f"eth1: virtual router 20 (IPv4) for 10.1.1.1 is missing: {mend}"
    assert missing == Says(0, "pair", says)
    other = ROUTER._replace(number=21)
    (extra,) = prove_member(of(other), {PLACE._replace(number=21): 9}, ALONE, SECPATH)
    assert extra.line == 9
    assert extra.says.endswith("is not planned: `undo vrrp vrid 21`")


@pytest.mark.parametrize(
    ("there", "says"),
    [
        (NUMBERED._replace(priority=100), "priority 100 in place of 120: `{priority}`"),
        (NUMBERED._replace(preempt_s=0), "back after 0 s in place of after 60 s: `{preempt}`"),
        (NUMBERED._replace(preempt_s=None), "back never in place of after 60 s: `{preempt}`"),
        (NUMBERED._replace(advertised_ms=100), "each 100 ms in place of 1000 ms: `{advertised}`"),
        (NUMBERED._replace(tracked=frozenset()), "not yield by 30 when eth0 fails: `{tracked}`"),
        (NUMBERED._replace(tracked=NUMBERED.tracked | {Tracked("eth9", 5)}),
         "yields by 5 when eth9 fails: remove that"),
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    ("words", "mends"),
    [
        (USG, ("vrrp vrid 20 priority 120", "vrrp vrid 20 preempt-mode timer delay 60",
               "vrrp vrid 20 timer advertise 1",
               "vrrp vrid 20 track interface eth0 reduced 30")),
        (SECPATH, ("vrrp vrid 20 priority 120", "vrrp vrid 20 preempt-mode delay 6000",
                   "vrrp vrid 20 timer advertise 100",
                   "vrrp vrid 20 track N priority reduced 30")),
        (IOS, ("priority 120", "preempt delay minimum 60", "timers advertise 1000",
               "track N decrement 30")),
        (LINUX, ("priority 120", "state BACKUP` and `preempt_delay 60", "advert_int 1",
                 "track_interface { eth0 weight -30 }")),
    ],
)  # fmt: skip
def test_numbers_in_the_platforms_words(
    there: VirtualRouter, says: str, words: PairWords, mends: tuple[str, ...]
) -> None:
    names = ("priority", "preempt", "advertised", "tracked")
    (found,) = prove_member(of(there), LINES, of(NUMBERED), words)
    assert says.format(**dict(zip(names, mends, strict=True))) in found.says


@pytest.mark.parametrize(
    ("there", "says"),
    [
        (None, ("nothing keeps the pair's states equal: `hrp enable` and `hrp interface eth2 "
                "remote 10.255.0.2`")),
        (replace(SYNC, interface="eth3"), "HRP over eth3 in place of HRP over eth2"),
        (replace(SYNC, kind=SyncKind.RBM), "RBM over eth2 in place of HRP over eth2"),
        (replace(SYNC, remote=1), "is 0.0.0.1 in place of 10.255.0.2: `hrp interface eth2 remote"),
        (replace(SYNC, own=1), "it speaks from 0.0.0.1 in place of no address"),
        (replace(SYNC, first=False), "the second in place of the first: `undo hrp standby-device`"),
        (replace(SYNC, first=None), "neither first nor second in place of the first"),
        (replace(SYNC, sessions=False), ("connections are not carried over to the other member: "
                "`hrp mirror session enable`")),
        (replace(SYNC, configuration=False), "shared lines are not carried over"),
        (replace(SYNC, preempt_s=None), ("works again never in place of after 60 s: `hrp preempt "
                "delay 60`")),
        (replace(SYNC, tracked=frozenset({PORT})), ("does not change when eth0 fails: `hrp track "
                "interface eth0`")),
        (replace(SYNC, tracked=SYNC.tracked | {"eth9"}), "changes when eth9 fails"),
        (replace(SYNC, routes_follow=False), "as good as the first's: `hrp adjust bgp-cost"),
    ],
)  # fmt: skip
def test_a_pair_that_is_not_as_planned(there: StateSync | None, says: str) -> None:
    (found,) = prove_member(of(sync=there), LINES, of(sync=SYNC), USG)
    assert (found.line, found.kind) == (3, "pair")
    assert says in found.says


def test_a_pair_that_is_not_planned() -> None:
    (found,) = prove_member(of(sync=SYNC), LINES, ALONE, USG)
    assert found.says == "HRP with 10.255.0.2 is not planned: remove it"
    apart = replace(SYNC, sessions=False)
    (found,) = prove_member(of(sync=SYNC), LINES, of(sync=apart), USG)
    assert "connections are carried over" in found.says


def test_minutes_of_a_secpath() -> None:
    (found,) = prove_member(of(sync=replace(SYNC, preempt_s=0)), LINES, of(sync=SYNC), SECPATH)
    assert found.says.endswith("`delay-time 1`")


def test_a_gateway_that_nobody_answers_for() -> None:
    """Also where the plan has forgotten it; what the plan knows, the rest of the proof tells."""
    ward = Gateway("IMAGING", PORT, Family.V4, 0x0A010101)
    (found,) = answered(ALONE, ALONE, [ward])
    assert (
        found.says == "hosts of IMAGING send to 10.1.1.1, and nobody answers there: eth1 has none"
    )
    assert list(answered(of(ROUTER), ALONE, [ward])) == []
    assert list(answered(ALONE, of(ROUTER), [ward])) == []
    assert list(answered(of(ROUTER._replace(interface="eth9")), ALONE, [ward])) != []


def test_states_are_told_by_what_is_open() -> None:
    key = UDP << 16 | 3780
    assert list(opened(key, 3, [Service(key, key)])) == []
    assert list(opened(None, 3, [])) == []
    other = Service(UDP << 16 | 18514, UDP << 16 | 18514)
    (found,) = opened(key, 3, [other])
    assert (found.line, found.kind) == (3, "pair")
    assert "by udp 3780, and between the members udp 18514 is open" in found.says


def test_only_the_machines_own_connections_may_be_untold() -> None:
    own = {(Family.V4, 0x0A010102)}
    assert list(untold(own, own, 3)) == []
    (found,) = untold([(Family.V4, 0x0A010103)], own, 3)
    assert (found.line, found.kind) == (3, "pair")
    assert found.says.startswith("connections of 10.1.1.3 are kept from the other member")


# Both members -------------------------------------------------------------------------------------


def member(number: int, redundancy: Redundancy) -> Member:
    addresses = {
        PORT: [f"10.1.1.{2 + number}/24", f"2001:db8::{2 + number}/64"],
        CABLE: [f"10.255.0.{1 + number}/30"],
    }
    return Member(f"FW{1 + number}", redundancy, LINES, addresses, frozenset({UP, PORT, CABLE}))


SECOND = replace(SYNC, remote=0x0AFF0001, first=False)
ONE = member(0, Redundancy(routers=frozenset({ROUTER}), sync=SYNC))
OTHER = member(1, Redundancy(routers=frozenset({ROUTER._replace(rank=Rank.STANDBY)}), sync=SECOND))
WEAK = NUMBERED._replace(priority=100, preempt_s=0)


def together(one: Member, other: Member) -> list[str]:
    """What is said, the kind being always the same."""
    found = list(prove_together(one, other))
    assert {says.kind for says in found} <= {"pair"}
    return [says.says for says in found]


def test_members_that_fit() -> None:
    assert together(ONE, OTHER) == []
    assert together(member(0, of(NUMBERED)), member(1, of(WEAK))) == []
    assert together(member(0, ALONE), member(1, ALONE)) == []


@pytest.mark.parametrize(
    ("first", "second", "says"),
    [
        (ROUTER, ROUTER, "virtual router 20 in 10.1.1.0/24: both members are active"),
        (NUMBERED, NUMBERED, "both members have priority 120, so chance decides"),
        (ROUTER, WEAK, "by priority here and active at FW1"),
        (NUMBERED, WEAK._replace(advertised_ms=100), "told each 100 ms here and each 1000 ms"),
        (NUMBERED._replace(tracked=frozenset({Tracked(UP, 10)})), WEAK,
         "priority 120 less 10 stays above 100, so the loss of eth0 changes nothing"),
        (NUMBERED, WEAK._replace(addresses=(0x0A010107,)),
         "answers for 10.1.1.7 here and for 10.1.1.1 at FW1"),
        (NUMBERED, WEAK._replace(number=21), "FW1 has virtual router 20 for 10.1.1.1 in 10.1.1.0"),
        (NUMBERED, None, "FW1 has virtual router 20 for 10.1.1.1 in 10.1.1.0/24, and FW2 has not"),
        (None, WEAK, "FW2 has virtual router 20 for 10.1.1.1 in 10.1.1.0/24, and FW1 has not"),
        (NUMBERED._replace(addresses=(0x0A010102,)), WEAK._replace(addresses=(0x0A010102,)),
         "virtual router 20 answers for 10.1.1.2, which is FW1's own on eth1"),
        (NUMBERED, WEAK._replace(tracked=frozenset({Tracked("eth9", 30)})),
         "FW2 watches eth9, which it does not have"),
    ],
)  # fmt: skip
def test_virtual_routers_that_do_not_fit(
    first: VirtualRouter | None, second: VirtualRouter | None, says: str
) -> None:
    found = together(member(0, of(first)), member(1, of(second)))
    assert any(says in one for one in found), found


@pytest.mark.parametrize(
    ("first", "second", "says"),
    [
        (SYNC, None, "FW1 tells its state, and FW2 does not"),
        (None, SECOND, "FW2 tells its state, and FW1 does not"),
        (replace(SYNC, remote=0x0AFF0009), SECOND, ("FW1 looks for FW2 at 10.255.0.9, which is "
                "10.255.0.2")),
        (SYNC, replace(SECOND, remote=0x0AFF0009), "FW2 looks for FW1 at 10.255.0.9"),
        (SYNC, replace(SECOND, own=0x0AFF0009), ("FW2 speaks from 10.255.0.9, and eth2 has "
                "10.255.0.2")),
        (SYNC, replace(SECOND, first=True), "both members are the first"),
        (replace(SYNC, first=False), SECOND, "both members are the second"),
        (SYNC, replace(SECOND, kind=SyncKind.RBM), "RBM here and HRP at FW1"),
        (SYNC, replace(SECOND, sessions=False), "only one of the two carries connections over"),
        (SYNC, replace(SECOND, configuration=False), "only one of the two carries shared lines"),
        (SYNC, replace(SECOND, preempt_s=5), "wait for 5 s here and 60 s at FW1"),
        (replace(SYNC, tracked=frozenset({"eth9"})), SECOND, "FW1 watches eth9"),
    ],
)  # fmt: skip
def test_states_that_do_not_fit(
    first: StateSync | None, second: StateSync | None, says: str
) -> None:
    found = together(member(0, of(sync=first)), member(1, of(sync=second)))
    assert any(says in one for one in found), found


def test_two_versions_do_not_hear_each_other() -> None:
    first, second = member(0, of(NUMBERED)), member(1, of(WEAK))
    two, three = first._replace(versions={PLACE: 2}), second._replace(versions={PLACE: 3})
    assert together(first._replace(versions={PLACE: 3}), three) == []
    (found,) = together(two, three)
    assert "VRRP of version 3 here and 2 at FW1" in found


def test_the_two_ends_of_the_cable() -> None:
    moved = OTHER._replace(addresses={CABLE: ["10.255.9.2/30"], PORT: ["10.1.1.3/24"]})
    assert any("are in 10.255.0.0/30 and 10.255.9.0/30" in one for one in together(ONE, moved))


def test_a_group_that_both_speak_to_is_nobodys_own() -> None:
    first, second = (replace(one, remote=0xE1000032) for one in (SYNC, SECOND))
    assert together(member(0, of(sync=first)), member(1, of(sync=second))) == []


def test_lines_are_those_of_the_member_read_last() -> None:
    lines = {PLACE: 70, SYNC_PLACE: 30}
    second = OTHER.redundancy
    both_first = replace(second, sync=replace(SECOND, first=True))
    (found,) = prove_together(ONE, OTHER._replace(redundancy=both_first, lines=lines))
    assert found.line == 30
    active = Redundancy(routers=frozenset({ROUTER}), sync=SECOND)
    (found,) = prove_together(ONE, OTHER._replace(redundancy=active, lines=lines))
    assert found.line == 70
