"""The witness and the observers on real sockets, as the centres hear them."""

from __future__ import annotations

import pytest

from failover.core.effects import Observed, SendBeat, Witnessed
from failover.core.messages import Report
from failover.wire import (
    ObserverEndpoint,
    Reason,
    WireProblem,
)
from failover.wire.envelope import Kind
from failover.wire.keys import Keyring
from failover.wire.lives import CHALLENGE_PACE_S
from failover.wire.report_code import encode_answer
from tests.failover.register.loops import on_loop
from tests.failover.wire.net import FIBRE, HEALTH, Net
from tests.failover.wire.places import (
    OBSERVER,
    OTHER_OBSERVER,
    WITNESS,
    A,
    B,
    Places,
    beat,
    until,
)

# --- the witness ---------------------------------------------------------------------------


@on_loop
async def test_the_witness_tells_whether_it_reaches_the_other_centre(net: Net) -> None:
    a, b, witness = net.centre(A), net.centre(B), net.witness()
    witness.probe()
    await until(lambda: witness.reaches(A) is True and witness.reaches(B) is True)
    a.ask_witness()
    assert await net.told[A].get() == Witnessed(reaches=True)
    b.post.close()
    for _ in range(8):
        net.turned.now_s += 0.2
        witness.probe()
    assert witness.reaches(B) is False
    a.ask_witness()
    assert await net.told[A].get() == Witnessed(reaches=False)


@on_loop
async def test_a_beat_on_the_health_path_takes_a_question_along(net: Net) -> None:
    a, witness = net.centre(A), net.witness()
    for path in (FIBRE, HEALTH, FIBRE):
        a.send(SendBeat(path, beat(net.places)))
    await until(lambda: witness.post.counts.received[HEALTH, "ask"] == 1)
    assert a.post.counts.sent[HEALTH, "ask"] == 1


@on_loop
async def test_a_witness_that_does_not_know_keeps_silent(net: Net) -> None:
    a, witness = net.centre(A), net.witness()
    a.ask_witness()
    await until(lambda: witness.post.counts.received[HEALTH, "ask"] == 1)
    witness.probe()
    await until(lambda: witness.reaches(A) is True)
    assert witness.reaches(B) is None
    assert net.told[A].empty()


@on_loop
async def test_recorded_and_late_words_of_the_witness_say_nothing(net: Net) -> None:
    a, witness = net.centre(A), net.witness()
    nonce = a._questions.ask(net.turned.now_s)
    witness.post.send(Kind.TELL, HEALTH, A, encode_answer(nonce, reaches=True))
    assert await net.told[A].get() == Witnessed(reaches=True)
    witness.post.send(Kind.TELL, HEALTH, A, encode_answer(nonce, reaches=True))
    late = a._questions.ask(net.turned.now_s)
    net.turned.now_s += net.places.plan.plan.profile.silence_s + 0.1
    witness.post.send(Kind.TELL, HEALTH, A, encode_answer(late, reaches=True))
    await until(lambda: a.post.counts.refused[HEALTH, Reason.UNASKED] == 2)
    assert net.told[A].empty()


@on_loop
async def test_what_is_nobodys_business_there_is_refused(net: Net) -> None:
    a, witness, observer = net.centre(A), net.witness(), net.observer()
    for name, post in ((WITNESS, witness.post), (OBSERVER, observer.post)):
        a.post.send(Kind.BEAT, HEALTH, name, bytes(16))
        counts = post.counts
        await until(lambda counts=counts: counts.refused[HEALTH, Reason.UNENTITLED] == 1)  # type: ignore[misc]  # bound now
    net.centre(B).post.send(Kind.ASK, HEALTH, A, bytes(16))
    await until(lambda: a.post.counts.refused[HEALTH, Reason.UNENTITLED] == 1)


# --- observers -----------------------------------------------------------------------------


@on_loop
async def test_reports_arrive_at_both_centres(net: Net) -> None:
    a, b, observer = net.centre(A), net.centre(B), net.observer()
    observer.report({A}, (), uplink=True)
    await until(lambda: a.knows(OBSERVER) and b.knows(OBSERVER))
    observer.report({A, B}, {B}, uplink=False)
    said = Report(OBSERVER, 2, frozenset({A, B}), frozenset({B}), uplink=False)
    assert await net.told[A].get() == await net.told[B].get() == Observed(said)


@on_loop
async def test_an_observer_that_was_restarted_is_heard_with_rising_numbers(net: Net) -> None:
    a, observer = net.centre(A), net.observer()
    observer.report({A}, (), uplink=True)
    await until(lambda: a.knows(OBSERVER))
    for _ in range(3):
        observer.report({A}, (), uplink=True)
        await net.told[A].get()
    recorded = observer.post._door.seal(Kind.REPORT, HEALTH, A, b"\7\1\0")[1]
    observer.post.close()
    net.turned.now_s += CHALLENGE_PACE_S
    later, known = net.observer(), a._lives[OBSERVER].life
    later.report((), (), uplink=True)
    await until(lambda: a._lives[OBSERVER].life != known)
    later.post._sockets[HEALTH].send(net.address(A, HEALTH), recorded)
    later.report((), (), uplink=True)
    told = await net.told[A].get()
    assert told == Observed(Report(OBSERVER, 6, frozenset(), frozenset(), uplink=True))
    assert a.post.counts.refused[HEALTH, Reason.REPLAYED] == 1


@on_loop
async def test_what_an_observer_cannot_say_is_counted(net: Net) -> None:
    observer = net.observer()
    observer.report({A}, {B}, uplink=True)
    assert observer.post.counts.unsent[HEALTH, "unsayable"] == 2


def test_who_is_not_in_the_plan_does_not_start() -> None:
    places = Places()
    with pytest.raises(WireProblem, match="the plan has no observer `nobody`"):
        ObserverEndpoint(places.plan, "nobody", places.keyring(OBSERVER))
    with pytest.raises(WireProblem, match="no key for `dc-a`"):
        ObserverEndpoint(places.plan, OTHER_OBSERVER, Keyring({}))
