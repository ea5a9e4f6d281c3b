"""Rules that are whole lines are read a short way: with the same result as word by word.

Two blanks where a line begins are as good as one to nft, and no line to the parser (see `tokens`);
so each text is read twice, the short way where there is one and surely the long one.
"""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from telemed_infra.parse.behaviour import FirewallBehaviour
from telemed_infra.parse.nftables import parse_nftables
from telemed_infra.parse.nftables.lines import LineRules
from telemed_infra.parse.nftables.lookups import Elements, Row
from telemed_infra.parse.nftables.shapes import read_rule
from telemed_infra.parse.nftables.tokens import Statement, cut
from tests.parse.nftables.packet import forward_chain, only_chain

SETS = """
  set near { type ipv4_addr; flags interval; elements = { 10.1.0.0/16, 10.3.0.1 }; }
  set near6 { type ipv6_addr; flags interval; elements = { fd00::/8 }; }
  set nobody { type ipv4_addr; }
  set moving { type ipv4_addr; flags timeout; }
  set web { type inet_service; elements = { 80, 443 }; }
  chain called { ip saddr 10.1.0.5 tcp dport 22 drop
  }
"""
HEADS = ("ip saddr", "ip daddr", "ip6 saddr", "ip6 daddr")
ADDRESSES = (
    *("10.1.0.5", "10.1.0.0/16", "10.1.0.1-10.1.0.9", "fd00::1", "fd00::/8", "fe80::1%eth0"),
    *("@near", "@near6", "@nobody", "@moving", "@web", "@unknown", "10.1.0.256", "10.1.0.0/33"),
    *("{ 10.1.0.1, 10.1.0.2 }", "!= 10.1.0.5", "10.1.0.1 - 10.1.0.9", "$site", "1:2", "", "{"),
)
CONDITIONS = (
    *("", "tcp dport 443", "tcp dport { 22, 440-450 }", "udp sport 53 udp dport 53", "icmp type 8"),
    *(
        "meta l4proto . th dport { tcp . 443, udp . 3478-3497 }",
        "meta l4proto 50",
        "tcp dport @web",
    ),
    *(
        "icmpv6 type { 1, 2 }",
        "ct state new",
        "ip saddr 10.1.0.7",
        "meta l4proto . th dport { 1 . 5 }",
    ),
    *(
        "iifname lan0",
        "limit rate 10/second",
        "limit rate over 9/second",
        "th dport 53",
        "nonsense",
    ),
    *("tcp dport vmap { 22 : drop, 443 : accept }", "ip protocol . th dport { tcp . 443 }"),
    *(
        'iifname "lan0"',
        'log prefix "ip saddr { ; "',
        "comment",
        "ip saddr . tcp dport { 10.1.0.5 . 1 }",
    ),
)
VERDICTS = (
    *(
        "accept",
        "drop",
        "counter accept",
        "counter packets 1 bytes 2 drop",
        "jump called",
        "return",
    ),
    *(
        "goto called",
        "reject",
        "log",
        "",
        "accept accept",
        "accept;",
        "accept; drop",
        "} accept",
        "\\",
    ),
)
COMMENTS = ("", ' comment "P0201"', ' comment "a; b {"', ' comment ""', " comment plain", ' "x"')
MARKS = st.sampled_from((*' {}";:.,@!-$\\\t\n\r#=', "ip saddr ", "1", "a", "\u00a0", "\u0661"))


def rule(*parts: str) -> str:
    return " ".join(part for part in parts[:-1] if part) + parts[-1]


RULES = st.builds(
    rule,
    st.sampled_from(HEADS), st.sampled_from(ADDRESSES),
    st.sampled_from((*HEADS, "", "")), st.sampled_from(ADDRESSES),
    st.sampled_from(CONDITIONS), st.sampled_from(VERDICTS), st.sampled_from(COMMENTS),
)  # fmt: skip


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """A rule with a mark put in or a piece cut out."""
    text: str = draw(RULES)
    at = draw(st.integers(0, len(text)))
    mark: str = draw(MARKS)
    return text[:at] + mark + text[at + draw(st.integers(0, 2)) :]


def both_ways(text: str) -> tuple[FirewallBehaviour, FirewallBehaviour]:
    """What a text says, read by its lines and by its words."""
    by_word = re.sub(r"\b(ip6?) (?=[sd]addr)", r"\1  ", text)
    return without_blanks(parse_nftables(text)), without_blanks(parse_nftables(by_word))


def without_blanks(read: FirewallBehaviour) -> FirewallBehaviour:
    """Blanks of unread lines, and of quoted texts, are no difference."""
    unread = tuple(
        replace(one, text=one.text.replace("  ", " "), why=one.why.replace("  ", " "))
        for one in read.unread
    )
    chains = tuple(
        replace(chain, rules=tuple(
            replace(one, name=one.name.replace("  ", " ")) for one in chain.rules
        ))
        for chain in read.chains
    )  # fmt: skip
    return replace(read, unread=unread, chains=chains)


@given(st.lists(st.one_of(RULES, damaged()), max_size=4), st.sampled_from(("", "define site = 1")))
def test_rules_of_a_chain(rules: list[str], head: str) -> None:
    by_line, by_word = both_ways(forward_chain(*rules, before=SETS, head=head))
    assert by_line == by_word


PIECES = st.one_of(
    RULES,
    st.sampled_from((
        *("}", "{", "table inet t {", "chain c {", "set s {", "map m {", "elements = {", "\\", ";"),
        *("type filter hook forward priority 0; policy drop;", "define site = 10.1.0.5"),
        *("type ipv4_addr", "typeof ip saddr . ip daddr", "add rule inet t c", "iifname x"),
        *("add element inet t s {", "flags interval"),
        *("tcp dport {", "counter", "chain", "set", "table", "flush", "comment", "# no", "jump c"),
    )),
)  # fmt: skip


@given(st.lists(st.tuples(PIECES, st.sampled_from("\n\n\n\t ")), max_size=16))
def test_lines_anywhere_in_a_text(pieces: list[tuple[str, str]]) -> None:
    by_line, by_word = both_ways("".join(text + end for text, end in pieces))
    assert by_line == by_word


@pytest.mark.parametrize("head", HEADS[:2])
@pytest.mark.parametrize("address", ["10.1.0.5", "10.1.0.0/16", "10.1.0.1-10.1.0.9", "@near"])
@pytest.mark.parametrize("other", ["", "ip daddr 10.9.0.7 ", "ip saddr @near "])
@pytest.mark.parametrize("rest", ["tcp dport 443 accept", "counter drop", 'log accept comment "N"'])
def test_common_rules_take_the_short_way(head: str, address: str, other: str, rest: str) -> None:
    if other.startswith(head):
        other = ""
    near = Elements(("ipv4_addr",), is_map=False, rows=(Row((((5, 9),),)),))
    line = f"{head} {address} {other}{rest}"
    by_line = LineRules({"near": near}).read(Statement(7, 7, [line]))
    assert by_line == read_rule(Statement(7, 7, cut(line)), {"near": near})


def test_lines_within_braces_and_behind_other_words() -> None:
    rules = (
        "iifname lan0 ip saddr 10.1.0.5 tcp dport 443 accept",
        "tcp dport {\n 22,\n 443 } ip saddr 10.1.0.5 accept",
        "iifname lan0 \\\n ip saddr 10.1.0.5 accept",
        "ip saddr 10.1.0.5 accept; drop",
    )
    assert [len(only_chain(forward_chain(one)).rules) for one in rules] == [1, 1, 1, 2]


def test_many_unfinished_lines_take_time_in_proportion() -> None:
    """Each beginning of a line looks a bounded way ahead: this would take minutes otherwise."""
    text = forward_chain("ip saddr 10.1.0.5 " * 40_000 + "accept;")
    assert len(only_chain(text).rules) == 1
