"""The centres' endpoints on real sockets: what is said arrives as events, and nothing else."""

from __future__ import annotations

import dataclasses
import time
from contextlib import closing

import pytest
from msgspec.structs import replace

from failover.core.effects import Heard, SendBeat
from failover.core.messages import PATHS
from failover.wire import (
    CentreEndpoint,
    Reason,
    Told,
    WireProblem,
    boot_time_s,
)
from failover.wire.beat_code import Codebook, Talk, encode_beat
from failover.wire.envelope import BYTES_MAX, Envelope, Kind, seal
from failover.wire.keys import Keyring, Keys
from failover.wire.lives import CHALLENGE_GOOD_S, CHALLENGE_PACE_S
from failover.wire.udp import BATCH
from tests.failover.register.loops import on_loop
from tests.failover.wire.net import FIBRE, HEALTH, Net, forgotten, introduced
from tests.failover.wire.places import (
    WITNESS,
    A,
    B,
    beat,
    keys_of,
    secret,
    until,
)


@on_loop
async def test_beats_arrive_on_both_paths(net: Net) -> None:
    a, b = net.centre(A), net.centre(B)
    await introduced(net, a, b)
    for path in PATHS:
        said = beat(net.places, 2)
        a.send(SendBeat(path, said))
        assert await net.told[B].get() == Heard(path, said)
    assert b.post.counts.received[FIBRE, "beat"] == 1
    assert a.post.counts.sent[FIBRE, "beat"] == 1
    assert b.post.counts.refused == {(HEALTH, Reason.UNPROVEN): 1}
    assert net.told[A].empty()


@on_loop
async def test_a_life_can_answer_on_one_path_while_the_other_carries_nothing_back(net: Net) -> None:
    """The fibre works towards B alone: B's questions on it are lost, those on the other are not."""
    a, b = net.centre(A), net.centre(B)
    a.post._sockets[FIBRE]._received = forgotten
    for path in PATHS:  # in this order: the fibre's question comes first
        a.send(SendBeat(path, beat(net.places)))
    await until(lambda: b.knows(A))
    said = beat(net.places, 2)
    a.send(SendBeat(FIBRE, said))
    assert await net.told[B].get() == Heard(FIBRE, said)


@on_loop
async def test_a_restarted_centre_is_heard_and_its_earlier_life_no_more(net: Net) -> None:
    a, b = net.centre(A), net.centre(B)
    await introduced(net, a, b)
    a.post.close()
    earlier = a.post._door.seal(Kind.BEAT, HEALTH, B, body(net, life="life-1"))[1]
    later = net.centre(A)
    net.turned.now_s += CHALLENGE_PACE_S
    known = b._lives[A].life
    later.send(SendBeat(HEALTH, beat(net.places, 1, life="life-2")))
    await until(lambda: b._lives[A].life != known)
    later.post._sockets[HEALTH].send(net.address(B, HEALTH), earlier)
    said = beat(net.places, 2, life="life-2")
    later.send(SendBeat(HEALTH, said))
    assert await net.told[B].get() == Heard(HEALTH, said)
    assert b.post.counts.refused[HEALTH, Reason.REPLAYED] == 1


@on_loop
async def test_a_recording_of_a_life_that_was_never_heard_is_refused(net: Net) -> None:
    """B was started since: without the question, the recording would make it deaf for A."""
    a = net.centre(A)
    recorded = [
        a.post._door.seal(Kind.BEAT, HEALTH, B, body(net, sequence))[1] for sequence in range(1, 4)
    ]
    a.post.close()
    later, b = net.centre(A), net.centre(B)
    await introduced(net, later, b)
    for datagram in recorded:
        net.turned.now_s += CHALLENGE_GOOD_S
        later.post._sockets[HEALTH].send(net.address(B, HEALTH), datagram)
    said = beat(net.places, 2, life="life-2")
    later.send(SendBeat(HEALTH, said))
    assert await net.told[B].get() == Heard(HEALTH, said)
    assert b.post.counts.refused[HEALTH, Reason.UNPROVEN] == 1 + len(recorded)


def body(net: Net, sequence: int = 1, *, life: str = "life-1") -> bytes:
    plan = net.places.plan.plan
    return encode_beat(beat(net.places, sequence, life=life), Talk(A, B), Codebook(plan))


@on_loop
async def test_wrong_datagrams_are_counted_and_the_good_one_behind_them_passes(net: Net) -> None:
    a, b = net.centre(A), net.centre(B)
    await introduced(net, a, b)
    b.post.counts.refused.clear()
    good = a.post._door.seal(Kind.BEAT, FIBRE, B, body(net, 2))[1]
    reflected = b.post._door.seal(Kind.BEAT, FIBRE, A, b"")[1]
    elsewhere = seal(Envelope(Kind.BEAT, FIBRE, bytes(16), A, WITNESS, b""), keys_of(A, B))
    forged = seal(Envelope(Kind.BEAT, FIBRE, bytes(16), A, B, b""), Keys(secret("guess")))
    other_plan = a.post._door.seal(Kind.BEAT, FIBRE, B, bytes(100))[1]
    other_path = a.post._door.seal(Kind.BEAT, HEALTH, B, body(net, 2))[1]
    target, fibre = net.address(B, FIBRE), a.post._sockets[FIBRE]
    for datagram in (forged, reflected, elsewhere, other_plan, other_path, good[:40], good * 20,
                     bytes(BYTES_MAX + 100)):  # fmt: skip
        assert fibre.send(target, datagram) == ""
    a.post._sockets[HEALTH].send(target, good)  # from the address of the other path
    net.stranger("127.254.254.1").sendto(good, target)
    fibre.send(target, good)
    assert isinstance(await net.told[B].get(), Heard)
    assert net.told[B].empty()
    assert dict(b.post.counts.refused) == {
        (FIBRE, Reason.FORGED): 3,
        (FIBRE, Reason.REFLECTED): 1,
        (FIBRE, Reason.NOT_FOR_US): 1,
        (FIBRE, Reason.OTHER_PLAN): 1,
        (FIBRE, Reason.WRONG_PATH): 2,
        (FIBRE, Reason.MALFORMED): 1,
        (FIBRE, Reason.STRANGE): 1,
    }
    assert b.post.counts.refusals(Reason.WRONG_PATH) == 2


@on_loop
async def test_keys_are_changed_while_beats_go_on(net: Net) -> None:
    a, b = net.centre(A), net.centre(B)
    await introduced(net, a, b)
    new = secret("new")
    old = keys_of(A, B).sends
    for number, (here, there) in enumerate(
        [(Keys(old, (new,)), Keys(old, (new,))), (Keys(new, (old,)), Keys(old, (new,))),
         (Keys(new), Keys(new, (old,)))], start=2,
    ):  # fmt: skip
        a.post.rekey(net.places.keyring(A, dc_b=here))
        b.post.rekey(net.places.keyring(B, dc_a=there))
        said = beat(net.places, number)
        a.send(SendBeat(FIBRE, said))
        assert await net.told[B].get() == Heard(FIBRE, said)
    with pytest.raises(WireProblem, match="no key for `witness-1`"):
        a.post.rekey(Keyring({B: Keys(new)}))


@on_loop
async def test_what_waited_while_the_process_stood_still_is_refused(net: Net) -> None:
    plan = net.places.plan.plan
    net.turned.wall_s = time.time
    a = net.centre(A)
    paused_s = 0.0
    net.turned.wall_s = lambda: time.time() + paused_s
    b = net.centre(B)
    await introduced(net, a, b)
    paused_s = 3 * plan.profile.beat_s + 0.1
    a.send(SendBeat(FIBRE, beat(net.places, 2)))
    await until(lambda: b.post.counts.refused[FIBRE, Reason.STALE] == 1)
    paused_s = -3600.0  # the clock was set back: nothing is older for that
    said = beat(net.places, 3)
    a.send(SendBeat(FIBRE, said))
    assert await net.told[B].get() == Heard(FIBRE, said)


# --- sending -------------------------------------------------------------------------------


@on_loop
async def test_what_cannot_be_sent_is_counted(net: Net) -> None:
    a = net.centre(A)
    fibre = a.post._sockets[FIBRE]
    assert fibre.send(("255.255.255.255", 9), b"x") == "EACCES"  # no broadcast
    assert fibre.send(("127.0.0.1", 9), bytes(70_000)) == "EMSGSIZE"
    a.send(SendBeat(FIBRE, replace(beat(net.places), sequence=-1)))
    a.post.close()
    a.post.close()
    a.send(SendBeat(HEALTH, beat(net.places)))
    closed = 2  # the beat, and the question to the witness that goes along
    assert dict(a.post.counts.unsent) == {(FIBRE, "unsayable"): 1, (HEALTH, "closed"): closed}


@on_loop
async def test_an_address_that_is_not_there_yet_keeps_nobody_from_starting(net: Net) -> None:
    """As when an agent starts while the cable is out."""
    sites = tuple(
        dataclasses.replace(site, addresses={**site.addresses, FIBRE: f"192.0.2.{number}"})
        for number, site in enumerate(net.places.plan.sites, start=1)
    )
    net.places.plan = dataclasses.replace(net.places.plan, sites=(sites[0], sites[1]))
    a, b = net.centre(A), net.centre(B)
    a.send(SendBeat(FIBRE, beat(net.places)))
    assert sum(a.post.counts.unsent.values()) == 1
    await introduced(net, a, b)


@on_loop
async def test_an_address_in_use_is_a_problem_and_leaves_nothing_open(net: Net) -> None:
    host, port = net.address(A, HEALTH)
    net.stranger(host)
    with pytest.raises(WireProblem) as caught:
        net.centre(A)
    assert str(caught.value) == (
        f"udp {host}:{port}: cannot be opened: Address already in use\n"
        "hint: another process has it: is an agent running already?"
    )
    with closing(net.stranger(net.address(A, FIBRE)[0])):
        pass


@on_loop
async def test_an_interface_that_is_not_there_is_a_problem(net: Net) -> None:
    outside = dataclasses.replace(net.turned.outside(), interfaces={FIBRE: "none-such"})
    keyring = net.places.keyring(A)
    a = CentreEndpoint(net.places.plan, A, keyring, net.told[A].put_nowait, outside)
    with pytest.raises(WireProblem, match=r"on none-such: cannot be opened: No such device"):
        net.open(a.post)
    for interface in ("lo", ""):
        outside = dataclasses.replace(outside, interfaces={FIBRE: interface})
        a = CentreEndpoint(net.places.plan, A, keyring, net.told[A].put_nowait, outside)
        net.open(a.post)
        a.post.close()


@on_loop
async def test_more_than_one_turn_takes_is_taken_in_the_next(net: Net) -> None:
    a, b = net.centre(A), net.centre(B)
    await introduced(net, a, b)
    for sequence in range(2, 2 * BATCH):
        a.send(SendBeat(FIBRE, beat(net.places, sequence)))
    for sequence in range(2, 2 * BATCH):
        assert await net.told[B].get() == Heard(FIBRE, beat(net.places, sequence))


@on_loop
async def test_who_closes_in_the_middle_hears_no_more(net: Net) -> None:
    a, b = net.centre(A), net.centre(B)
    await introduced(net, a, b)
    heard: list[Told] = []

    def close(told: Told) -> None:
        heard.append(told)
        b.post.close()

    b._tell = close
    for sequence in (2, 3):
        a.send(SendBeat(FIBRE, beat(net.places, sequence)))
    await until(lambda: bool(heard))
    assert heard == [Heard(FIBRE, beat(net.places, 2))]


def test_the_clock_counts_on() -> None:
    assert boot_time_s() <= boot_time_s()
