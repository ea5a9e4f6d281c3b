"""Guests' break-out of a gateway: a mark where they come in, `masquerade` where they leave."""

from __future__ import annotations

import pytest

from telemed_infra.break_out import BreakOut
from telemed_infra.packets import network_range
from telemed_infra.parse.behaviour import FirewallBehaviour
from telemed_infra.parse.nftables import parse_nftables
from telemed_infra.prove.break_out import prove_break_outs
from tests.parse.lines import accounted
from tests.parse.nftables.test_kernel import listings

MARKS = 'iifname "lan0.80" ip saddr 172.31.0.0/23 meta mark set 80'
HIDES = 'oifname "wan0" ip saddr 172.31.0.0/23 masquerade'
TEXT = """\
table inet filter {
  chain guests {
    type filter hook prerouting priority mangle; policy accept;
    iifname "lan0.80" ip saddr 172.31.0.0/23 meta mark set 80
  }
  chain forward {
    type filter hook forward priority filter; policy drop;
    ct state established,related accept
    iifname "lan0.80" oifname "wan0" ip saddr 172.31.0.0/23 ip daddr 8.0.0.0/8 tcp dport 443 accept
    log
  }
  chain hide {
    type nat hook postrouting priority srcnat; policy accept;
    oifname "wan0" ip saddr 172.31.0.0/23 masquerade
  }
}
"""
GUESTS = network_range("172.31.0.0/23")[1]
PLANNED = BreakOut("lan0.80", "wan0", GUESTS, None)


def read(text: str) -> FirewallBehaviour:
    found = parse_nftables(text)
    accounted(found)
    return found


def complaints(text: str) -> list[str]:
    """What is unread, and what the proof says."""
    found = read(text)
    proven = prove_break_outs("GW", found.break_outs, found.break_out_lines, (PLANNED,))
    return [*(one.text for one in found.unread), *(one.says for one in proven)]


def edited(old: str, new: str = "") -> str:
    assert TEXT.count(old) == 1, old
    return TEXT.replace(old, new)


def test_both_halves_are_one() -> None:
    found = read(TEXT)
    assert found.unread == ()
    assert found.unused == ()
    assert found.translations == ()
    assert found.break_outs == (PLANNED,)
    assert found.break_out_lines == {"lan0.80": 4}
    assert {2, 3, 4, 13, 14} <= found.effective
    assert complaints(TEXT) == []
    assert all(chain.stateful for chain in found.chains)


def test_what_the_kernel_lists_says_the_same() -> None:
    for listing in listings(TEXT):
        assert read(listing).break_outs == (PLANNED,)
        assert complaints(listing) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (MARKS, MARKS.replace("set 80", "set 0x00000050")),
        (MARKS, MARKS.replace("meta mark", "counter meta mark")),
        (MARKS, f'{MARKS} comment "guests"'),
        (MARKS, 'ip saddr 172.31.0.0/23 iifname "lan0.80" meta mark set 80'),
        (MARKS, "iifname lan0.80 ip saddr { 172.31.0.0/24, 172.31.1.0/24 } meta mark set 80"),
        ("priority mangle", "priority raw"),
        ("172.31.0.0/23 masquerade", "172.31.0.0-172.31.1.255 counter masquerade fully-random"),
        ("ip saddr 172.31.0.0/23 masquerade", "meta mark 80 masquerade"),
        ("ip saddr 172.31.0.0/23 masquerade", "ip saddr 172.31.0.0/23 meta mark 0x50 masquerade"),
    ],
)
def test_other_words_for_the_same(old: str, new: str) -> None:
    assert complaints(edited(old, new)) == []


def test_halves_stand_in_any_tables() -> None:
    text = edited("  chain hide {", "}\ntable ip nat {\n  chain hide {")
    assert complaints(text) == []


DAMAGES = {
    "the mark": (MARKS, "", HIDES),
    "another mark": (MARKS, MARKS.replace("80", "81").replace("lan0.81", "lan0.80"), HIDES),
    "a mark of others": (
        MARKS, MARKS.replace("lan0.80", "lan0.10"), "behind lan0.10 leave by wan0"),
    "a mark of all": (MARKS, "meta mark set 80", "meta mark set 80"),
    "a mark of all who come in there": (
        MARKS, 'iifname "lan0.80" meta mark set 80', "one half is missing"),
    "a mark of fewer": (MARKS, MARKS.replace("/23", "/24"), HIDES),
    "a mark of more": (MARKS, MARKS.replace("/23", "/22"), "one half is missing"),
    "a mark by service": (MARKS, f"tcp dport 443 {MARKS}", f"tcp dport 443 {MARKS}"),
    "a mark by destination": (
        MARKS, MARKS.replace("meta", "ip daddr 8.0.0.0/8 meta"), "ip daddr 8.0.0.0/8 meta mark"),
    "a mark and a verdict": (MARKS, f"{MARKS} accept", f"{MARKS} accept"),
    "a mark of all but one": (
        MARKS, MARKS.replace("saddr", "saddr !="), "ip saddr != 172.31.0.0/23 meta mark set 80"),
    "a rule before the mark": (MARKS, f"ip saddr 172.31.1.0/24 accept\n    {MARKS}", MARKS),
    "another mark behind it": (MARKS, f"{MARKS}\n    meta mark set 7", "meta mark set 7"),
    "the mark of the connection behind it": (
        MARKS, f"{MARKS}\n    meta mark set ct mark", "meta mark set ct mark"),
    "another mark further on": (
        "    log\n", "    log\n    meta mark set 7\n", "meta mark set 7"),
    "a mark that comes too late": (
        "    log\n", "    log\n    meta mark set 80\n", "meta mark set 80"),
    "a hook that comes too late": ("hook prerouting", "hook forward", MARKS),
    "a chain that no packet meets": (
        "    type filter hook prerouting priority mangle; policy accept;\n", "", MARKS),
    "the translation": (HIDES, "", "one half is missing"),
    "translation at another port": (HIDES, HIDES.replace("wan0", "wan1"), "leave by wan1"),
    "translation at two ports": (
        HIDES, HIDES.replace('"wan0"', '{ "wan0", "wan1" }'), "one half is missing"),
    "translation at every port": (HIDES, "ip saddr 172.31.0.0/23 masquerade", "ip saddr 172"),
    "translation of all": (HIDES, 'oifname "wan0" masquerade', 'oifname "wan0" masquerade'),
    "translation of more": (HIDES, HIDES.replace("/23", "/16"), "172.31.0.0/16 masquerade"),
    "translation of fewer": (HIDES, HIDES.replace("/23", "/24"), "one half is missing"),
    "translation of others": (HIDES, HIDES.replace("172.31", "10.31"), "10.31.0.0/23 masquerade"),
    "translation of another mark": (
        HIDES, 'oifname "wan0" meta mark 81 masquerade', "meta mark 81 masquerade"),
    "translation to chosen ports": (
        HIDES, f"{HIDES} to :1024-65535", "masquerade to :1024-65535"),
    "translation into an address": (
        HIDES, HIDES.replace("masquerade", "snat to 198.51.100.4"), "snat to 198.51.100.4"),
    "translation of TCP": (
        HIDES, HIDES.replace("masquerade", "tcp dport 443 masquerade"), "tcp dport 443"),
    "a rule before it that ends": (
        HIDES, f'ip saddr 172.31.1.0/24 accept\n    {HIDES}', "ip saddr 172.31.1.0/24 accept"),
    "a chain at another hook": (
        "hook postrouting priority srcnat", "hook output priority srcnat", "chain hide"),
    "nobody's addresses": (HIDES, HIDES.replace("saddr", "saddr !="), "saddr != 172.31.0.0/23"),
}  # fmt: skip


@pytest.mark.parametrize("name", DAMAGES)
def test_each_part_is_missed(name: str) -> None:
    old, new, says = DAMAGES[name]
    found = complaints(edited(old, new))
    assert any(says in one for one in found), found


def test_what_is_changed_one_to_one_is_not_hidden() -> None:
    other = """\
table inet own {
  chain come {
    type nat hook prerouting priority dstnat;
    iifname "wan0" ip daddr 10.9.1.0/24 dnat ip prefix to 172.31.0.0/24
  }
  chain go {
    type nat hook postrouting priority srcnat;
    oifname "wan0" ip saddr 172.31.0.0/24 snat ip prefix to 10.9.1.0/24
  }
}
"""
    assert HIDES in complaints(TEXT + other)
    elsewhere = other.replace("172.31.0.0/24", "192.168.40.0/24")
    found = read(TEXT + elsewhere)
    assert found.unread == ()
    assert found.break_outs == (PLANNED,)
    assert len(found.translations) == 1


def test_marks_of_which_no_route_knows_are_of_no_matter() -> None:
    text = edited(MARKS, 'iifname "lan0.80" meta mark set 4').replace(f"    {HIDES}\n", "")
    found = read(text)
    assert found.unread == ()
    assert found.break_outs == ()
