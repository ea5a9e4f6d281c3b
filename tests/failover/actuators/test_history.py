"""Which way leads back, from the two logs alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from failover.actuators.postgresql.history import (
    END,
    Fork,
    Own,
    Peer,
    Way,
    common,
    history_name,
    lsn_text,
    oldest_lsn,
    read_history,
    read_lsn,
    way_back,
)

SYSTEM = "7500000000000000001"
OWN = Own(system=SYSTEM, timeline=1, end_lsn=1000, was_primary=False)
PEER = Peer(system=SYSTEM, timeline=1, oldest_lsn=0)
PROMOTED = Peer(system=SYSTEM, timeline=2, oldest_lsn=0, left=(Fork(1, 1000),))
WRITER = replace(OWN, was_primary=True)
MANY = Peer(
    system=SYSTEM, timeline=5, oldest_lsn=0, left=(Fork(1, 1000), Fork(2, 2000), Fork(4, 3000))
)

CASES: tuple[tuple[str, Own | None, Peer, Way, bool], ...] = (
    ("nothing here", None, PEER, Way.CLONE, False),
    ("a standby on the owner's timeline", OWN, PEER, Way.FOLLOW, False),
    ("far behind", replace(OWN, end_lsn=10), PEER, Way.FOLLOW, False),
    ("too far", replace(OWN, end_lsn=10), replace(PEER, oldest_lsn=11), Way.CLONE, False),
    ("ended where the owner was promoted", OWN, PROMOTED, Way.FOLLOW, False),
    ("ended before", replace(OWN, end_lsn=999), PROMOTED, Way.FOLLOW, False),
    ("ended after", replace(OWN, end_lsn=1001), PROMOTED, Way.REWIND, True),
    ("a primary that ended where the owner forked", WRITER, PROMOTED, Way.FOLLOW, False),
    ("a primary that went on", replace(WRITER, end_lsn=1001), PROMOTED, Way.REWIND, True),
    ("a primary that crashed", replace(WRITER, end_lsn=None), PROMOTED, Way.REWIND, True),
    ("two primaries on one timeline", WRITER, PEER, Way.CLONE, True),
    (
        "two promotions from one past",
        replace(WRITER, timeline=2, end_lsn=1500, left=(Fork(1, 1000),)),
        PROMOTED,
        Way.CLONE,
        True,
    ),
    (
        "two promotions from two places",
        replace(OWN, timeline=2, end_lsn=1500, left=(Fork(1, 900),)),
        PROMOTED,
        Way.REWIND,
        True,
    ),
    (
        "promoted where the owner was not",
        replace(OWN, timeline=2, end_lsn=1500, left=(Fork(1, 900),)),
        PEER,
        Way.REWIND,
        True,
    ),
    (
        "promotions away",
        replace(OWN, timeline=2, end_lsn=1900, left=(Fork(1, 1000),)),
        MANY,
        Way.FOLLOW,
        False,
    ),
    (
        "a timeline that the owner passed by",
        replace(OWN, timeline=3, end_lsn=2500, left=(Fork(1, 1000), Fork(2, 2000))),
        MANY,
        Way.REWIND,
        True,
    ),
    ("no timeline in common", replace(OWN, timeline=7), PEER, Way.CLONE, True),
    ("another database", replace(OWN, system="1"), PEER, Way.NONE, False),
)


@pytest.mark.parametrize(("own", "peer", "way", "tail"), [case[1:] for case in CASES],
                         ids=[case[0] for case in CASES])  # fmt: skip
def test_the_way_back(own: Own | None, peer: Peer, way: Way, tail: bool) -> None:
    found = way_back(own, peer)
    assert (found.way, found.tail) == (way, tail)
    assert found.why


def test_what_is_torn_is_cloned_unless_it_is_another_database() -> None:
    assert way_back(OWN, PEER, torn=True).way is Way.CLONE
    assert way_back(replace(OWN, system="1"), PEER, torn=True).way is Way.NONE


def test_up_to_where_both_are_the_same() -> None:
    own = replace(OWN, timeline=3, left=(Fork(1, 1000), Fork(2, 2000)))
    assert common(own, MANY) == Fork(2, 2000)
    assert common(OWN, PEER) == Fork(1, END)
    assert common(replace(OWN, timeline=2, left=(Fork(1, 900),)), PROMOTED) == Fork(1, 900)
    assert way_back(own, MANY).fork == Fork(2, 2000)


def test_history_files_and_positions_are_read() -> None:
    text = "1\t0/3000060\tno recovery target specified\n\n2\t16/B374D848\tx # y\n# 3\t0/1\n"
    assert read_history(text) == (Fork(1, 0x3000060), Fork(2, 0x16B374D848))
    assert lsn_text(0x16B374D848) == "16/B374D848"
    assert read_lsn("16/B374D848") == 0x16B374D848
    assert history_name(18) == "00000012.history"
    for wrong in ("", "3000060", "x/y"):
        with pytest.raises(ValueError, match=r"no LSN|invalid literal"):
            read_lsn(wrong)


def test_the_oldest_of_the_logs_files() -> None:
    names = ["000000020000000100000003", "000000010000000100000002", "00000002.history", "x"]
    assert oldest_lsn(names, 16 << 20) == (1 << 32) + (2 << 24)
    assert oldest_lsn([], 16 << 20) == END
