"""Corners of the grammar: what people seldom write, and what they get wrong."""

from __future__ import annotations

import pytest

from tests.parse.nftables.packet import Packet, forward_chain, only_chain, passes, why_unread

TABLE = "table inet t {\n  chain c {\n    type filter hook forward priority 0; policy drop;\n  }\n"


@pytest.mark.parametrize(
    "rule",
    [
        'log prefix "a" flags tcp sequence,options snaplen 80 accept',
        "log flags all accept",
        "tcp dport { 443 counter packets 1 bytes 2, 22 } accept",
        'tcp dport { 443 comment "web", 22 } accept',
        "tcp dport { 22 - 25, 440 - 443 } accept",
        "tcp dport {, 443 } accept",
        "iifname . tcp dport vmap { lan0 . 443 : accept, lan0 . 22 : drop }",
        "iifname . tcp dport vmap { lan0 . 1-99 : drop, lan0 . 443 : accept }",
        "ct state . iifname vmap { new . lan0 : accept, established . lan0 : drop }",
        "ct state vmap { new : accept, established : drop } counter comment \"x\"",
        "reject with icmpv6 type no-route\n    accept",
        "tcp option maxseg size set 1400\n    accept",
        'ct mark set meta mark meta nftrace set 1 accept comment "traced"',
        "tcp dport { 22, 443 } tcp dport vmap { 443 : accept }",
        "meta nfproto ipv4 ip saddr 10.0.0.0/8 iifname { lan0, x } iifname lan0 accept",
        "continue\n    accept",
    ],
)  # fmt: skip
def test_read(rule: str) -> None:
    text = forward_chain(rule)
    if "{, 443" in rule:
        assert why_unread(text) == ["a comma without an element before it"]
    else:
        assert passes(only_chain(text), Packet())


@pytest.mark.parametrize("rule", ["quota over 5 mbytes used 3 bytes drop",
                                  "limit rate over 5/second burst 9 mbytes drop"])  # fmt: skip
def test_read_and_uncertain(rule: str) -> None:
    (one,) = only_chain(forward_chain(rule)).rules
    assert not one.certain


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ("limit 5/second accept", "`limit` without `rate`"),
        ("tcp option sack exists accept", "`tcp option`"),
        ("tcp flags syn tcp option maxseg size set rt mtu accept",
         "a verdict that depends on TCP flags or options"),
        ("reject with bang", "`reject with bang`"),
        ("meta mark set ct mark & 5", "`meta mark set` with a computed value"),
        ("add @s accept", "`add @s`"),
        ("tcp dport { 22", "the text ends inside a block"),
        ("ip saddr . meta mark { 10.0.0.1 . 5 } accept", "`meta` is not a known field"),
        ("ip saddr . tcp dport { 10.0.0.1 } accept", "1 fields in an element of 2"),
        ("ip saddr . tcp dport { 10.0.0.1 5 . 5 } accept", "`5` behind `10.0.0.1`"),
        ("ip saddr { 10.0.0.1 . 5, 10.0.0.2 } accept", "more fields in an element than in its set"),
        ("tcp dport vmap { 22 }", "an element of a map without a verdict"),
        ("tcp dport vmap { 22 : perhaps }", "`perhaps` is not a verdict"),
        ("iifname . tcp dport vmap { a . 1-9 : drop, a . 5 : accept }",
         "two verdicts for one element"),
        ("ct state . iifname vmap { new . a : drop, new . a : accept }",
         "two verdicts for one element"),
        ("ct state nonsense accept", "`nonsense` is not a known ct_state"),
        ("ct state < new accept", "`<` before connection states"),
        ("iifname < a accept", "`<` before the value of ingress"),
        ("tcp dport > { 22, 80 } accept", "`>` wants one number"),
        ("ip6 saddr fe80::g accept", "`g accept`"),
        ("ip6 saddr 1::2::3 accept", "`1::2::3` is not an IPv6 address"),
        ('iifname "" accept', "`\"\"` is not the name of an interface"),
        ("tcp dport 1. accept", "`1.` is not a known name or number up to 65535"),
        ("icmp type 8 th dport 5 accept", "a port of a protocol that has no ports"),
    ],
)  # fmt: skip
def test_unread(rule: str, why: str) -> None:
    assert why in why_unread(forward_chain(rule))


def test_ports_of_a_protocol_without_ports_are_unread() -> None:
    assert why_unread(forward_chain("meta l4proto { 6, 50 } th dport 5 accept")) == [
        "a port of a protocol that has no ports"
    ]


def test_a_large_map_of_intervals_is_unread() -> None:
    keys = ", ".join(
        f"x{number} . {number}-{number + 1} : {'drop' if number % 2 else 'accept'}"
        for number in range(1, 1200)
    )
    assert why_unread(forward_chain(f"iifname . tcp dport vmap {{ {keys} }}")) == [
        "a map of intervals too large to compare"
    ]


def test_too_many_combinations_are_unread() -> None:
    pairs = ", ".join(f"x{number} . {number}" for number in range(1, 200))
    lookup = f"iifname . tcp dport {{ {pairs} }}"
    assert why_unread(forward_chain(f"{lookup} {lookup} accept")) == [
        "concatenations with too many elements in one rule"
    ]


def test_variables_that_double_each_other_are_unread() -> None:
    doubled = "\n".join(f"define v{n} = {{ $v{n - 1}, $v{n - 1} }}" for n in range(1, 24))
    whys = why_unread(f"define v0 = 5\n{doubled}\ntable inet t {{\n}}\n")
    assert "variables within variables, too many words" in whys


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("  chain c {\n type filter hook input priority 0;\n }", "a chain with two hooks"),
        ("  chain d {\n type filter hook ingress device x priority 0;\n }",
         "`hook ingress device` is not modelled"),
        ("  chain d {\n type filter hook input priority first;\n }",
         "`priority first` is not known"),
        ("  chain d {\n policy perhaps;\n }", "`policy` wants `accept` or `drop`"),
        ("  set s {\n type ipv4_addr . ;\n }", "`type` wants types with ` . ` between"),
        ("  set s {\n typeof meta mark;\n }", "`typeof meta mark`"),
        ("  set s {\n typeof ip saddr tcp;\n }", "`typeof ip saddr tcp`"),
        ("  set s {\n type ipv4_addr; flags much;\n }", "flag `much` of a set"),
        ("  set s {\n type ipv4_addr; elements 5;\n }", "`elements` wants `= { … }`"),
        ("  set s {\n type ipv4_addr; perhaps 5;\n }", "`perhaps` in a set"),
        ("  set s {\n size 5;\n }", "`s` has no readable type"),
        ("  set s { type ipv4_addr; }\n  set s { type inet_service; }",
         "`s` is there already, of another type"),
        ("  define x 5", "`define` wants a name, `=` and a value"),
        ("}\nflush chain inet t e\ntable inet u {", "no chain `e` in table `t`"),
        ("}\nflush rule inet t\ntable inet u {", "`flush rule inet t`"),
        ("}\nflush ruleset bridge\ntable inet u {", "`flush ruleset bridge`"),
        ("}\nadd element inet t s { 5 }\ntable inet u {", "no set `s` in table `t`"),
        ("}\nadd element inet t c\ntable inet u {", "`element inet t c`"),
        ("}\nadd rule inet t c index 5 accept\ntable inet u {", "`rule inet t c index 5`"),
        ("}\nadd flowtable inet t f\ntable inet u {", "`flowtable inet`"),
        ("}\nchain inet none c {\n accept\n }\ntable inet u {", "no table `inet none`"),
        ("}\nchain x {\n accept\n }\ntable inet u {", "`chain x {`"),
        ("}\nadd set inet t\ntable inet u {", "`set inet t`"),
    ],
)  # fmt: skip
def test_tables_that_are_not_read(line: str, why: str) -> None:
    assert why in why_unread(f"{TABLE}{line}\n}}\n")


def test_small_commands_that_are_read() -> None:
    text = """
table inet t { comment "all of it"; chain later; counter hits; }
add chain inet t c { type filter hook forward priority 0; policy drop; comment "c"; }
add counter inet t more
add map inet t m { type ifname : verdict; }
flush map inet t m
add element inet t m { lan0 : accept }
add set inet t s { type ipv4_addr; size 5; policy memory; auto-merge; timeout 1h; gc-interval 5s; }
create chain inet t extra
add rule inet t c iifname vmap @m
delete table inet never_there
"""
    assert passes(only_chain(text), Packet())
    assert not passes(only_chain(text), Packet(ingress="x"))
