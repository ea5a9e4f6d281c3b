"""What the agents say, and the promise that carries doors while the register is silent."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from failover.core.beats import REARM_SHARE
from failover.core.cells import OrderKind, OwnerState, Term, order_key
from failover.core.effects import Arm, Commit, GuardState, Heard, SendBeat
from failover.core.lease import wait_s
from failover.core.messages import PATHS, Beat, Echo, Promise
from failover.core.state import ASKING_PERIODS
from tests.failover.core.bench import (
    DISPATCH,
    HERE,
    ME,
    MEMORY,
    OWN,
    PLAN,
    Bench,
    Fate,
    order,
)
from tests.failover.core.healthy import LEASE, PROFILE
from tests.failover.core.peer import Said

ASKING_S = ASKING_PERIODS * PROFILE.renewal_s
LENGTH_S = LEASE.length_s


def well() -> Bench:
    return Bench().settle()


def said(bench: Bench, since_s: float = 0.0) -> list[Beat]:
    return [each.beat for each in bench.beats(since_s)]


def silent_register(bench: Bench) -> Bench:
    bench.fate = Fate.LOST
    bench.looks = False
    return bench


# --- speaking --------------------------------------------------------------------------------


def test_each_beat_is_said_on_both_paths() -> None:
    bench = well()
    since_s = bench.now_s
    bench.run(2.0)
    sent = bench.asked(SendBeat, since_s)
    assert len(said(bench, since_s)) == pytest.approx(2.0 / PROFILE.beat_s, abs=1)
    for path in PATHS:
        sequences = [each.beat.sequence for each in sent if each.path == path]
        assert sequences == [each.sequence for each in said(bench, since_s)]
        assert sequences == sorted(set(sequences))


def test_a_beat_says_who_by_which_plan_and_what_is_owned() -> None:
    beat = said(well())[-1]
    assert (beat.sender, beat.plan) == (ME, PLAN.hash)
    assert dict(beat.terms) == dict.fromkeys(OWN, Term(1, 1))


def test_each_path_has_an_echo_of_its_own() -> None:
    bench = well()
    fibre, _ = bench.peer.speak()
    bench.tell(fibre)
    bench.peer.speaks = False
    bench.run(0.3)
    last = {each.path: each.beat.echo for each in bench.asked(SendBeat)}
    assert isinstance(fibre, Heard)
    assert last[PATHS[0]] == Echo(bench.peer.me, fibre.beat.sequence)
    assert last[PATHS[1]] == Echo(bench.peer.me, fibre.beat.sequence - 1)


def test_a_beat_says_what_could_be_taken_here_and_how_far_its_copy_is() -> None:
    bench = well()
    assert dict(said(bench)[-1].ready) == {"archive": HERE, "dispatch": HERE}
    bench.positions["archive"] = HERE._replace(lsn=0)
    assert dict(said(bench.run(0.5))[-1].ready) == {"dispatch": HERE}


def test_a_promise_is_asked_for_only_where_a_renewal_is_overdue_and_a_door_is_open() -> None:
    bench = well()
    assert not any(beat.asks for beat in said(bench))
    silent_register(bench).run(3.0)
    asking = [at_s for at_s, each in bench.done if isinstance(each, SendBeat) and each.beat.asks]
    confirmed_s = bench.agent.state.session.confirmed_s
    assert confirmed_s is not None
    assert confirmed_s + ASKING_S < asking[0] < confirmed_s + ASKING_S + 2 * PROFILE.beat_s
    assert asking[-1] < confirmed_s + LENGTH_S
    assert not bench.opened()


# --- giving a promise ------------------------------------------------------------------------


def asked() -> Bench:
    bench = well()
    bench.peer.said = Said(asks=True)
    return bench


def test_who_asks_is_promised_against_his_newest_beat() -> None:
    bench = asked().run(1.0)
    promise = said(bench)[-1].promise
    newest = bench.agent.state.senses.newest
    assert newest is not None
    assert promise == Promise(Echo(bench.peer.me, newest.beat.sequence), LEASE, frozenset())
    until_s = bench.agent.state.given.until_s("dispatch")
    assert until_s == newest.heard_s + wait_s(LEASE)


def test_who_does_not_ask_is_promised_nothing() -> None:
    bench = well()
    assert {beat.promise for beat in said(bench)} == {None}


def test_who_asked_and_is_silent_now_is_promised_nothing() -> None:
    bench = asked().run(1.0)
    bench.peer.speaks = False
    bench.run(PROFILE.silence_s + 0.1)
    assert {beat.promise for beat in said(bench, bench.run(1.0).now_s - 1.0)} == {None}


def test_a_promise_is_as_long_as_the_longer_lease_of_the_two() -> None:
    bench = asked()
    bench.peer.lease = replace(LEASE, length_s=10.0)
    promise = said(bench.run(2.0))[-1].promise
    assert promise is not None
    assert promise.lease == bench.peer.lease


def test_nothing_is_promised_that_a_later_life_would_not_know_of() -> None:
    bench = Bench(memory=replace(MEMORY, promised_s=0.0))
    bench.disk_works = False
    bench.peer.said = Said(asks=True)
    assert {beat.promise for beat in said(bench.settle())} == {None}
    bench = Bench(memory=replace(MEMORY, promised_s=0.0))
    bench.peer.said = Said(asks=True)
    assert said(bench.settle())[-1].promise is not None


def promises(bench: Bench, for_s: float) -> set[bool]:
    """Whether its beats of the next while bear promises."""
    since_s = bench.now_s
    return {beat.promise is not None for beat in said(bench.run(for_s), since_s)}


def test_a_clone_promises_nothing_while_another_life_holds_its_centres_lease() -> None:
    """Its word would bind nobody: the other life may take what it promised to leave alone."""
    bench = asked()
    clone = bench.restarted(ME._replace(boot="boot-b", life="life-b"))
    assert promises(clone, 1.0) == {False}
    clone.run(2 * wait_s(LEASE))  # the other life writes no more, and its lease runs out
    assert promises(clone, 1.0) == {True}


def test_who_knows_of_no_lease_promises_only_on_the_machine_that_its_memory_is_from() -> None:
    for boot, bound in ((ME.boot, True), ("another", False)):
        bench = silent_register(Bench(memory=replace(MEMORY, boot=boot)))
        bench.peer.said = Said(asks=True)
        bench.run(1.0)
        assert promises(bench, 1.0) == {bound}


def waits_for_promise() -> Bench:
    bench = well()
    bench.fate = Fate.LOST
    bench.wait_for(lambda: bench.asked(Arm)[-1].name.startswith("beat"), limit_s=5.0)
    bench.fate = Fate.DONE
    return bench


def test_a_late_renewal_does_not_undo_what_waits_for_a_promise() -> None:
    bench = waits_for_promise()
    bench.answer_s = 0.2
    since_s = bench.now_s
    bench.run(LEASE.length_s / REARM_SHARE - 0.1)
    assert len(bench.asked(Commit, since_s)) > 1
    assert bench.asked(Arm, since_s) == []
    assert bench.agent.state.asks(bench.now_s)  # the register answers, and prolongs no door
    assert bench.run(LEASE.length_s + 1.0).opened() == OWN


def test_a_register_that_answers_at_once_again_prolongs_the_doors_without_a_promise() -> None:
    bench = waits_for_promise()
    since_s = bench.now_s
    bench.run(1.0)
    assert not bench.agent.state.asks(bench.now_s)
    assert len(bench.asked(Commit, since_s)) <= 3 + 1.0 / PROFILE.renewal_s
    assert bench.run(10.0).opened() == OWN


def test_what_a_person_ordered_to_be_taken_is_not_promised() -> None:
    bench = asked()
    bench.peer.owns(DISPATCH)
    bench.register.write(order_key("dispatch"), order(OrderKind.TAKEOVER, "dc-a"))
    promise = said(bench.run(0.6))[-1].promise
    assert promise is not None
    assert promise.besides == {"dispatch"}


def test_while_a_take_is_of_unknown_fate_its_group_is_not_promised() -> None:
    bench = well()
    bench.fates["owner"] = Fate.LOST
    bench.peer.owns(DISPATCH, epoch=2, state=OwnerState.SURRENDERED)
    bench.peer.said = Said(asks=True)
    bench.run(1.0)
    promise = said(bench)[-1].promise
    assert promise is not None
    assert promise.besides == {"dispatch"}
    bench.fates.clear()
    promise = said(bench.run(1.5))[-1].promise
    assert promise is not None
    assert promise.besides == frozenset()


# --- using a promise -------------------------------------------------------------------------


def carried(for_s: float = 10.0) -> Bench:
    """The register is silent, and the other centre's promise keeps the doors open."""
    bench = silent_register(well())
    bench.peer.promises = True
    for _ in range(int(for_s * 10)):
        assert bench.run(0.1).opened() == OWN
    return bench


def test_a_register_that_is_silent_closes_nothing_while_the_centres_hear_each_other() -> None:
    bench = carried(60.0)
    bench.fate = Fate.DONE
    bench.looks = True
    for _ in range(20):
        assert bench.run(0.1).opened() == OWN


@pytest.mark.parametrize("guard_s", [0.001, 0.05, 0.15, 0.19, 0.25, 0.39, 0.5, 0.6])
@pytest.mark.parametrize("stop_s", [0.05, 0.31, 0.62, 0.93, 1.24, 1.55])
def test_doors_are_closed_before_the_promise_that_carried_them_is_over(
    guard_s: float, stop_s: float
) -> None:
    """However slow the guard: what counts is the beat that the other centre promised against."""
    bench = silent_register(well())
    bench.peer.promises = True
    bench.run(0.5)
    leased_s = (bench.agent.state.session.confirmed_s or 0.0) + wait_s(LEASE)
    bench.guard_s = guard_s
    bench.run(stop_s)
    bench.peer.speaks = False
    for _ in range(60):
        bench.run(0.05)
        assert not bench.opened() or bench.now_s < max(bench.peer.bound_s, leased_s)


def test_a_promise_that_comes_late_is_worth_no_more() -> None:
    bench = silent_register(well())
    bench.run(ASKING_S + 0.4)
    (at_s, beat), *_ = [each for each in bench.peer.heard if each[1].asks]
    bench.run(at_s + LENGTH_S - 0.3 - bench.now_s)
    promise = bench.peer.promise(Echo(ME, beat.sequence))
    for event in bench.peer.speak(promise):
        bench.tell(event)
    bench.peer.speaks = False
    assert bench.run(5.0).opened() == set()


def test_a_promise_opens_nothing_that_is_closed() -> None:
    bench = silent_register(well())
    bench.run(LENGTH_S + 0.5)
    bench.peer.promises = True
    assert bench.run(5.0).opened() == set()


def used(bench: Bench, promise: Promise) -> bool:
    """Whether a promise at this moment carries a door beyond the lease."""
    for event in bench.peer.speak(promise):
        bench.tell(event)
    bench.peer.speaks = False
    confirmed_s = bench.agent.state.session.confirmed_s
    assert confirmed_s is not None
    return bench.run(confirmed_s + LENGTH_S + 0.1 - bench.now_s).opened() == OWN


def asking() -> tuple[Bench, int]:
    """The agent asks; the number of the beat for which kernel time runs."""
    bench = silent_register(well())
    bench.wait_for(lambda: bench.peer.heard[-1][1].asks)
    return bench, bench.peer.heard[-1][1].sequence


def test_a_promise_is_good_for_the_beat_that_it_echoes_and_for_later_ones() -> None:
    bench, sequence = asking()
    assert used(bench, Promise(Echo(ME, sequence), LEASE, frozenset()))
    bench, sequence = asking()
    assert used(bench, Promise(Echo(ME, sequence + 1), LEASE, frozenset()))


@pytest.mark.parametrize(
    ("sender", "older_by", "length_s"),
    [
        (ME, 1, LENGTH_S),
        (ME._replace(life="earlier"), 0, LENGTH_S),
        (ME, 0, LENGTH_S - 0.1),
    ],
    ids=["an older beat", "another life's beat", "a shorter lease"],
)
def test_another_promise_carries_nothing(sender: object, older_by: int, length_s: float) -> None:
    bench, sequence = asking()
    assert isinstance(sender, type(ME))
    lease = replace(LEASE, length_s=length_s)
    assert not used(bench, Promise(Echo(sender, sequence - older_by), lease, frozenset()))


def test_a_promise_that_was_not_asked_for_carries_nothing() -> None:
    bench = well()
    sequence = bench.peer.heard[-1][1].sequence
    silent_register(bench)
    assert not used(bench, Promise(Echo(ME, sequence), LEASE, frozenset()))


def test_a_group_that_is_not_promised_closes() -> None:
    bench = silent_register(well())
    bench.peer.promises = True
    bench.peer.besides = frozenset(("imaging",))
    assert bench.run(5.0).opened() == {"records-1"}


def test_kernel_time_is_started_anew_where_no_promise_comes() -> None:
    bench = silent_register(well())
    since_s = bench.now_s
    bench.run(ASKING_S + 1.2)
    armed = [
        at_s
        for at_s, each in bench.done
        if isinstance(each, Arm) and at_s > since_s and each.name.startswith("beat")
    ]
    assert len(armed) == 2
    assert armed[1] - armed[0] > LENGTH_S / 3


def test_a_guard_that_arms_late_gets_a_beat_of_a_new_number() -> None:
    """The one that it was armed for may have been heard: a promise to that would be too early."""
    bench = silent_register(well())
    bench.guard_s = 0.3
    bench.run(ASKING_S + 1.0)
    sequences = [beat.sequence for beat in said(bench)]
    assert sequences == sorted(set(sequences))


def test_a_renewal_that_waits_for_the_guard_is_not_disturbed() -> None:
    bench = well()
    bench.guard_s = 0.35
    for _ in range(50):
        assert bench.run(0.1).opened() == OWN


def test_a_dead_guard_is_asked_for_nothing_and_the_beats_go_on() -> None:
    bench = silent_register(well()).run(0.5)
    bench.tell(GuardState(alive=False))
    since_s = bench.now_s
    bench.run(1.0)
    assert bench.asked(Arm, since_s) == []
    assert len(said(bench, since_s)) >= 4


def test_a_beat_that_is_not_the_newest_says_nothing() -> None:
    bench = well()
    old = bench.peer.speak()[0]
    bench.run(0.3)
    assert isinstance(old, Heard)
    outdated = replace_terms(old, (("imaging-1", Term(9, 9)),))
    bench.tell(outdated)
    assert "imaging-1" in bench.opened()


def replace_terms(heard: Heard, terms: tuple[tuple[str, Term], ...]) -> Heard:
    return replace(heard, beat=replace(heard.beat, terms=terms))


def test_who_hears_of_a_higher_term_closes() -> None:
    """The register here may be a copy that went back."""
    bench = well()
    bench.peer.said = Said(terms=(("imaging-1", Term(1, 2)),))
    bench.run(0.3)
    assert bench.opened() == {"records-1"}
    assert bench.asked(Commit)


def test_who_hears_of_a_term_that_he_knows_does_not() -> None:
    bench = well()
    bench.peer.said = Said(terms=(("imaging-1", Term(1, 1)),))
    assert bench.run(1.0).opened() == OWN
