"""Any text at all is read to an end, and each of its lines is accounted for."""

from __future__ import annotations

from functools import partial
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from telemed_infra.parse.vrp import parse_usg, parse_vrp
from telemed_infra.parse.vrp.engine import Grammar, read
from telemed_infra.parse.vrp.switch_grammar import VRP
from telemed_infra.parse.vrp.switch_state import Switch
from telemed_infra.parse.vrp.usg_grammar import USG
from telemed_infra.parse.vrp.usg_state import Usg
from tests.parse.lines import accounted, assert_blocks_are_lines

TABLES: tuple[Grammar[Any], ...] = (USG, VRP)
HEADS = sorted({" ".join(row.head) for table in TABLES for row in table.commands()})
WORDS = (
    *("name", "A", "B", "type", "object", "group", "any", "trust", "local", "untrust", "permit"),
    *("deny", "0", "1", "10", "24", "64", "4094", "70000", "to", "mask", "10.0.0.0", "all"),
    *("255.255.255.0", "0.0.0.255", "2001:db8::", "range", "address-set", "service-set", "trunk"),
    *("protocol", "tcp", "icmp", "icmp-type", "echo", "destination-port", "source-port", "enable"),
    *("disable", "from", "before", "top", "GigabitEthernet1/0/1", "Eth-Trunk1", "Vlanif10"),
    *("access", "description", '"', '""', "\u0661", "\u00b2", "\x00"),
)

REFUSED = "interface GigabitEthernet1/0/1\n undo ip address 10.0.0.1 24\n description A"
"""A block with a line that the state refuses."""

lines = st.builds(
    lambda indent, undo, head, words: " " * indent + undo + " ".join((head, *words)),
    st.integers(0, 3),
    st.sampled_from(("", "", "", "undo ")),
    st.sampled_from((*HEADS, "#", "quit", "return", "system-view", "!x", "gibberish")),
    st.lists(st.sampled_from(WORDS), max_size=5),
)
soups = st.lists(lines, max_size=40).map("\n".join)
blocks = st.lists(
    st.lists(lines, max_size=6).map("\n".join)
    | st.sampled_from(("return", "system-view", REFUSED)),
    max_size=6,
).map("\n#\n".join)


@given(soups)
def test_soup_of_commands(text: str) -> None:
    accounted(parse_usg(text))
    accounted(parse_vrp(text))


@given(blocks)
def test_a_block_means_what_its_lines_mean(text: str) -> None:
    assert_blocks_are_lines(partial(read, USG), Usg, text, "#")
    assert_blocks_are_lines(partial(read, VRP), Switch, text, "#")


@given(st.text())
def test_soup_of_characters(text: str) -> None:
    accounted(parse_usg(text))
    accounted(parse_vrp(text))


def test_many_unknown_lines_take_time_in_proportion() -> None:
    """Open views do not pile up, whatever the indents: this would take minutes otherwise."""
    text = "\n".join(f"{' ' * (number % 7)}gibberish {number}" for number in range(60_000))
    assert len(parse_usg(text).unread) == 60_000
