"""What the witness knows of a centre, and that it never accuses one for its own absence."""

from __future__ import annotations

import asyncio
import dataclasses
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from failover.wire import WitnessEndpoint
from failover.wire.refusal import Refused
from failover.wire.witness import Reach
from tests.failover.register.loops import in_no_time
from tests.failover.wire.places import WITNESS, HandTurned, Places

PROFILE = Places().plan.plan.profile
BEAT_S, SILENCE_S = PROFILE.beat_s, PROFILE.silence_s


def reach() -> Reach:
    return Reach(PROFILE, Random(1).randbytes)


def test_nothing_is_known_before_the_first_silence_is_over() -> None:
    found = reach()
    assert found.reaches(0.0) is None
    beats = int(SILENCE_S / BEAT_S)
    for beat in range(beats + 1):
        found.probe(beat * BEAT_S)
        assert found.reaches(beat * BEAT_S) is None
    found.probe((beats + 1) * BEAT_S)
    assert found.reaches((beats + 1) * BEAT_S) is False


def test_an_answer_holds_from_the_sending_of_its_probe() -> None:
    found = reach()
    nonce = found.probe(0.0)
    found.answered(nonce, 0.9 * SILENCE_S)
    assert found.reaches(SILENCE_S) is True
    assert found.reaches(SILENCE_S + 0.01) is not True
    with pytest.raises(Refused):
        found.answered(nonce, SILENCE_S)


@given(st.lists(st.tuples(st.floats(0.01, 1.0), st.booleans()), max_size=40))
def test_it_accuses_only_after_it_has_watched_for_a_silence(
    steps: list[tuple[float, bool]],
) -> None:
    found, now_s, watched_s, answered_s, before_s = reach(), 0.0, 0.0, float("-inf"), 0.0
    for gap_s, answers in steps:
        now_s += gap_s
        if now_s > before_s + 3 * BEAT_S or before_s == 0.0:
            watched_s = now_s
        before_s = now_s
        nonce = found.probe(now_s)
        if answers:
            found.answered(nonce, now_s)
            answered_s = now_s
        reaches = found.reaches(now_s)
        assert (reaches is True) == (now_s <= answered_s + SILENCE_S)
        if reaches is False:
            assert now_s > watched_s + SILENCE_S


@in_no_time
async def test_probes_go_out_each_beat() -> None:
    """Sockets stay closed: what is counted is that it was tried."""
    places, loop = Places(), asyncio.get_running_loop()
    outside = dataclasses.replace(HandTurned().outside(), clock=loop.time)
    witness = WitnessEndpoint(places.plan, WITNESS, places.keyring(WITNESS), outside)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(10.5 * BEAT_S):
            await witness.run()
    assert witness.post.counts.unsent["health", "closed"] == 2 * 11
