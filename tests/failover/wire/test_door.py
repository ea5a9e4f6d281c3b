"""Who is let in: every way to be wrong is refused under its own name, and the right one is not."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from failover.core.messages import PATHS
from failover.wire.directory import Role, Speaker, partners, speaker
from failover.wire.door import ENTITLED, Door, Letter
from failover.wire.envelope import (
    BYTES_MAX,
    LIFE_BYTES,
    SEAL_BYTES,
    VERSION,
    Envelope,
    Kind,
    seal,
    unseal,
)
from failover.wire.keys import Keyring, Keys
from failover.wire.problem import WireProblem
from failover.wire.refusal import Reason, Refused
from tests.failover.wire.places import (
    NAMES,
    OBSERVER,
    OTHER_OBSERVER,
    WITNESS,
    A,
    B,
    Places,
    keys_of,
    secret,
)

PLACES = Places()
PLAN = PLACES.plan
FIBRE, HEALTH = PATHS
LIFE = b"the life of A, 1"
assert len(LIFE) == LIFE_BYTES
ROLES = {A: Role.CENTRE, B: Role.CENTRE, WITNESS: Role.WITNESS, OBSERVER: Role.OBSERVER,
         OTHER_OBSERVER: Role.OBSERVER}  # fmt: skip
ME: Mapping[str, Speaker] = {name: speaker(PLAN, name, ROLES[name]) for name in NAMES}


def door(name: str, keyring: Keyring | None = None) -> Door:
    return Door(ME[name], partners(PLAN, ME[name]), keyring or PLACES.keyring(name), LIFE)


def sealed(keys: Keys | None = None, /, **changes: object) -> bytes:
    """A good beat of A to B over the fibre, but for the changes."""
    said = Envelope(Kind.BEAT, FIBRE, LIFE, A, B, b"body")._replace(**changes)  # type: ignore[arg-type]  # the test's own names
    return seal(said, keys or keys_of(said.sender, said.receiver))


def reason(datagram: bytes, source: tuple[str, int] | None = None, path: str = FIBRE) -> Reason:
    with pytest.raises(Refused) as caught:
        door(B).admit(path, source or ME[A].addresses[path], datagram)
    return caught.value.reason


@pytest.mark.parametrize("path", PATHS)
def test_the_good_one_is_let_in(path: str) -> None:
    address, datagram = door(A).seal(Kind.BEAT, path, B, b"body")
    assert address == ME[B].addresses[path]
    letter = door(B).admit(path, ME[A].addresses[path], datagram)
    assert letter == (Kind.BEAT, path, A, LIFE, b"body")


REFUSED: dict[str, tuple[Reason, Callable[[], bytes]]] = {
    "empty": (Reason.MALFORMED, lambda: b""),
    "another protocol": (Reason.MALFORMED, lambda: b"XX" + sealed()[2:]),
    "another version": (Reason.OTHER_VERSION, lambda: b"TF\x02" + sealed()[3:]),
    "too long": (Reason.MALFORMED, lambda: sealed() + bytes(BYTES_MAX)),
    "cut off": (Reason.FORGED, lambda: sealed()[:-1]),
    "lengthened": (Reason.FORGED, lambda: sealed() + b"\0"),
    "another key": (Reason.FORGED, lambda: sealed(Keys(secret("guess")))),
    "the key of another pair": (Reason.FORGED, lambda: sealed(keys_of(A, WITNESS))),
    "a change": (Reason.FORGED, lambda: sealed().replace(b"body", b"bodY")),
    "our own": (Reason.REFLECTED, lambda: sealed(sender=B, receiver=A)),
    "for another": (Reason.NOT_FOR_US, lambda: sealed(keys_of(A, B), receiver=WITNESS)),
    "from another": (Reason.NOT_FOR_US, lambda: sealed(keys_of(A, B), sender=WITNESS)),
    "another site's name": (Reason.NOT_FOR_US, lambda: sealed(keys_of(A, B), sender="dc-c")),
    "over the other path": (Reason.WRONG_PATH, lambda: sealed(path=HEALTH)),
    "a witness's word": (Reason.UNENTITLED, lambda: sealed(kind=Kind.TELL)),
    "an observer's word": (Reason.UNENTITLED, lambda: sealed(kind=Kind.REPORT)),
}


@pytest.mark.parametrize("case", REFUSED)
def test_the_wrong_ones_are_refused(case: str) -> None:
    expected, make = REFUSED[case]
    assert reason(make()) is expected


def test_a_good_one_from_another_address_is_refused() -> None:
    host, port = ME[A].addresses[FIBRE]
    assert reason(sealed(), (host, port + 1)) is Reason.STRANGE
    assert reason(sealed(), ("127.255.255.1", port)) is Reason.STRANGE
    assert reason(sealed(), ME[B].addresses[FIBRE]) is Reason.STRANGE
    assert reason(sealed(), ME[A].addresses[HEALTH]) is Reason.WRONG_PATH
    assert reason(sealed(), ME[A].addresses[FIBRE], HEALTH) is Reason.WRONG_PATH


@pytest.mark.parametrize("name", [WITNESS, OBSERVER])
def test_only_the_other_centre_speaks_over_the_fibre(name: str) -> None:
    assert reason(sealed(sender=name), ME[name].addresses[HEALTH], FIBRE) is Reason.WRONG_PATH


@pytest.mark.parametrize("sender", NAMES)
@pytest.mark.parametrize("receiver", NAMES)
@pytest.mark.parametrize("kind", Kind)
def test_each_says_what_is_its_to_say_to_whom_it_speaks_with(
    sender: str, receiver: str, kind: Kind
) -> None:
    if sender == receiver:
        return
    datagram = sealed(sender=sender, receiver=receiver, kind=kind, path=HEALTH)
    letter = read(receiver, sender, datagram)
    if Role.CENTRE not in (ROLES[sender], ROLES[receiver]):
        assert letter is Reason.STRANGE
    elif ROLES[sender] not in ENTITLED[kind]:
        assert letter is Reason.UNENTITLED
    else:
        assert letter == (kind, HEALTH, sender, LIFE, b"body")


def read(receiver: str, sender: str, datagram: bytes) -> Letter | Reason:
    try:
        return door(receiver).admit(HEALTH, ME[sender].addresses[HEALTH], datagram)
    except Refused as refused:
        return refused.reason


def test_every_kind_is_somebodys_to_say() -> None:
    assert set(ENTITLED) == set(Kind)


@given(st.binary(max_size=200), st.booleans())
def test_any_bytes_are_refused_without_a_key(content: bytes, begins_well: bool) -> None:
    datagram = (b"TF" + bytes([VERSION]) if begins_well else b"") + content
    assert reason(datagram) in (Reason.MALFORMED, Reason.OTHER_VERSION, Reason.FORGED)


@given(st.binary(max_size=120))
def test_any_bytes_under_a_good_seal_are_let_in_or_refused(content: bytes) -> None:
    """A partner with a defect: nothing but `Refused` comes out."""
    bare = b"TF" + bytes([VERSION]) + content
    letter = read(B, A, bare + keys_of(A, B).sends.code(bare))
    assert isinstance(letter, Reason) or letter.sender == A


@given(st.integers(0, len(sealed()) * 8 - 1))
def test_one_bit_breaks_the_seal(bit: int) -> None:
    datagram = bytearray(sealed())
    datagram[bit // 8] ^= 1 << bit % 8
    assert reason(bytes(datagram)) in (Reason.MALFORMED, Reason.OTHER_VERSION, Reason.FORGED)


def test_each_truncation_is_refused() -> None:
    datagram = sealed()
    for length in range(len(datagram)):
        assert reason(datagram[:length]) in (Reason.MALFORMED, Reason.FORGED)


def test_each_truncation_by_who_has_the_key_is_refused() -> None:
    content = sealed()[: -SEAL_BYTES - len(b"body")]
    keys = keys_of(A, B)
    assert unseal(content + keys.sends.code(content), keys).body == b""
    for length in range(len(content)):
        with pytest.raises(Refused, match="malformed"):
            unseal(content[:length] + keys.sends.code(content[:length]), keys)


def test_keys_are_changed_without_a_gap() -> None:
    """The three steps, at one end after the other: every datagram in between is let in."""
    old, new = secret("old"), secret("new")
    steps = [Keys(old), Keys(old, (new,)), Keys(new, (old,)), Keys(new)]
    here = there = 0
    while here < 3 or there < 3:
        if here == there:
            here += 1
        else:
            there += 1
        a = door(A, Keyring({B: steps[here]}))
        b = door(B, Keyring({A: steps[there]}))
        _, datagram = a.seal(Kind.BEAT, FIBRE, B, b"")
        assert b.admit(FIBRE, ME[A].addresses[FIBRE], datagram).sender == A
        _, datagram = b.seal(Kind.BEAT, FIBRE, A, b"")
        assert a.admit(FIBRE, ME[B].addresses[FIBRE], datagram).sender == B


def test_a_removed_key_opens_nothing() -> None:
    b = door(B, Keyring({A: Keys(secret("new"))}))
    with pytest.raises(Refused, match="forged"):
        b.admit(FIBRE, ME[A].addresses[FIBRE], sealed(Keys(secret("old"))))


def test_who_has_no_key_is_not_believed_and_not_spoken_to() -> None:
    b = door(B, Keyring({A: keys_of(A, B)}))
    datagram = sealed(sender=OBSERVER, kind=Kind.REPORT, path=HEALTH)
    with pytest.raises(Refused, match="forged"):
        b.admit(HEALTH, ME[OBSERVER].addresses[HEALTH], datagram)
    with pytest.raises(Refused):
        b.seal(Kind.CHALLENGE, HEALTH, OBSERVER, b"")


def test_what_is_too_long_is_not_sent() -> None:
    with pytest.raises(Refused):
        door(A).seal(Kind.BEAT, FIBRE, B, bytes(BYTES_MAX))


def test_a_name_that_the_plan_does_not_have() -> None:
    with pytest.raises(WireProblem) as caught:
        speaker(PLAN, WITNESS, Role.CENTRE)
    assert str(caught.value) == (
        "settings: the plan has no centre `witness-1`\nhint: names of this role: dc-a, dc-b"
    )
