"""`meta l4proto . th dport`: protocols and their ports as pairs of one set."""

from __future__ import annotations

import pytest

from telemed_infra.packets import SCTP, TCP, UDP, Service, ports
from telemed_infra.parse.behaviour import Action
from telemed_infra.parse.nftables.lines import LineRules
from telemed_infra.parse.nftables.tokens import Statement
from tests.parse.nftables.packet import forward_chain, only_chain, why_unread

ADDRESSES = "ip saddr 10.1.0.0/16 ip daddr 10.9.0.7"
NO_PORTS = "a port of a protocol that has no ports"
FORMS = [
    ("th dport { tcp . 443 }", (ports(TCP, 443),)),
    ("th dport { tcp . 443, tcp . 8443, udp . 3478-3497 }",
     (ports(TCP, 443), ports(TCP, 8443), ports(UDP, 3478, 3497))),
    ("th dport { udp . 3478-3497, tcp . 8443, tcp . 443 }",
     (ports(TCP, 443), ports(TCP, 8443), ports(UDP, 3478, 3497))),
    ("th dport { 6 . 443, 17 . 53 }", (ports(TCP, 443), ports(UDP, 53))),
    ("th dport { tcp . https, udp . domain, 132 . 22 }",
     (ports(TCP, 443), ports(UDP, 53), ports(SCTP, 22))),
    ('th dport { "tcp" . "https" }', (ports(TCP, 443),)),
    ("th dport { tcp . 22-25, tcp . 26, tcp . 27, udp . 0-65535 }",
     (ports(TCP, 22, 27), ports(UDP, 0, 0xFFFF))),
    ("th dport { tcp . 65535, udp . 0 }", (ports(TCP, 0xFFFF), ports(UDP, 0))),
    ("th dport{tcp . 443,udp . 53}", (ports(TCP, 443), ports(UDP, 53))),
    ("th sport { tcp . 443, udp . 53 }",
     (Service(TCP << 16, TCP << 16 | 0xFFFF, 443, 443),
      Service(UDP << 16, UDP << 16 | 0xFFFF, 53, 53))),
    ("th sport . th dport { tcp . 1024-65535 . 443 }",
     (Service(TCP << 16 | 443, TCP << 16 | 443, 1024, 0xFFFF),)),
]  # fmt: skip


@pytest.mark.parametrize(("form", "services"), FORMS)
@pytest.mark.parametrize(
    "rule",
    [
        "{} accept",
        "{} counter accept",
        "{} counter packets 7 bytes 420 accept",
        f"{ADDRESSES} {{}} counter accept",
        f'{ADDRESSES} {{}} counter accept comment "P0201"',
        f"{{}} {ADDRESSES} accept",
        "ip saddr 10.1.0.0/16 {} ip daddr 10.9.0.7 accept",
        "ip saddr @near ip daddr 10.9.0.7 {} accept",
    ],
)
def test_exactly_these_pairs(rule: str, form: str, services: tuple[Service, ...]) -> None:
    near = "  set near { type ipv4_addr; flags interval; elements = { 10.1.0.0/16 } }"
    text = forward_chain(rule.format(f"meta l4proto . {form}"), before=near)
    if "@near" not in rule:
        text = text.replace(near, "")
    (read,) = only_chain(text).rules
    assert (read.action, read.services) == (Action.PERMIT, services)
    if "addr" in rule:
        assert read.source4 == ((0x0A010000, 0x0A01FFFF),)
        assert read.destination4 == ((0x0A090007, 0x0A090007),)
        assert read.source6 == read.destination6 == ()


@pytest.mark.parametrize(("form", "services"), FORMS)
def test_with_addresses_in_front_it_is_read_by_the_line(
    form: str, services: tuple[Service, ...]
) -> None:
    line = f"{ADDRESSES} meta l4proto . {form} counter accept"
    found = LineRules({}).read(Statement(1, 1, [line]))
    if '"' in form:  # more quoted words than a comment: left to the words
        assert found is None
        return
    assert found is not None
    assert found.branches[0].match.services == services


def test_a_list_over_several_lines() -> None:
    text = forward_chain(
        "meta l4proto . th dport { tcp . 443,\n  tcp . 8443,\n  udp . 3478-3497 } accept"
    )
    (rule,) = only_chain(text).rules
    assert rule.services == (ports(TCP, 443), ports(TCP, 8443), ports(UDP, 3478, 3497))


def test_named_sets_and_maps_of_pairs() -> None:
    pairs = "type inet_proto . inet_service; flags interval;"
    sets = (
        f"  set web {{ {pairs} elements = {{ tcp . 443, udp . 440-443 }} }}\n"
        "  map ways { type inet_proto . inet_service : verdict;\n"
        "    elements = { tcp . 22 : drop, udp . 53 : accept } }\n"
    )
    chain = only_chain(forward_chain(
        f"{ADDRESSES} meta l4proto . th dport @web accept",
        "meta l4proto . th dport vmap @ways",
        "meta l4proto . th dport vmap { tcp . 1 : drop, udp . 2-3 : accept }",
        before=sets,
    ))  # fmt: skip
    assert [(rule.action, rule.services) for rule in chain.rules] == [
        (Action.PERMIT, (ports(TCP, 443), ports(UDP, 440, 443))),
        (Action.DENY, (ports(TCP, 22),)),
        (Action.PERMIT, (ports(UDP, 53),)),
        (Action.DENY, (ports(TCP, 1),)),
        (Action.PERMIT, (ports(UDP, 2, 3),)),
    ]


@pytest.mark.parametrize(
    ("elements", "why"),
    [
        # The kernel would compare two bytes of whatever header that is, in ICMP its checksum.
        ("icmp . 5", NO_PORTS),
        ("1 . 5", NO_PORTS),
        ("tcp . 443, icmp . 5", NO_PORTS),
        ("esp . 5", NO_PORTS),
        ("tcp . 70000", "`70000` is not a known name or number up to 65535"),
        ("tcp . 8443-443", "`8443-443` ends before it begins"),
        ("256 . 443", "`256` is not a known name or number up to 255"),
        ("tcp-udp . 443", NO_PORTS),
        ("tcp . nonsense", "`nonsense` is not a known name or number up to 65535"),
        ("tcp", "1 fields in an element of 2"),
        ("443 . tcp", "`443` is not a known name or number up to 255"),
        ("tcp . 443 . 5", "3 fields in an element of 2"),
        ("tcp 443", "`443` behind `tcp`"),
        ("tcp . 443,, udp . 53", "a comma without an element before it"),
    ],
)
@pytest.mark.parametrize("front", ["", f"{ADDRESSES} ", "ip6 saddr fd00::1 "])
def test_wrong_pairs_are_unread(front: str, elements: str, why: str) -> None:
    rule = f"{front}meta l4proto . th dport {{ {elements} }} counter accept"
    assert why_unread(forward_chain(rule)) == [why]


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ("meta l4proto . th dport tcp . 443 accept", "a concatenation or map without a set"),
        ("meta l4proto . th accept", "`th` is not a known field"),
        ("meta l4proto . dport { tcp . 443 } accept", "`dport` is not a known field"),
    ],
)
def test_wrong_concatenations_are_unread(rule: str, why: str) -> None:
    assert why_unread(forward_chain(rule)) == [why]
    assert why_unread(forward_chain(f"{ADDRESSES} {rule}")) == [why]
