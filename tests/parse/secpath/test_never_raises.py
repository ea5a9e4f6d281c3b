"""Any text at all is read to an end, and each of its lines is accounted for."""

from __future__ import annotations

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemed_infra.parse.secpath import parse_secpath
from telemed_infra.parse.secpath.grammar import SECPATH
from telemed_infra.parse.secpath.state import SecPath
from telemed_infra.parse.vrp.engine import read
from tests.parse.lines import accounted, assert_blocks_are_lines

HEADS = sorted({" ".join(row.head) for row in SECPATH.commands()})
WORDS = (
    *("name", "A", "B", "any", "Trust", "Local", "Management", "pass", "drop", "0", "1", "10"),
    *("24", "64", "4094", "70000", "to", "10.0.0.0", "255.255.255.0", "2001:db8::", "ip", "ipv6"),
    *("address", "service", "subnet", "range", "host", "exclude", "group-object", "tcp", "udp"),
    *("icmp", "source", "destination", "eq", "lt", "gt", "enable", "disable", "before", "after"),
    *("rule", "top", "vlan", "GigabitEthernet1/0/1", "GE1/0/5", "Vlan-interface10", "all", "acl"),
    *("trunk", "access", '"', '""', "<0>", "<id>", "٢", "²", "\x00"),
)

REFUSED = "interface g1/0/1\n undo ip address 10.0.0.1 24\n description A"
"""A block with a line that the state refuses."""

lines = st.builds(
    lambda indent, undo, number, head, words: (
        " " * indent + undo + number + " ".join((head, *words))
    ),
    st.integers(0, 3),
    st.sampled_from(("", "", "", "undo ")),
    st.sampled_from(("", "", "", "0 ", "10 ", "4294967296 ")),
    st.sampled_from((*HEADS, "", "#", "quit", "return", "system-view", "!x", "gibberish")),
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
    accounted(parse_secpath(text))


@given(blocks)
def test_a_block_means_what_its_lines_mean(text: str) -> None:
    assert_blocks_are_lines(partial(read, SECPATH), SecPath, text, "#")


@given(st.text())
def test_soup_of_characters(text: str) -> None:
    accounted(parse_secpath(text))


@pytest.mark.parametrize(
    "text",
    [
        "acl basic 2000\n rule ² permit\n",
        "acl basic 2000\n undo rule ²\n",
        "undo ip netstream export host 192.0.2.1 ²\n",
        "snmp-agent target-host trap address udp-domain 10.0.0.1 udp-port x params securityname\n",
        "hwtacacs scheme S\n primary authentication 192.0.2.1 ²\n",
        "ip route-static 10.0.0.0 8 Tunnel1 preference ²\n",
    ],
)
def test_what_is_no_number_is_unread(text: str) -> None:
    assert parse_secpath(text).unread


def test_every_command_says_something_or_why_it_does_not() -> None:
    for row in SECPATH.commands():
        assert row.says or row.why, row.head


def test_many_unknown_lines_take_time_in_proportion() -> None:
    """Open views do not pile up, whatever the indents: this would take minutes otherwise."""
    text = "\n".join(f"{' ' * (number % 7)}gibberish {number}" for number in range(60_000))
    assert len(parse_secpath(text).unread) == 60_000
