"""What each condition of a rule matches."""

from __future__ import annotations

import pytest

from telemed_infra.packets import TCP, ports
from telemed_infra.parse.nftables import parse_nftables
from tests.parse.nftables.packet import Packet, forward_chain, only_chain, passes, why_unread

SETS = """
  set servers { type ipv4_addr; flags interval; auto-merge; elements = { 10.9.0.0/24, 10.9.1.1 } }
  set servers6 { type ipv6_addr; flags interval; elements = { fd00:9::/64 } }
  set web { type inet_service; flags interval; elements = { 80, 443, 8000-8099 } }
  set inner { type ifname; elements = { "lan0", "lan1" } }
  set tele { type inet_proto . inet_service; elements = { tcp . 104, udp . 3478 } }
  set pairs { typeof ip saddr . ip daddr; flags interval
              elements = { 10.1.0.0/16 . 10.9.0.7, 10.2.0.1 . 10.9.0.0/24 } }
"""
V6 = Packet(source="fd00:1::5", destination="fd00:9::7")
UDP = Packet(protocol=17)
PING = Packet(protocol=1, port=8 << 8)
PING6 = Packet(protocol=58, port=128 << 8, source="fd00:1::5", destination="fd00:9::7")

NO_PROTOCOL = "a port without a protocol: name it with `meta l4proto { tcp, udp }`"

MATCHING = [
    ("", Packet()),
    ('iifname "lan0"', Packet()),
    ("iif lan0", Packet()),
    ("meta iifname { lan0, lan1 }", Packet()),
    ("iifname @inner", Packet(ingress="lan1")),
    ('iifname != "lan1"', Packet()),
    ('oifname != { "lan0", "lan1" }', Packet()),
    ("oif wan0", Packet()),
    ("ip saddr 10.1.0.0/16", Packet()),
    ("ip saddr 10.1.0.9/16", Packet()),
    ("ip saddr 10.1.0.1-10.1.0.5", Packet()),
    ("ip saddr 10.1.0.1 - 10.1.0.5", Packet()),
    ("ip saddr { 10.1.0.5, 10.7.0.0/16 }", Packet()),
    ("ip saddr != 10.2.0.0/16", Packet()),
    ("ip saddr != { 10.2.0.0/16, 10.3.0.0/16 }", Packet()),
    ("ip daddr @servers", Packet()),
    ("ip daddr @servers", Packet(destination="10.9.1.1")),
    ("ip daddr != @servers", Packet(destination="10.9.1.2")),
    ("ip6 daddr @servers6", V6),
    ("ip6 saddr fd00:1::-fd00:1::ff", V6),
    ("ip6 saddr { ::1, fd00:1::/32 }", V6),
    ("tcp dport 443", Packet()),
    ("tcp dport 0x1bb", Packet()),
    ("tcp dport https", Packet()),
    ('tcp dport "https"', Packet()),
    ("tcp dport { 22, 400-500 }", Packet()),
    ("tcp dport {22,443}", Packet()),
    ("tcp dport @web", Packet(port=8050)),
    ("tcp dport != 22", Packet()),
    ("tcp dport >= 443", Packet()),
    ("tcp dport > 442 tcp dport < 444", Packet()),
    ("tcp sport 1024-65535 tcp dport 443", Packet()),
    ("meta l4proto tcp th dport 443", Packet()),
    ("meta l4proto { tcp, udp } th dport { 53, 443 }", UDP),
    ("meta l4proto . th dport @tele", Packet(port=104)),
    ("meta l4proto . th dport { 6 . 443, udp . 53 }", Packet()),
    ("meta l4proto . th dport { tcp . 22, tcp . 440-450, 17 . domain }", Packet()),
    ("meta l4proto . th sport { tcp . 40000 }", Packet()),
    ("ip saddr 10.1.0.5 meta l4proto . th dport { tcp . https, udp . 3478-3497 }", Packet()),
    ("ip saddr . ip daddr @pairs", Packet()),
    ("ip saddr . ip daddr @pairs", Packet(source="10.2.0.1", destination="10.9.0.99")),
    ("ip saddr . tcp dport != { 10.1.0.5 . 22 }", Packet()),
    ('iifname . oifname { "lan0" . "wan0", "wan0" . "lan0" }', Packet()),
    ("meta l4proto != udp", Packet()),
    ("ip protocol tcp", Packet()),
    ("ip protocol 6", Packet()),
    ("ip6 nexthdr tcp", V6),
    ("meta nfproto ipv4", Packet()),
    ("meta nfproto 2", Packet()),
    ("meta nfproto != ipv4", V6),
    ("meta protocol { ip, ip6 }", V6),
    ("icmp type echo-request", PING),
    ("icmp type { 0, 8 } icmp code 0", PING),
    ("icmp type . icmp code { echo-request . 0 }", PING),
    ("icmp type != echo-reply", PING),
    ("icmpv6 type { 1, echo-request }", PING6),
    ("meta l4proto ipv6-icmp icmpv6 type 128", PING6),
    ("ct state new", Packet()),
    ("ct state new,untracked", Packet()),
    ("ct state { established, new }", Packet()),
    ("ct state 0x8", Packet()),
    ("ct state != established", Packet()),
    ("ct state ! established,related", Packet()),
    ("ct state != established,related", Packet()),
    ("counter packets 7 bytes 420 tcp dport 443 counter name hits", Packet()),
    ("log tcp dport 443", Packet()),
    ("meta mark set 4 tcp dport 443", Packet()),
    ("ip dscp set af41 tcp dport 443", Packet()),
]

NOT_MATCHING = [
    ('iifname "lan1"', Packet()),
    ('iifname != "lan0"', Packet()),
    ('iifname != { "lan0", "lan1" }', Packet()),
    ('oifname "lan0"', Packet()),
    ("ip saddr 10.1.0.0/16", V6),
    ("ip saddr != 10.2.0.0/16", V6),
    ("ip6 saddr != fd01::/16", Packet()),
    ("ip daddr != @servers", Packet()),
    ("tcp dport 443", UDP),
    ("tcp dport != 22", UDP),
    ("tcp dport != @web", Packet()),
    ("tcp sport 1-1023", Packet()),
    ("ip protocol tcp", V6),
    ("ip6 nexthdr tcp", Packet()),
    ("ip saddr . tcp dport != { 10.1.0.5 . 443 }", Packet()),
    ("ip saddr . tcp dport != { 10.1.0.5 . 443 }", UDP),
    ("meta l4proto . th dport @tele", Packet(port=3478)),
    ("icmp type echo-request", Packet(protocol=1, port=8 << 8, source="::1", destination="::2")),
    ("icmp type echo-request icmp code 1", PING),
    ("ct state established,related", Packet()),
    ("ct state invalid", Packet()),
    ("ct state == new,established", Packet()),
    ("ct state { established, related }", Packet()),
    ("ip dscp set af41", V6),
    ("tcp dport 22 tcp dport 443", Packet()),
]


@pytest.mark.parametrize(("condition", "packet"), MATCHING)
def test_matches(condition: str, packet: Packet) -> None:
    assert passes(only_chain(forward_chain(f"{condition} accept", before=SETS)), packet)


@pytest.mark.parametrize(("condition", "packet"), NOT_MATCHING)
def test_does_not_match(condition: str, packet: Packet) -> None:
    assert not passes(only_chain(forward_chain(f"{condition} accept", before=SETS)), packet)


def test_icmp_type_asks_for_ipv4_unless_the_rule_names_the_protocol_before() -> None:
    in_six = Packet(protocol=1, port=8 << 8, source="::1", destination="::2")
    assert passes(only_chain(forward_chain("meta l4proto icmp icmp type 8 accept")), in_six)
    assert not passes(only_chain(forward_chain("icmp type 8 accept")), in_six)


def test_an_empty_set_matches_nothing() -> None:
    text = forward_chain("ip saddr @none accept", before="  set none { type ipv4_addr; }")
    assert only_chain(text).rules == ()


def test_elements_of_a_set_declared_twice_come_together() -> None:
    text = forward_chain(
        "ip saddr @s accept",
        before="  set s { type ipv4_addr; elements = { 10.1.0.4 } }\n"
        "  set s { type ipv4_addr; elements = { 10.1.0.5 } }",
    )
    (rule,) = only_chain(text).rules
    assert rule.source4 == ((0x0A010004, 0x0A010005),)


@pytest.mark.parametrize(
    ("statement", "verdict"),
    [
        ("limit rate 10/second burst 5 packets", "accept"),
        ("quota 5 mbytes", "accept"),
        ("meter m { ip saddr limit rate 5/second }", "accept"),
        ("limit rate over 1 mbytes/second", "drop"),
        ("quota over 5 mbytes", "drop"),
        ("ct count over 20", "drop"),
        ("add @flood { ip saddr limit rate over 50/second }", "drop"),
    ],
)
def test_what_only_many_packets_decide_is_uncertain(statement: str, verdict: str) -> None:
    before = "  set flood { type ipv4_addr; flags dynamic,timeout; timeout 30s; }"
    text = forward_chain(f"tcp dport 22 {statement} {verdict}", before=before)
    (rule,) = only_chain(text).rules
    assert not rule.certain
    assert rule.services == (ports(TCP, 22),)


@pytest.mark.parametrize(
    "statement",
    [
        "limit rate over 1 mbytes/second accept",
        "quota over 5 mbytes accept",
        "ct count over 20 accept",
        "add @flood { ip saddr limit rate over 50/second } accept",
        "limit rate 10/second drop",
        "add @flood { ip saddr } drop",
        "limit name lenient accept",
        "limit rate 10/second jump elsewhere",
    ],
)
def test_a_limit_read_the_other_way_round_is_unread(statement: str) -> None:
    before = """
  set flood { type ipv4_addr; flags dynamic,timeout; timeout 30s; }
  limit lenient { rate over 5/second }
  chain elsewhere { drop }
"""
    unread = parse_nftables(forward_chain(f"tcp dport 22 {statement}", before=before)).unread
    assert [one for one in unread if statement.split(maxsplit=1)[0] in one.text]


@pytest.mark.parametrize(
    ("reject", "narrowed"),
    [
        ("reject", False),
        ("reject with icmpx type admin-prohibited", False),
        ("reject with tcp reset", True),
        ("reject with icmp host-unreachable", False),
        ("reject with icmpv6 type no-route", True),
    ],
)
def test_an_answer_asks_for_its_protocol(reject: str, narrowed: bool) -> None:
    assert passes(only_chain(forward_chain(reject, policy="accept")), UDP) == narrowed


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ("tcp flags syn accept", "`tcp flags`"),
        ("meta mark 4 accept", "`meta mark`"),
        ("fib daddr type local accept", "`fib daddr`"),
        ("th dport 53 accept", NO_PROTOCOL),
        ("ip saddr 010.0.0.1 accept", "`010.0.0.1` is not an IPv4 address"),
        ("ip saddr 10.0.0.0/33 accept", "`10.0.0.0/33` is not a prefix"),
        ("tcp dport dicom accept", "`dicom` is not a known name or number up to 65535"),
        ("tcp dport 70000 accept", "`70000` is not a known name or number up to 65535"),
        ("tcp dport 9-5 accept", "`9-5` ends before it begins"),
        ("ip saddr @nobody accept", "no readable set `nobody` in this table"),
        ("ip saddr @web accept", "`web` holds inet_service, not ipv4_addr"),
        ("iifname wan* accept", "`wan*` stands for interfaces that the text does not name"),
        ("jump", "`jump` without a chain"),
        ("ip saddr . tcp dport 10.1.0.5 . 443 accept", "a concatenation or map without a set"),
        ("jump nowhere", "no chain `nowhere` in table `fw`"),
        ("tcp dport 80 notrack", "`notrack`"),
        ("accept drop", "`drop` behind a verdict"),
        ("tcp dport $web accept", "nothing defines `$web`"),
        ("ip saddr $web accept", "nothing defines `$web`"),
        ("tcp dport vmap { 22 : accept, 20-30 : drop }", "two verdicts for one element"),
        ('ip saddr 10.0.0.1 accept "', '`"` behind a verdict'),
        ("tcp dport accept", "`accept` is not a known name or number up to 65535"),
        ("iifname", "`` is not the name of an interface"),
        ("limit rate", "a rule that ends in the middle"),
    ],
)  # fmt: skip
def test_what_is_not_modelled_says_why(rule: str, why: str) -> None:
    text = forward_chain(rule, before=SETS, head="define unused = 5")
    assert why_unread(text) == [why]
