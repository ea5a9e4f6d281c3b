"""Tokens, commands, variables and the account of lines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemed_infra.parse.behaviour import Action
from telemed_infra.parse.nftables import parse_nftables
from tests.parse.nftables.packet import Packet, forward_chain, only_chain, passes, why_unread

OWN_STYLE = """\
#!/usr/sbin/nft -f
flush ruleset                                   # whole file is one transaction
define WAN = "wan0"
define UNUSED = { 10.0.0.1,
                  10.0.0.2 }
table inet gztm {
  counter dropped { }
  set clinic {
    type ipv4_addr; flags interval
    elements = { 10.1.0.0/24, 10.1.1.0/24,   # two sites
                 10.1.7.7 }
  }
  set nobody { type ipv4_addr; }
  chain unused {
    tcp dport 23 accept
  }
  chain forward {
    comment "the ways between zones"
    type filter hook forward priority filter; policy drop;
    ct state established,related accept; ct state invalid drop
    iifname "lan0" oifname $WAN \\
      ip saddr @clinic \\
      tcp dport 443 counter accept comment "R # 1"

    counter name dropped
    log prefix "DROP; { " level info
  }
}
"""


def test_every_line_is_accounted_for() -> None:
    behaviour = parse_nftables(OWN_STYLE)
    assert behaviour.unread == ()
    assert sorted(behaviour.effective) == [3, 6, 8, 9, 10, 11, 17, 19, 20, 21, 22, 23]
    assert sorted(behaviour.inert) == [2, 4, 5, 7, 13, 14, 15, 18, 25, 26]
    assert behaviour.lines == 22
    assert behaviour.unused == ("set nobody", "chain unused", "variable UNUSED")
    (rule,) = behaviour.chains[0].rules
    assert (rule.line, rule.name) == (21, "R # 1")


def test_everything_on_one_line() -> None:
    text = (
        "table inet t{chain c{type filter hook forward priority 0;policy drop;"
        'iifname "lan0" tcp dport{22,443}accept;};}\n'
    )
    assert passes(only_chain(text), Packet())


def test_a_comment_swallows_the_backslash_at_its_end() -> None:
    text = forward_chain("tcp dport 22 accept # not continued \\", "tcp dport 443 accept")
    assert passes(only_chain(text), Packet())


def test_variables_stand_for_words() -> None:
    text = forward_chain(
        "define near = $web", "ip saddr $hosts tcp dport { $near, $more } accept",
        head="define web = 443\ndefine more = { 22, $web }\ndefine hosts = 10.1.0.0/16",
    )  # fmt: skip
    assert passes(only_chain(text), Packet())
    assert passes(only_chain(text), Packet(port=22))


def test_a_variable_of_a_block_ends_with_it() -> None:
    text = "table inet a {\n  define x = 22\n}\n" + forward_chain("tcp dport $x accept")
    assert why_unread(text) == ["nothing defines `$x`"]


def test_commands_one_by_one() -> None:
    text = """
add table inet t
add chain inet t c { type filter hook forward priority 0; policy drop; }
add set inet t s { type inet_service; }
add element inet t s { 22, 443 }
add rule inet t c tcp dport @s accept
insert rule inet t c ip saddr 10.1.0.5 drop
"""
    chain = only_chain(text)
    assert [rule.action for rule in chain.rules] == [Action.DENY, Action.PERMIT]
    assert passes(chain, Packet(source="10.1.0.6"))


def test_what_is_deleted_or_flushed_says_nothing() -> None:
    old = forward_chain("accept")
    for command in ("delete table inet fw", "flush ruleset", "flush ruleset inet"):
        behaviour = parse_nftables(f"{old}\n{command}\n{forward_chain('tcp dport 22 accept')}")
        (chain,) = behaviour.chains
        assert not passes(chain, Packet())
        assert behaviour.unread == ()
    assert not passes(only_chain(f"{old}flush chain inet fw forward\n"), Packet())
    assert not passes(only_chain(f"{old}flush table inet fw\n"), Packet())


def test_a_chain_opened_again_is_continued() -> None:
    text = forward_chain("tcp dport 22 drop") + "table inet fw { chain forward { accept; }; }\n"
    chain = only_chain(text)
    assert passes(chain, Packet())
    assert not passes(chain, Packet(port=22))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('include "/etc/nftables/sites.nft"\n', "`include \"/etc/nftables/sites.nft\"`"),
        ("table inet t {\n  chain c {\n    accept\n", "the text ends inside a block"),
        ("}\n", "a brace that closes nothing"),
        ("table bridge t {\n  chain c {\n }\n}\n", "tables of family `bridge` are not modelled"),
        ("table inet t {\n  flags dormant\n}\n", "`flags dormant` in a table"),
        ("table inet t {\n  flowtable f { hook ingress priority 0; }\n}\n",
         "`flowtable f` in a table"),
        ("table inet t {\n  set s { type mark; }\n}\n", "values of type `mark` are not modelled"),
        ("table inet t {\n  set s { type ipv4_addr; elements = { 10.0.0.1 timeout 5s } }\n}\n",
         "an element that vanishes in time"),
        ("table inet t {\n  map m { type ipv4_addr : ipv4_addr; }\n}\n",
         "a map of other things than verdicts"),
        ("delete rule inet t c handle 4\n", "`delete rule inet t`"),
        ("nonsense\n", "`nonsense`"),
        ("add rule inet t c accept\n", "no table `inet t`"),
    ],
)  # fmt: skip
def test_texts_that_are_not_read_say_why(text: str, why: str) -> None:
    assert why in why_unread(text)


def test_a_lookup_in_a_set_that_packets_change_is_unread() -> None:
    text = forward_chain(
        "ip saddr @bad drop", before="  set bad { type ipv4_addr; flags dynamic; }"
    )
    assert why_unread(text) == ["the elements of `bad` change while the device runs"]


def test_no_line_goes_unnoticed() -> None:
    behaviour = parse_nftables("table netdev t {\n  chain c {\n    accept\n  }\n}\n")
    assert [unread.line for unread in behaviour.unread] == [1, 2, 3]


def test_cutting_a_text_anywhere_never_raises_and_never_opens() -> None:
    whole = only_chain(OWN_STYLE)
    for end in range(len(OWN_STYLE)):
        behaviour = parse_nftables(OWN_STYLE[:end])
        if not behaviour.unread and behaviour.chains:
            assert OWN_STYLE[end:].strip(" \n};") == "" or behaviour.chains[0] != whole


SOUP = """
table inet ip fw chain c { } ; set s type ipv4_addr elements = , 10.0.0.1 10.0.0.0/8 : filter hook
forward input priority 0 policy drop accept jump goto return vmap map . != @s $x define add rule
element flush ruleset delete iifname oifname "lan0" ip saddr tcp dport th 22 22-80 ct state new
established limit rate 5/second log prefix counter packets bytes comment icmp code meta l4proto
reject with include # " ' ( ) & | ! < > :: fd00::1 - -5 0x \\
"""
WORDS = st.sampled_from([*SOUP.split(), "\n", "\\\n"])


@given(st.lists(WORDS, max_size=60).map(" ".join))
def test_any_soup_of_words_is_read_or_unread(text: str) -> None:
    account(text)


@given(st.lists(WORDS, max_size=12).map(" ".join))
def test_any_rule_of_words_is_read_or_unread(rule: str) -> None:
    account(forward_chain(rule))


@given(st.text(max_size=80))
def test_any_text_is_read_or_unread(text: str) -> None:
    account(text)


def account(text: str) -> None:
    """Each line that says something is effective, inert or unread."""
    behaviour = parse_nftables(text)
    said = behaviour.effective | behaviour.inert | {unread.line for unread in behaviour.unread}
    assert behaviour.effective.isdisjoint(behaviour.inert)
    assert len(said) >= behaviour.lines
    assert all(1 <= line <= text.count("\n") + 1 for line in said)
