"""A beat as bytes. Groups and instances are said by their number in the plan.

So a beat is short, and a name that this side does not know cannot come in: a beat of another plan
is refused before its numbers are read. Sites are not said at all: the sender's is that of the
envelope, and what is echoed or promised to is the receiver's.

    32  hash of the plan
    1   1 asks, 2 an echo follows, 4 a promise follows
    …   boot, life, sequence
    …   echo: boot, life, sequence
    …   promise: boot, life, sequence; length, drift, margin; number of groups, then each
    …   number of terms, then of each: instance, generation, epoch
    …   number of groups that are ready, then of each: group, 0 or 1, position if 1

Instances and groups ascend, so equal beats are equal bytes; `terms` and `ready` come back in the
order of the plan.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from failover.core.cells import Incarnation, Position, Term
from failover.core.messages import Beat, Echo, Promise
from failover.core.plan import Lease, Plan
from failover.plan_file.shape import DRIFT, HASH, TIME_S
from failover.wire.octets import Reader, Writer, malformed
from failover.wire.refusal import Reason, Refused

WORD_LETTERS_MAX = 64  # of a boot id, which has 36, of a life
SYSTEM_LETTERS_MAX = 40  # PostgreSQL's identifier has 20 digits at most
TIMELINE_MAX = (1 << 32) - 1
LSN_MAX = (1 << 64) - 1
ASKS, ECHOES, PROMISES = 1, 2, 4
STANDINGS_KEPT = 8  # terms and readiness are said with each beat, and seldom change

Terms: TypeAlias = tuple[tuple[str, Term], ...]
Ready: TypeAlias = tuple[tuple[str, Position | None], ...]


class Talk(NamedTuple):
    """Which centre speaks to which."""

    sender: str
    receiver: str


class Codebook:
    """The numbers of one plan's groups and instances: their places in it, counted from 0.

    Raises:
        ValueError: the plan's hash is none; a plan from a file has one.
    """

    def __init__(self, plan: Plan) -> None:
        if not HASH.pattern.fullmatch(plan.hash):
            raise ValueError(f"the hash of a plan, not `{plan.hash}`")
        self.plan = plan.hash
        self.digest = bytes.fromhex(plan.hash)
        self.groups = tuple(group.name for group in plan.groups)
        self.instances = tuple(name for group in plan.groups for name in group.instances)
        self.number_of_group = {name: number for number, name in enumerate(self.groups)}
        self.number_of_instance = {name: number for number, name in enumerate(self.instances)}


def encode_beat(beat: Beat, talk: Talk, book: Codebook) -> bytes:
    """The body of a beat.

    Raises:
        Refused: the beat is of another plan or site than the talk, or a field is out of its range.
    """
    if beat.plan != book.plan:
        raise malformed("a beat of another plan than ours")
    writer = Writer()
    writer.raw(book.digest)
    echo, promise = beat.echo, beat.promise
    writer.byte(
        (ASKS if beat.asks else 0)
        | (ECHOES if echo is not None else 0)
        | (PROMISES if promise is not None else 0)
    )
    _write_spoken(writer, Echo(beat.sender, beat.sequence), talk.sender)
    if echo is not None:
        _write_spoken(writer, echo, talk.receiver)
    if promise is not None:
        _write_promise(writer, promise, talk, book)
    writer.raw(_content_of(beat.terms, beat.ready, book))
    return writer.content()


def decode_beat(body: bytes, talk: Talk, book: Codebook) -> Beat:
    """The beat in a body.

    Raises:
        Refused: MALFORMED, or OTHER_PLAN.
    """
    reader = Reader(body)
    if reader.raw(len(book.digest)) != book.digest:
        raise Refused(Reason.OTHER_PLAN, f"{body[:4].hex()}… instead of {book.plan[:8]}…")
    flags = reader.byte()
    if flags > ASKS | ECHOES | PROMISES:
        raise malformed("a flag that does not exist")
    spoken = _spoken(reader, talk.sender)
    echo = _spoken(reader, talk.receiver) if flags & ECHOES else None
    promise = _promise(reader, talk, book) if flags & PROMISES else None
    terms, ready = _standing(reader.rest(), book)
    return Beat(
        sender=spoken.incarnation,
        sequence=spoken.sequence,
        plan=book.plan,
        asks=bool(flags & ASKS),
        echo=echo,
        promise=promise,
        terms=terms,
        ready=ready,
    )


# --- writing -------------------------------------------------------------------------------


@lru_cache(maxsize=STANDINGS_KEPT)
def _content_of(terms: Terms, ready: Ready, book: Codebook) -> bytes:
    writer = Writer()
    _write_terms(writer, terms, book)
    _write_ready(writer, ready, book)
    return writer.content()


def _write_spoken(writer: Writer, said: Echo, site: str) -> None:
    """A beat by its number, of a site that both sides know."""
    if said.incarnation.site != site:
        raise malformed(f"a beat of `{said.incarnation.site}` where `{site}` belongs")
    writer.text(said.incarnation.boot, WORD_LETTERS_MAX)
    writer.text(said.incarnation.life, WORD_LETTERS_MAX)
    writer.natural(said.sequence)


def _write_promise(writer: Writer, promise: Promise, talk: Talk, book: Codebook) -> None:
    _write_spoken(writer, promise.to, talk.receiver)
    writer.number(promise.lease.length_s, TIME_S)
    writer.number(promise.lease.drift, DRIFT)
    writer.number(promise.lease.margin_s, TIME_S)
    writer.natural(len(promise.besides))
    for number in sorted(_number(name, book.number_of_group) for name in promise.besides):
        writer.natural(number)


def _write_terms(writer: Writer, terms: Sequence[tuple[str, Term]], book: Codebook) -> None:
    numbered = {_number(name, book.number_of_instance): term for name, term in terms}
    if len(numbered) != len(terms):
        raise malformed("an instance with two terms")
    writer.natural(len(numbered))
    for number in sorted(numbered):
        writer.natural(number)
        writer.natural(numbered[number].generation)
        writer.natural(numbered[number].epoch)


def _write_ready(
    writer: Writer, ready: Sequence[tuple[str, Position | None]], book: Codebook
) -> None:
    numbered = {_number(name, book.number_of_group): position for name, position in ready}
    if len(numbered) != len(ready):
        raise malformed("a group that is ready twice")
    writer.natural(len(numbered))
    for number in sorted(numbered):
        position = numbered[number]
        writer.natural(number)
        writer.byte(position is not None)
        if position is not None:
            writer.text(position.system, SYSTEM_LETTERS_MAX)
            writer.natural(position.timeline, TIMELINE_MAX)
            writer.natural(position.lsn, LSN_MAX)


def _number(name: str, numbers: Mapping[str, int]) -> int:
    number = numbers.get(name)
    if number is None:
        raise malformed(f"`{name}` is not in the plan")
    return number


# --- reading -------------------------------------------------------------------------------


def _spoken(reader: Reader, site: str) -> Echo:
    boot, life = reader.text(WORD_LETTERS_MAX), reader.text(WORD_LETTERS_MAX)
    return Echo(Incarnation(site, boot, life), reader.natural())


def _promise(reader: Reader, talk: Talk, book: Codebook) -> Promise:
    to = _spoken(reader, talk.receiver)
    lease = Lease(
        length_s=reader.number(TIME_S), drift=reader.number(DRIFT), margin_s=reader.number(TIME_S)
    )
    return Promise(to, lease, frozenset(_names(reader, book.groups)))


@lru_cache(maxsize=STANDINGS_KEPT)
def _standing(content: bytes, book: Codebook) -> tuple[Terms, Ready]:
    reader = Reader(content)
    terms, ready = tuple(_terms(reader, book)), tuple(_ready(reader, book))
    reader.end()
    return terms, ready


def _terms(reader: Reader, book: Codebook) -> Iterator[tuple[str, Term]]:
    for name in _names(reader, book.instances):
        yield name, Term(reader.natural(), reader.natural())


def _ready(reader: Reader, book: Codebook) -> Iterator[tuple[str, Position | None]]:
    for name in _names(reader, book.groups):
        known = reader.byte()
        if known > 1:
            raise malformed("neither with a position nor without one")
        yield name, _position(reader) if known else None


def _position(reader: Reader) -> Position:
    system = reader.text(SYSTEM_LETTERS_MAX)
    return Position(system, reader.natural(TIMELINE_MAX), reader.natural(LSN_MAX))


def _names(reader: Reader, names: Sequence[str]) -> Iterator[str]:
    """Names by ascending number; between two of them the caller reads what belongs to one."""
    before = -1
    for _ in range(reader.natural(len(names))):
        number = reader.natural(len(names) - 1)
        if number <= before:
            raise malformed("numbers that do not ascend")
        before = number
        yield names[number]
