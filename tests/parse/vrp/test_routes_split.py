"""A text has two readers; each of its lines is judged by one of them, and none by nobody."""

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
from telemed_infra.parse.vrp import parse_usg, parse_vrp, parse_vrp_routes, unread_of_both
from telemed_infra.parse.vrp.engine import SYSTEM, Command, Effect, Grammar, Words, read
from telemed_infra.parse.vrp.routes_grammar import HEADS, ROUTES, SPLITTER
from telemed_infra.parse.vrp.switch_grammar import VRP
from telemed_infra.parse.vrp.usg_grammar import USG
from tests.parse.vrp.route_texts import AGGREGATION, FIREWALL, SCRIPT
from tests.parse.vrp.test_foreign import BRANCH_FIREWALL, EDGE_SWITCH, MANUAL_SCRIPT

Reader = Callable[[str], FirewallBehaviour | SwitchBehaviour]


def nobody_read(text: str, other: Reader) -> list[str]:
    return [one.text for one in unread_of_both(parse_vrp_routes(text), other(text).unread)]


@pytest.mark.parametrize(
    ("text", "other", "unread"),
    [
        (AGGREGATION, parse_vrp,
         ["interface GigabitEthernet0/0/0", "interface GigabitEthernet0/0/1"]),
        (FIREWALL, parse_usg, []),
        (EDGE_SWITCH, parse_vrp,
         ["interface GigabitEthernet0/0/3", "port link-type hybrid",
          "port hybrid pvid vlan 40"]),
        (BRANCH_FIREWALL, parse_usg, ["application app WeChat", "time-range OFFICE"]),
        (MANUAL_SCRIPT, parse_usg, []),
    ],
    ids=["router", "firewall", "switch", "branch", "script"],
)  # fmt: skip
def test_two_readers_of_one_text(text: str, other: Reader, unread: list[str]) -> None:
    assert nobody_read(text, other) == unread


def test_a_bad_line_is_told_by_the_one_who_judges_it() -> None:
    """The other reader takes any line of a routing block, and routing any of an interface's."""
    text = FIREWALL.replace("  peer 203.0.113.6 enable", "  peer 203.0.113.6 enabel")
    assert parse_usg(text).unread == ()
    assert nobody_read(text, parse_usg) == ["peer 203.0.113.6 enabel"]
    text = FIREWALL.replace(" undo service-manage enable", " undo service-manager enable")
    assert parse_vrp_routes(text).unread == ()
    assert nobody_read(text, parse_usg) == ["undo service-manager enable"]


def test_a_head_that_nobody_knows() -> None:
    text = "frobnicate 7\n bgp 65001\n peer 192.0.2.2 as-number 2\n"
    assert SPLITTER.split(text).own == frozenset()
    assert nobody_read(text, parse_usg) == [
        "frobnicate 7", "bgp 65001", "peer 192.0.2.2 as-number 2",
    ]  # fmt: skip


def test_whose_lines_are_whose() -> None:
    numbered = dedent("""\
        sysname R
        bgp 65001
         peer 192.0.2.2 as-number 2
         #
         ipv4-family unicast
          peer 192.0.2.2 enable
        #
        interface LoopBack0
         ip address 192.0.2.1 32
         description bgp 65001
        #
        vlan 10
         description x
        ospf 1
         area 0
        """)
    assert SPLITTER.split(numbered).own == {2, 3, 5, 6, 14, 15}
    kept = [
        number for number, line in enumerate(SPLITTER.split(numbered).text.split("\n"), 1) if line
    ]
    assert kept == [1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 14, 15]


def test_flat_text_is_left_by_a_head_of_either_reader() -> None:
    text = "\n".join([
        "bgp 65001", "peer 192.0.2.2 as-number 2", "interface Vlanif 10", "arp expire-time 60",
        "ip address 192.0.2.1 24", "route-policy P permit node 5", "if-match tag 5", "vlan 20",
        "description peers",
    ])  # fmt: skip
    assert SPLITTER.split(text).own == {1, 2, 6, 7}
    assert parse_vrp_routes(text).addresses == {"Vlanif10": ("192.0.2.1/24",)}
    assert nobody_read(text, parse_vrp) == []


def test_flat_and_unknown_is_judged_where_it_stands() -> None:
    assert nobody_read("bgp 65001\nquit\npeer 192.0.2.2 as-number 2", parse_vrp) == [
        "peer 192.0.2.2 as-number 2"
    ]
    assert nobody_read("vlan 10\nquit\npeer 192.0.2.2 as-number 2", parse_vrp) == [
        "peer 192.0.2.2 as-number 2"
    ]


def test_the_readers_agree_on_heads() -> None:
    """Routing may take more for its own than others leave, and never leave what others take."""
    assert not HEADS.other.keys() & HEADS.own.keys()
    assert not HEADS.shared.keys() & (HEADS.other.keys() | HEADS.own.keys())
    for grammar in (VRP, USG):
        for head, opens in grammar.heads(SYSTEM).items():
            if head in HEADS.own:
                assert HEADS.own[head] or not opens, head
            else:
                assert opens or not (HEADS.other.get(head) or HEADS.shared.get(head)), head


def test_below_a_command_that_opens_no_view_nothing_hangs() -> None:
    text = (
        "sysname R\n ip route-static 10.0.0.0 8 NULL0\n ip ip-prefix A permit 10.0.0.0 8\n  bgp 5\n"
    )
    read = parse_vrp_routes(text)
    assert read.unread == ()
    assert read.own == frozenset({2, 3, 4})
    assert read.routers[0].as_number == 5


# What the other reader takes without a look stands in routing's own lines.

LOOSE_VIEWS = {"routing", "routing-part", "watch"}
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


def spied(grammar: Grammar[Any]) -> Grammar[Lines]:
    """A reader's grammar with spies in it."""
    return Grammar({view: tuple(spying(rows, view)) for view, rows in grammar._views.items()})


SPIED = (spied(VRP), spied(USG))


def heads(*grammars: Grammar[Any]) -> list[str]:
    return sorted({" ".join(row.head) for grammar in grammars for row in grammar.commands()})


WORDS = (
    *("192.0.2.2", "2001:db8::2", "G", "as-number", "group", "enable", "import", "export", "10"),
    *("ip-prefix", "route-policy", "permit", "deny", "node", "index", "255.255.0.0", "0", "32"),
    *("bfd", "min-rx-interval", "external", "L", "NULL0", "track", "LoopBack0", "unicast", "64"),
    *("community-filter", "none", "additive", "1:1", "cost", "password", "simple", "enable", "^1_"),
)


def lines(*grammars: Grammar[Any]) -> st.SearchStrategy[str]:
    """Lines with the heads of some grammars, at any indent."""
    moves = ("#", "quit", "return", "system-view", "!x", "gibberish", "peer")
    return st.builds(
        lambda indent, undo, head, words: " " * indent + undo + " ".join((head, *words)),
        st.integers(0, 3),
        st.sampled_from(("", "", "", "undo ")),
        st.sampled_from((*heads(*grammars), *moves)),
        st.lists(st.sampled_from(WORDS), max_size=5),
    )


routing = st.builds(
    lambda indent, head, words: " " * indent + " ".join((head, *words)),
    st.integers(0, 2),
    st.sampled_from(sorted({" ".join(head) for head in HEADS.own} | {"peer", "bgp 1", "#"})),
    st.lists(st.sampled_from(WORDS), max_size=6),
)


def soup(*grammars: Grammar[Any]) -> st.SearchStrategy[str]:
    return st.lists(lines(ROUTES, *grammars) | routing, max_size=40).map("\n".join)


soups = soup(VRP, USG)


def test_the_other_reader_takes_routing_without_a_look() -> None:
    taken: Lines = []
    read(SPIED[0], taken, AGGREGATION)
    assert set(taken) == SPLITTER.split(AGGREGATION).own


@pytest.mark.parametrize("grammar", [VRP, USG], ids=["vrp", "usg"])
@given(data=st.data())
def test_no_line_is_taken_by_one_and_left_by_the_other(
    grammar: Grammar[Any], data: st.DataObject
) -> None:
    """Unless the other reader complains of a line before it, so that the text is not proven."""
    text = data.draw(soup(grammar))
    own = SPLITTER.split(text).own
    taken: Lines = []
    reading = read(SPIED[grammar is USG], taken, text)
    refused = {one.line for one in reading.in_order()} - own
    assert all(line in own or min(refused, default=line) < line for line in taken)


def accounted(text: str) -> None:
    found = parse_vrp_routes(text)
    unread = {one.line for one in found.unread}
    assert found.effective.isdisjoint(found.inert)
    assert found.effective | found.inert | unread == found.own
    assert unread.isdisjoint(found.effective | found.inert)
    assert len(found.own) == found.lines
    assert all(one.text and one.why for one in found.unread)
    assert {one.family for session in found.sessions for one in session.exchanges} <= set(FAMILIES)


@given(soups)
def test_soup_of_commands(text: str) -> None:
    accounted(text)


@given(st.lists(routing, max_size=30).map(lambda some: "bgp 1\n" + "\n".join(some)))
def test_soup_of_routing(text: str) -> None:
    accounted(text)


@given(st.text())
def test_soup_of_characters(text: str) -> None:
    accounted(text)


@pytest.mark.parametrize("text", [AGGREGATION, FIREWALL, SCRIPT])
def test_a_text_cut_anywhere_is_read(text: str) -> None:
    for end in range(0, len(text), 37):
        accounted(text[:end])


def test_many_lines_take_time_in_proportion() -> None:
    text = "bgp 1\n" + "\n".join(f"{' ' * (1 + n % 7)}gibberish {n}" for n in range(30_000))
    found = parse_vrp_routes(text)
    assert found.own is not None
    assert len(found.unread) == len(found.own) - 1 == 30_000


SETS = (
    "sysname F\n#\nip address-set A type object\n address 0 10.0.0.0 mask 8\n#\nsecurity-policy\n"
)


@pytest.mark.parametrize(
    "head",
    ["bgp 65001", "undo bgp", " ip route-static 10.0.0.0 8 NULL0", '"bgp" 65001', "ospf 1",
     'ip "route-static" 10.0.0.0 8 NULL0', "ip  ip-prefix A permit 10.0.0.0 8"],
)  # fmt: skip
def test_routing_behind_sets_and_rules_is_routing_too(head: str) -> None:
    text = f"{SETS} rule name R\n  action permit\n#\n{head}\n"
    assert SPLITTER.split(text).own == {text.count("\n")}


def test_a_text_without_routing_behind_its_sets_is_not_read_to_the_end() -> None:
    text = f"bgp 65001\n#\n{SETS} rule name R\n  action permit\n"
    for _ in range(2):  # the second time it is known
        assert SPLITTER.split(text).own == {1}
        assert SPLITTER.split(text).text.count("\n") < text.count("\n")
        assert parse_vrp_routes(text).hostname == "F"


def test_a_line_that_no_reader_has_judged_is_told() -> None:
    read = parse_vrp_routes(AGGREGATION)
    known = {one.line for one in unread_of_both(read, ())}
    some = next(iter(read.effective))
    silent = replace(read, effective=read.effective - {some})
    assert {one.line for one in unread_of_both(silent, ())} == {*known, some}
