"""Any text at all is read to an end, and each of its lines is accounted for."""

from __future__ import annotations

import re
from functools import partial
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from telemed_infra.parse.frr.engine import Grammar, read
from telemed_infra.parse.ios import parse_ios_firewall, parse_ios_routes, parse_ios_switch
from telemed_infra.parse.ios.dialect import IOS
from telemed_infra.parse.ios.firewall_grammar import FIREWALL
from telemed_infra.parse.ios.routes_grammar import ROUTES
from telemed_infra.parse.ios.routes_state import Routes
from telemed_infra.parse.ios.state import Ios
from telemed_infra.parse.ios.switch_grammar import SWITCH
from telemed_infra.parse.routes import RouteBehaviour
from telemed_infra.parse.vrp.routes import unread_of_both
from tests.parse.lines import accounted, assert_blocks_are_lines

TABLES: tuple[Grammar[Any], ...] = (FIREWALL, SWITCH, ROUTES)
PATTERNS = sorted({row.pattern for table in TABLES for view in table.values() for row in view.rows})
WORDS = (
    *("A", "B", "101", "10", "any", "host", "self", "LAN", "WAN", "tcp", "udp", "icmp", "ip", "eq"),
    *("10.0.0.0", "0.0.0.255", "255.255.255.0", "10.0.0.1", "2001:db8::/64", "2001:db8::1", "443"),
    *("in", "out", "log", "established", "object-group", "range", "Gi0/1", "Vlan10", "Po1", "add"),
    *("1-4094", "10,20", "none", "all", "70000", "class-default", "C", "P", "secondary", "-", "^C"),
    *("\u0661", "\u00b2", "\x00", "banner", "motd"),
)


def _filled(pattern: str, words: list[str]) -> str:
    """A line for a pattern: its places filled with whatever comes."""
    rest = iter([*words, *["A"] * 20])
    plain = re.sub(r"\[[^\]]*\]", "", pattern)
    return " ".join(
        next(rest)
        if re.fullmatch(r"WORD|LINE|\(.*\)|A\.B.*|X:X.*", word)
        else word.strip("<>").split("|")[0]
        for word in plain.split()
    )


lines = st.builds(
    lambda indent, head, pattern, words, tail: " " * indent + head + _filled(pattern, words) + tail,
    st.integers(0, 2),
    st.sampled_from(("", "", "", "", "no ", "default ")),
    st.sampled_from((*PATTERNS, "end", "exit", "!", "gibberish", "banner motd ^C")),
    st.lists(st.sampled_from(WORDS), max_size=5),
    st.sampled_from(("", "", "", " A", " any any", " log", " in", "\x0b")),
)
soups = st.lists(lines, max_size=40).map("\n".join)
blocks = st.lists(st.lists(lines, max_size=6).map("\n".join), max_size=6).map("\n!\n".join)


@given(soups)
def test_soup_of_commands(text: str) -> None:
    accounted(parse_ios_firewall(text))
    accounted(parse_ios_switch(text))


@given(blocks)
def test_a_block_means_what_its_lines_mean(text: str) -> None:
    for tables in (FIREWALL, SWITCH):
        assert_blocks_are_lines(partial(read, tables, dialect=IOS), Ios, text, "!")
    assert_blocks_are_lines(partial(read, ROUTES, dialect=IOS), Routes, text, "!")


@given(st.text())
def test_soup_of_characters(text: str) -> None:
    accounted(parse_ios_firewall(text))
    accounted(parse_ios_switch(text))


def test_every_inert_row_says_why() -> None:
    for table in TABLES:
        for view in table.values():
            assert [row.pattern for row in view.rows if row.inert and not row.why] == []


def test_no_view_hides_what_has_an_effect_outside_of_it() -> None:
    """A view's own words come first: an inert one must not take a line that does something."""
    for table in TABLES:
        outside = [row.pattern.split() for row in table["config"].rows if not row.inert]
        for name, view in table.items():
            for row in view.rows:
                head = row.pattern.removesuffix(" [LINE]").split()
                if name != "config" and row.inert and row.pattern.endswith(" [LINE]"):
                    assert [one for one in outside if one[: len(head)] == head] == [], name


def test_many_unknown_lines_take_time_in_proportion() -> None:
    """Open views do not pile up, whatever the words: this would take minutes otherwise."""
    text = "\n".join(f"{' ' * (number % 3)}crypto {number}" for number in range(30_000))
    assert len(parse_ios_firewall(text).unread) == 30_000


@given(soups, st.sampled_from((True, False, None)))
def test_soup_of_commands_of_routing(text: str, routes: bool | None) -> None:
    _accounted(text, parse_ios_routes(text, routes_by_default=routes))


@given(st.text())
def test_soup_of_characters_for_routing(text: str) -> None:
    _accounted(text, parse_ios_routes(text))


def _accounted(text: str, read: RouteBehaviour) -> None:
    """Each line of routing's own is in one class, and no line is left that nobody judges."""
    unread = {one.line for one in read.unread}
    assert read.own is not None
    assert read.effective | read.inert | unread == read.own
    assert read.effective.isdisjoint(read.inert)
    assert unread.isdisjoint(read.effective | read.inert)
    assert len(read.own) == read.lines
    for other in (parse_ios_firewall(text), parse_ios_switch(text)):
        judged = {one.line for one in other.unread} | other.effective | other.inert
        assert read.own <= judged
    both = {one.line for one in unread_of_both(read, parse_ios_firewall(text).unread)}
    assert unread <= both
