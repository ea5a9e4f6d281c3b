"""Texts in braces: what they are made of, and that no text is too much."""

from __future__ import annotations

import random

import pytest

from telemed_infra.parse.behaviour import PairBehaviour
from telemed_infra.parse.braces import parse
from telemed_infra.parse.conntrackd import parse_conntrackd
from telemed_infra.parse.keepalived import parse_keepalived
from tests.parse.conntrackd.test_conntrackd import WHOLE as CONNTRACKD
from tests.parse.keepalived.test_keepalived import WHOLE as KEEPALIVED

READERS = (parse_keepalived, parse_conntrackd)
ODD = ("{", "}", "--5", '"', '"a b"', "#", "!", "0.0.0.0/0", "fe80::%eth0/64", "²", "\x00", "\n")


def test_blocks_begin_on_the_line_or_on_the_next() -> None:
    statements, reading = parse('a b { c }\nd\n{\n  "e f" g#h\n}\n! i\n', "!#")
    (first, second) = statements
    assert (first.words, first.line, [one.words for one in first.body or ()]) == (
        ("a", "b"), 1, [("c",)])  # fmt: skip
    assert (second.words, [one.words for one in second.body or ()]) == (("d",), [("e f", "g")])
    assert not reading.unread


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(("text", "line"), [("}", 1), ("Sync {\n", 1), ("{\n}", 1)])
def test_braces_that_do_not_fit_are_unread(reader: object, text: str, line: int) -> None:
    assert callable(reader)
    read = reader(text)
    assert isinstance(read, PairBehaviour)
    assert line in {one.line for one in read.unread}


@pytest.mark.parametrize("reader", READERS)
def test_no_text_is_too_much(reader: object) -> None:
    assert callable(reader)
    reader("a { " * 5000)
    chance = random.Random(5)
    words = [*KEEPALIVED.split(), *CONNTRACKD.split(), *ODD]
    for _ in range(150):
        text = " ".join(
            f"{word}\n" if chance.random() < 0.4 else word for word in chance.choices(words, k=60)
        )
        read = reader(text)
        assert isinstance(read, PairBehaviour)
        unread = {one.line for one in read.unread}
        assert unread.isdisjoint(read.effective | read.inert)
        assert len(unread | read.effective | read.inert) == read.lines
    for whole in (KEEPALIVED, CONNTRACKD):
        lines = whole.split("\n")
        for _ in range(100):
            place = chance.randrange(len(lines))
            reader("\n".join([*lines[:place], chance.choice(ODD), *lines[place + 1 :]]))
