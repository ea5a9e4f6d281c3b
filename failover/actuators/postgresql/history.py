"""How a copy gets back behind the owner: follow, rewind, or be cloned anew. Pure.

Two logs are compared by their timelines: which one branched off which, and where. What lies behind
the point up to which both are the same is this copy's alone: its divergent tail.
Source: PostgreSQL 15, pg_rewind.c, timeline.c.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

END = 1 << 64  # a log that goes on
SEGMENT = re.compile(r"[0-9A-F]{24}\Z")


class Fork(NamedTuple):
    """A timeline that was left for the next one, and where (bytes)."""

    timeline: int
    lsn: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """This centre's copy."""

    system: str
    timeline: int
    end_lsn: int | None  # None: not known before its recovery, as after a crash
    was_primary: bool  # it wrote by itself when it ended
    left: tuple[Fork, ...] = ()  # the timelines before its own


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """The owner's."""

    system: str
    timeline: int
    oldest_lsn: int  # what it still has of its log
    left: tuple[Fork, ...] = ()


class Way(Enum):
    """The way back."""

    FOLLOW = "follow"
    REWIND = "rewind"
    CLONE = "clone"
    NONE = "none"  # a person must look


class WayBack(NamedTuple):
    """The way, and why; `fork`: up to where both logs are the same."""

    way: Way
    why: str
    fork: Fork = Fork(0, 0)
    tail: bool = False  # what is here may hold rows that are nowhere else


def way_back(own: Own | None, peer: Peer, *, torn: bool = False) -> WayBack:
    """How `own` gets behind `peer`. `own` None: there is no copy. `torn`: half rewound."""
    if own is None:
        return WayBack(Way.CLONE, "there is no data here yet")
    if own.system != peer.system:
        words = f"another database: system {own.system} here, the owner's is {peer.system}"
        return WayBack(Way.NONE, words)
    if torn:
        return WayBack(Way.CLONE, "a rewind was broken off")
    fork = common(own, peer)
    if fork is None or (own.was_primary and own.timeline == peer.timeline):
        words = f"two histories bear the number {own.timeline}"
        return WayBack(Way.CLONE, words, fork or Fork(0, 0), tail=True)
    if own.timeline == fork.timeline and own.end_lsn is not None and own.end_lsn <= fork.lsn:
        if own.end_lsn < peer.oldest_lsn:
            return WayBack(Way.CLONE, "the owner no longer has the log from here on", fork)
        return WayBack(Way.FOLLOW, "it has nothing that the owner has not", fork)
    words = f"it went on by itself after {lsn_text(fork.lsn)} on timeline {fork.timeline}"
    return WayBack(Way.REWIND, words, fork, tail=True)


def common(own: Own, peer: Peer) -> Fork | None:
    """The last timeline that both share, and up to where; None: not even the first one."""
    shared: Fork | None = None
    mine, theirs = (*own.left, Fork(own.timeline, END)), (*peer.left, Fork(peer.timeline, END))
    for one, other in zip(mine, theirs, strict=False):
        if one.timeline != other.timeline:
            break
        shared = min(one, other)
        if one.lsn != other.lsn:
            break
    return shared


def read_history(text: str) -> tuple[Fork, ...]:
    """A timeline's history file: one line for each timeline before it.

    Raises:
        ValueError: It is none.
    """
    lines = (line.partition("#")[0].split() for line in text.splitlines())
    return tuple(Fork(int(words[0]), read_lsn(words[1])) for words in lines if len(words) > 1)


def read_lsn(text: str) -> int:
    """`16/B374D848` in bytes.

    Raises:
        ValueError: It is none.
    """
    high, slash, low = text.partition("/")
    if not slash:
        raise ValueError(f"`{text}` is no LSN")
    return (int(high, 16) << 32) | int(low, 16)


def lsn_text(lsn: int) -> str:
    """As PostgreSQL writes it."""
    return f"{lsn >> 32:X}/{lsn & 0xFFFFFFFF:X}"


def history_name(timeline: int) -> str:
    """The file in `pg_wal` that tells how a timeline came to be; the first one has none."""
    return f"{timeline:08X}.history"


def oldest_lsn(names: Sequence[str], segment_bytes: int) -> int:
    """Where the log begins of which these are the files; `END` if there is none."""
    begins = [
        (int(name[8:16], 16) << 32) + int(name[16:], 16) * segment_bytes
        for name in names
        if SEGMENT.match(name)
    ]
    return min(begins, default=END)
