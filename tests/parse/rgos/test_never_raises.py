"""Any text at all is read to an end, and each of its lines is accounted for."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from telemed_infra.parse.rgos import parse_rgos
from telemed_infra.parse.rgos.switch_grammar import SWITCH
from tests.parse.lines import accounted
from tests.parse.rgos.texts import PRINTED

PATTERNS = sorted({row.pattern for view in SWITCH.values() for row in view.rows})
PLACE = re.compile(r"WORD|LINE|\(.*\)|A\.B.*|X:X.*")
WORDS = (
    *("A", "10", "gi", "0/1", "vlan 10", "gi 0/1-4", "10.0.0.1", "255.255.255.0", "2001:db8::1/64"),
    *("all", "only 10", "add 1-4094", "default", "group radius none", "tacacs+", "local", "source"),
    *("password 7 x", "test username u", "v3 auth sha a priv aes128 p", "70000", "^C", "\u0661"),
    *("\u00b2", "\x00", "source vlan 10", "md5 k 7", "disabled", "in"),
)


def filled(pattern: str, words: list[str]) -> str:
    """A line for a pattern: its places filled with whatever comes."""
    rest = iter([*words, *["A"] * 20])
    plain = re.sub(r"\[[^\]]*\]", "", pattern)
    return " ".join(
        next(rest) if PLACE.fullmatch(word) else word.strip("<>").split("|")[0]
        for word in plain.split()
    )


lines = st.builds(
    lambda indent, head, pattern, words, tail: " " * indent + head + filled(pattern, words) + tail,
    st.integers(0, 1),
    st.sampled_from(("", "", "", "no ", "default ")),
    st.sampled_from((*PATTERNS, "end", "exit", "!", "gibberish", "banner login ^C")),
    st.lists(st.sampled_from(WORDS), max_size=4),
    st.sampled_from(("", "", "", " A", " 10", "\x0b")),
)


@given(st.lists(lines, max_size=40).map("\n".join))
def test_soup_of_commands(text: str) -> None:
    accounted(parse_rgos(text))


@given(st.text())
def test_any_text(text: str) -> None:
    accounted(parse_rgos(text))


@given(st.lists(st.sampled_from(PRINTED.split("\n")), max_size=60).map("\n".join))
def test_lines_of_a_good_text_in_any_order(text: str) -> None:
    accounted(parse_rgos(text))
