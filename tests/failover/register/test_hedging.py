"""Which server is asked when, and which answer counts: in orders that real servers seldom show."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from failover.core.transaction import (
    ABSENT,
    Cell,
    Committed,
    Compare,
    Put,
    Refused,
    Transaction,
    Unknown,
)
from failover.register.etcd import EtcdRegister
from failover.register.etcd_wire import commit_text
from failover.register.hedging import Failure, Pace
from tests.failover.register.loops import JumpingLoop, in_no_time
from tests.failover.register.registers import change
from tests.failover.register.scripted import (
    BROKEN,
    CLUSTER_ID,
    LOST,
    UNANSWERED,
    ScriptedGateway,
    SmallEtcd,
    Step,
    endpoints,
)

NAMES = ("own", "witness", "other")
OURS = change("cell", 0, b"our nonce")
FINE = Step()


def scripted(
    etcd: SmallEtcd, *scripts: Sequence[Step], cluster_id: int | None = None
) -> tuple[EtcdRegister, ScriptedGateway]:
    names = NAMES[: len(scripts)]
    gateway = ScriptedGateway(etcd, dict(zip(names, scripts, strict=True)))
    return EtcdRegister(gateway, endpoints(names), cluster_id=cluster_id), gateway


def times(gateway: ScriptedGateway) -> list[tuple[float, str]]:
    return [(time, name) for time, name, _ in gateway.asked]


@in_no_time
async def test_an_answer_in_time_leaves_the_others_alone() -> None:
    register, gateway = scripted(SmallEtcd(), [FINE], [FINE], [FINE])
    assert await register.commit(OURS, timeout_s=1) == Committed(2)
    assert times(gateway) == [(0.0, "own")]


@in_no_time
async def test_the_next_is_asked_when_the_first_is_slow() -> None:
    register, gateway = scripted(SmallEtcd(), [LOST], [LOST], [FINE])
    assert await register.commit(OURS, timeout_s=1) == Committed(2)
    assert times(gateway) == [(0.0, "own"), (0.1, "witness"), (0.2, "other")]


@in_no_time
async def test_the_next_is_asked_at_once_when_the_first_fails() -> None:
    register, gateway = scripted(SmallEtcd(), [BROKEN], [FINE], [FINE])
    await register.commit(OURS, timeout_s=1)
    assert times(gateway) == [(0.0, "own"), (0.001, "witness")]


@in_no_time
async def test_nobody_is_asked_again_within_a_hedge() -> None:
    register, gateway = scripted(SmallEtcd(), [BROKEN], [BROKEN], [BROKEN])
    assert await register.commit(OURS, timeout_s=0.25) == Unknown(
        "own: broken; witness: broken; other: broken"
    )
    assert times(gateway) == [
        (0.0, "own"), (0.001, "witness"), (0.002, "other"),
        (0.1, "own"), (0.101, "witness"), (0.102, "other"),
        (0.2, "own"), (0.201, "witness"), (0.202, "other"),
    ]  # fmt: skip


@in_no_time
async def test_a_try_has_its_own_deadline_and_the_same_question_goes_round_again() -> None:
    register, gateway = scripted(SmallEtcd(), [LOST, FINE], [LOST], [LOST])
    assert await register.commit(OURS, timeout_s=1) == Committed(2)
    assert times(gateway) == [(0.0, "own"), (0.1, "witness"), (0.2, "other"), (0.3, "own")]
    assert len({body for _, _, body in gateway.asked}) == 1
    assert sorted(gateway.cancelled) == ["other", "own", "witness"]


@in_no_time
async def test_an_answer_lost_and_then_refused_with_our_own_value_is_ours() -> None:
    etcd = SmallEtcd()
    register, gateway = scripted(etcd, [UNANSWERED], [FINE], [FINE])
    assert await register.commit(OURS, timeout_s=1) == Committed(2)
    assert times(gateway) == [(0.0, "own"), (0.1, "witness")]
    assert etcd.history[b"cell"] == [b"our nonce"]


@in_no_time
async def test_an_answer_that_comes_after_the_hedge_counts_too() -> None:
    register, gateway = scripted(SmallEtcd(), [Step(answered_s=0.12)], [LOST], [FINE])
    assert await register.commit(OURS, timeout_s=1) == Committed(2)
    assert times(gateway) == [(0.0, "own"), (0.1, "witness")]
    assert gateway.cancelled == ["witness"]
    assert asyncio.get_running_loop().time() == pytest.approx(0.12, abs=1e-3)  # not waited for


@in_no_time
async def test_an_answer_that_comes_after_a_later_one_failed_counts_too() -> None:
    register, _ = scripted(SmallEtcd(), [Step(answered_s=0.14)], [BROKEN], [LOST])
    assert await register.commit(OURS, timeout_s=1) == Committed(2)


@in_no_time
async def test_two_answers_in_one_moment_are_one() -> None:
    etcd = SmallEtcd()
    register, _ = scripted(
        etcd, [Step(carried_out_s=0.11, answered_s=0.12)], [Step(0.01, 0.02)], [FINE]
    )
    assert await register.commit(OURS, timeout_s=1) == Committed(2)
    assert etcd.history[b"cell"] == [b"our nonce"]


@in_no_time
async def test_refused_where_another_won_while_our_first_try_was_lost() -> None:
    etcd = SmallEtcd()
    register, _ = scripted(etcd, [LOST], [FINE], [FINE])
    etcd.put("cell", b"their nonce")
    assert await register.commit(OURS, timeout_s=1) == Refused({"cell": Cell(b"their nonce", 2)})


@in_no_time
async def test_a_late_try_writes_nothing_after_a_refusal() -> None:
    etcd = SmallEtcd()
    late = Step(carried_out_s=5.0, answered_s=None)
    register, _ = scripted(etcd, [late], [FINE], [FINE])
    etcd.put("cell", b"their nonce")
    assert isinstance(await register.commit(OURS, timeout_s=1), Refused)
    await asyncio.sleep(10)
    assert etcd.history[b"cell"] == [b"their nonce"]


@in_no_time
async def test_unknown_may_be_written_later_and_the_next_try_says_so() -> None:
    etcd = SmallEtcd()
    late = Step(carried_out_s=5.0, answered_s=None)
    register, _ = scripted(etcd, [late, FINE], [LOST, FINE], [LOST, FINE])
    assert await register.commit(OURS, timeout_s=0.24) == Unknown(
        "own: no answer in 150 ms; witness: no answer yet; other: no answer yet"
    )
    assert await register.read(("cell",), timeout_s=1) == {"cell": ABSENT}
    await asyncio.sleep(10)
    assert await register.commit(OURS, timeout_s=1) == Committed(2)
    assert etcd.history[b"cell"] == [b"our nonce"]


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (b"", "not JSON"),
        (b"[]", "without what it should hold"),
        (b"{}", "0 cells for 1"),
        (b'{"succeeded": true}', "0 cells for 1"),
        (b'{"responses": [{"response_range": {}}]}', "as it should be"),
    ],
)
def test_an_answer_that_makes_no_sense_is_a_failed_try(answer: bytes, why: str) -> None:
    @in_no_time
    async def run() -> None:
        odd = Step(carried_out_s=None, answer=answer)
        register, gateway = scripted(SmallEtcd(), [odd], [FINE])
        assert await register.commit(OURS, timeout_s=1) == Committed(2)
        assert times(gateway) == [(0.0, "own"), (0.001, "witness")]
        register, _ = scripted(SmallEtcd(), [odd])
        outcome = await register.commit(OURS, timeout_s=0.1)
        assert isinstance(outcome, Unknown)
        assert why in outcome.why

    run()


@in_no_time
async def test_the_answer_to_another_transaction_is_not_taken_for_ours() -> None:
    stale = SmallEtcd().carry_out(commit_text(change("cell", 0, b"an older nonce")))
    register, _ = scripted(SmallEtcd(), [Step(answer=stale)])
    assert await register.commit(OURS, timeout_s=0.2) == Unknown(
        "own: the answer to another transaction"
    )


@in_no_time
async def test_another_cluster_is_not_believed() -> None:
    register, _ = scripted(SmallEtcd(), [FINE], cluster_id=CLUSTER_ID + 1)
    assert await register.commit(OURS, timeout_s=0.2) == Unknown(
        "own: an answer of another cluster"
    )


@in_no_time
async def test_who_is_cancelled_cancels_its_tries() -> None:
    register, gateway = scripted(SmallEtcd(), [LOST], [LOST], [LOST])
    call = asyncio.ensure_future(register.commit(OURS, timeout_s=10))
    await asyncio.sleep(0.12)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert sorted(gateway.cancelled) == ["own", "witness"]


@in_no_time
async def test_reading_and_looking_say_how_fresh_they_must_be() -> None:
    register, gateway = scripted(SmallEtcd(), [FINE])
    await register.look(("cell",), timeout_s=1)
    await register.read(("cell",), timeout_s=1)
    looked, read = (body for _, _, body in gateway.asked)
    assert b'"serializable":true' in looked
    assert b'"serializable":false' in read


@pytest.mark.parametrize("pace", [(0.0, 0.1), (0.1, 0.0), (-1.0, 0.1)])
def test_a_pace_takes_time(pace: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="take time"):
        Pace(*pace)


@pytest.mark.parametrize("names", [[], ["own", "own"]])
def test_endpoints_have_names(names: list[str]) -> None:
    with pytest.raises(ValueError, match="names of their own"):
        EtcdRegister(ScriptedGateway(SmallEtcd(), {}), endpoints(names))


MOMENTS = st.one_of(st.none(), st.floats(0, 1.2))
STEPS = st.builds(
    Step,
    carried_out_s=MOMENTS,
    answered_s=MOMENTS,
    answer=st.one_of(st.none(), st.just(Failure("broken"))),
)
SCRIPTS = st.lists(STEPS, min_size=1, max_size=5)


def sane(step: Step) -> Step:
    """A true answer comes after the question was carried out, or not at all."""
    if step.answer is None and step.carried_out_s is None:
        return LOST
    return step


@given(
    scripts=st.lists(SCRIPTS, min_size=1, max_size=3),
    rival_at=st.one_of(st.none(), st.floats(0, 3)),
    timeout_s=st.floats(0, 1.5),
)
def test_no_order_of_losses_and_delays_makes_a_false_answer(
    scripts: list[list[Step]], rival_at: float | None, timeout_s: float
) -> None:
    etcd = SmallEtcd()
    transaction = Transaction(
        (Compare("cell", 0), Compare("guard", 0)), (Put("cell", b"our nonce"),)
    )

    async def run() -> None:
        register, gateway = scripted(etcd, *([sane(step) for step in steps] for steps in scripts))
        if rival_at is not None:
            asyncio.get_running_loop().call_later(rival_at, etcd.put, "cell", b"their nonce")
        outcome = await register.commit(transaction, timeout_s=timeout_s)
        history = list(etcd.history[b"cell"])
        most = len(scripts) * (1 + timeout_s / Pace().hedge_s)
        assert len(gateway.asked) <= most + 1e-6
        await asyncio.sleep(10)  # what is under way arrives
        assert etcd.history[b"cell"].count(b"our nonce") <= 1
        match outcome:
            case Committed():
                assert b"our nonce" in history
            case Refused():
                assert history[-1] == b"their nonce"
                assert etcd.history[b"cell"] == history
            case Unknown(why):
                assert why

    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        runner.run(run())
