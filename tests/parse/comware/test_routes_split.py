"""A Comware text has two readers: each line is judged by one of them, and by which is clear."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from textwrap import dedent
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemed_infra.packets import FAMILIES
from telemed_infra.parse.behaviour import FirewallBehaviour, SwitchBehaviour
from telemed_infra.parse.comware import parse_comware, parse_comware_routes
from telemed_infra.parse.comware.routes_grammar import HEADS, ROUTES, SPLITTER
from telemed_infra.parse.comware.switch_grammar import COMWARE
from telemed_infra.parse.secpath import parse_secpath
from telemed_infra.parse.secpath.grammar import SECPATH
from telemed_infra.parse.vrp import unread_of_both
from telemed_infra.parse.vrp.engine import SYSTEM, Command, Effect, Grammar, Words, read
from tests.parse.comware.route_texts import FIREWALL, ROUTER, SCRIPT
from tests.parse.secpath.test_foreign import BRANCH_FIREWALL, EXCERPT, MANUAL_SCRIPT

Reader = Callable[[str], FirewallBehaviour | SwitchBehaviour]


def nobody_read(text: str, other: Reader) -> list[str]:
    return [one.text for one in unread_of_both(parse_comware_routes(text), other(text).unread)]


def test_two_readers_of_one_text() -> None:
    assert nobody_read(FIREWALL, parse_secpath) == []
    # Tables of their own are no matter of a switch's VLANs, nor are routed ports.
    assert "bgp 4200050000" not in nobody_read(ROUTER, parse_comware)


@pytest.mark.parametrize(
    ("text", "unread"),
    [
        (BRANCH_FIREWALL, ["time-range OFFICE", "application WeChat"]),
        (MANUAL_SCRIPT, []),
        (EXCERPT, EXCERPT.split("\n")[:-1]),
    ],
    ids=["printed", "script", "excerpt"],
)
def test_texts_for_a_firewalls_reader(text: str, unread: list[str]) -> None:
    """What it leaves unread stays so, and nothing else does."""
    assert nobody_read(text, parse_secpath) == [line.strip() for line in unread]


def test_a_bad_line_is_told_by_the_one_who_judges_it() -> None:
    """The other reader takes any line of a routing block, and routing any of an interface's."""
    text = FIREWALL.replace("  network 172.20.0.0", "  network all 172.20.0.0")
    assert parse_secpath(text).unread == ()
    assert nobody_read(text, parse_secpath) == ["network all 172.20.0.0 255.255.128.0"]
    text = FIREWALL.replace(" port link-mode route", " port link-modes route")
    assert parse_comware_routes(text).unread == ()
    assert nobody_read(text, parse_secpath) == ["port link-modes route"]


def test_a_missing_list_is_a_matter_of_routing() -> None:
    text = FIREWALL.replace("prefix-list OURS export", "prefix-list OUR export")
    assert [one.text for one in parse_secpath(text).unread] == [
        "peer 203.0.113.6 prefix-list OUR export"
    ]
    assert nobody_read(text, parse_secpath) == []
    assert [one.name for one in parse_comware_routes(text).missing] == ["prefix-list OUR"]


def test_whose_lines_are_whose() -> None:
    numbered = dedent("""\
        sysname R
        bgp 65001
         peer 192.0.2.2 as-number 2
         #
         address-family ipv4 unicast
          peer 192.0.2.2 enable
        #
        interface LoopBack0
         ip address 192.0.2.1 32
         description bgp 65001
        #
        security-policy ip
         rule 1 name X
          description ip route-static 10.0.0.0 8 NULL0
        #
        ospf 1
         area 0
        """)
    assert SPLITTER.split(numbered).own == {2, 3, 5, 6, 16, 17}
    kept = [
        number for number, line in enumerate(SPLITTER.split(numbered).text.split("\n"), 1) if line
    ]
    assert kept == [1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 15, 16, 17]


def test_shortened_words_of_an_open_view_are_its_own() -> None:
    """`net` begins `netconf`, too, and `ti` begins `time-range`: the open view is asked first."""
    text = "bgp 1\nti keep 3 ho 9\naddress-family ipv4\nnet 10.0.0.0 255.0.0.0\n#\n"
    read = parse_comware_routes(text)
    assert read.unread == ()
    assert read.own == frozenset({1, 2, 3, 4})
    assert [one.source for one in read.routers[0].origins] == ["network"]


def test_flat_text_is_left_by_a_head_of_either_reader() -> None:
    text = "\n".join([
        "bgp 65001", "peer 192.0.2.2 as-number 2", "interface LoopBack0",
        "ip address 192.0.2.1 32", "route-policy P permit node 5", "if-match tag 5",
        "security-zone name Trust", "import interface GigabitEthernet1/0/1",
    ])  # fmt: skip
    assert SPLITTER.split(text).own == {1, 2, 5, 6}
    assert parse_comware_routes(text).addresses == {"LoopBack0": ("192.0.2.1/32",)}
    assert nobody_read(text, parse_secpath) == []


def test_flat_and_unknown_is_judged_where_it_stands() -> None:
    line = "peer 192.0.2.2 as-number 2"
    assert nobody_read(f"bgp 65001\nquit\n{line}", parse_secpath) == [line]
    assert nobody_read(f"security-zone name Trust\nquit\n{line}", parse_secpath) == [line]


def test_the_readers_agree_on_heads() -> None:
    """Routing may take more for its own than others leave, and never leave what others take."""
    assert not HEADS.other.keys() & HEADS.own.keys()
    assert not HEADS.shared.keys() & (HEADS.other.keys() | HEADS.own.keys())
    for grammar in (SECPATH, COMWARE):
        for head, opens in grammar.heads(SYSTEM).items():
            if head in HEADS.own:
                assert HEADS.own[head] or not opens, head
            else:
                assert opens or not (HEADS.other.get(head) or HEADS.shared.get(head)), head


# What the other reader takes without a look stands in routing's own lines.

LOOSE_VIEWS = {"routing"}
Lines = list[int]
Reading = Callable[[Words], Effect[Any]]


def spying(rows: Iterable[Command[Any]], view: str) -> Iterable[Command[Lines]]:
    """The other reader's rows; those that take routing lines without a look note them."""
    for row in rows:
        loose = view in LOOSE_VIEWS or (view == SYSTEM and row.head in HEADS.own)
        undo = row.undoes or (row.says if row.may_undo else None)
        yield replace(
            row,
            says=noting(row.says, loose=loose),
            undoes=noting(undo, loose=loose) if undo or row.may_undo else None,
        )


def noting(reader: Reading | None, *, loose: bool) -> Reading:
    """A reader that refuses what the other one refuses, and notes the line or does nothing."""

    def read_words(words: Words) -> Effect[Lines]:
        if reader is not None:
            reader(words)
        return (lambda seen, line: seen.append(line)) if loose else (lambda _seen, _line: None)

    return read_words


SPIED: Grammar[Lines] = Grammar(
    {view: tuple(spying(rows, view)) for view, rows in SECPATH._views.items()}
)
ALL_HEADS = sorted(
    {" ".join(row.head) for grammar in (ROUTES, SECPATH, COMWARE) for row in grammar.commands()}
)
WORDS = (
    *("192.0.2.2", "2001:db8::2", "G", "as-number", "group", "enable", "import", "export", "10"),
    *("prefix-list", "route-policy", "permit", "deny", "node", "index", "255.255.0.0", "0", "32"),
    *("bfd", "multi-hop", "external", "L", "NULL0", "track", "LoopBack0", "unicast", "64", "hops"),
    *("community", "none", "additive", "1:1", "cost", "password", "simple", "ipv4", "^1_", "ip"),
    *("keepalive", "hold", "ttl-security", "timer", "address", "name", "X", "GigabitEthernet1/0/1"),
)
lines = st.builds(
    lambda indent, undo, head, words: " " * indent + undo + " ".join((head, *words)),
    st.integers(0, 3),
    st.sampled_from(("", "", "", "undo ", "und ")),
    st.sampled_from((*ALL_HEADS, "#", "quit", "return", "system-view", "!x", "gibberish", "qu")),
    st.lists(st.sampled_from(WORDS), max_size=5),
)
shortened = st.builds(
    lambda line, keep: " ".join(word[:keep] if word.islower() else word for word in line.split()),
    lines,
    st.integers(1, 8),
)
routing = st.builds(
    lambda indent, head, words: " " * indent + " ".join((head, *words)),
    st.integers(0, 2),
    st.sampled_from(
        sorted({" ".join(head) for head in HEADS.own} | {"peer", "bgp 1", "address-family", "#"})
    ),
    st.lists(st.sampled_from(WORDS), max_size=6),
)
soup = st.lists(lines | routing, max_size=40).map("\n".join)


def test_the_other_reader_takes_routing_without_a_look() -> None:
    taken: Lines = []
    read(SPIED, taken, FIREWALL)
    assert set(taken) == SPLITTER.split(FIREWALL).own


@given(soup)
def test_no_line_is_taken_by_one_and_left_by_the_other(text: str) -> None:
    """Unless the other reader complains of a line before it, so that the text is not proven."""
    own = SPLITTER.split(text).own
    taken: Lines = []
    reading = read(SPIED, taken, text)
    refused = {one.line for one in reading.in_order()} - own
    assert all(line in own or min(refused, default=line) < line for line in taken)


# Any text at all.


def accounted(text: str) -> None:
    found = parse_comware_routes(text)
    unread = {one.line for one in found.unread}
    assert found.effective.isdisjoint(found.inert)
    assert found.effective | found.inert | unread == found.own
    assert unread.isdisjoint(found.effective | found.inert)
    assert found.own is not None
    assert len(found.own) == found.lines
    assert all(one.text and one.why for one in found.unread)
    assert {one.family for session in found.sessions for one in session.exchanges} <= set(FAMILIES)


@given(soup)
def test_soup_of_commands(text: str) -> None:
    accounted(text)


@given(st.lists(shortened, max_size=40).map("\n".join))
def test_soup_of_shortened_commands(text: str) -> None:
    accounted(text)


@given(st.lists(routing, max_size=30).map(lambda some: "bgp 1\n" + "\n".join(some)))
def test_soup_of_routing(text: str) -> None:
    accounted(text)


@given(st.text())
def test_soup_of_characters(text: str) -> None:
    accounted(text)


@pytest.mark.parametrize("text", [ROUTER, FIREWALL, SCRIPT])
def test_a_text_cut_anywhere_is_read(text: str) -> None:
    for end in range(0, len(text), 37):
        accounted(text[:end])


def test_many_lines_take_time_in_proportion() -> None:
    text = "bgp 1\n" + "\n".join(f"{' ' * (1 + n % 7)}gibberish {n}" for n in range(30_000))
    found = parse_comware_routes(text)
    assert found.own is not None
    assert len(found.unread) == len(found.own) - 1 == 30_000
