"""Damages in a gateway's ruleset: the proof finds each, at its line, with a packet."""

from __future__ import annotations

import pytest

from tests.damages.damage import (
    NOWHERE,
    Damage,
    Edit,
    before,
    both,
    cut_after,
    damages_of,
    exchanged,
    inside,
    judge,
    without,
)
from tests.damages.workshop import EDGE, GATEWAY, Workshop

LAST = "\tchain forward"  # where what no rule permits is stopped: the chain's policy
DROP = "\t\tcounter drop"
RULE = "\t\tip saddr 10.87.24.64/27 ip daddr 10.12.4.5 tcp dport 2762"
VIDEO_MAP = '\t\t\t"eth1.20" . "ipsec0" : jump VIDEO-WAN,'
STATE = "\t\tct state established,related accept\n"


def rule(old: str, new: str) -> Edit:
    """Changes the rule that takes images to the archive."""
    return inside(RULE, old, new)


ROWS = (
    # Services.
    ("a port dropped", GATEWAY, inside("\tchain VIDEO-WAN", "tcp . 1720, ", ""),
     "missing", DROP, r"^tcp \S+:0 -> 10\.12\.2\.5:1720 from eth1\.20 \(VIDEO\) to ipsec0 \(WAN\)"),
    ("a port widened to a range", GATEWAY, rule("2762", "2762-2763"),
     "excess", "\t\tip saddr 10.87.24.64/27", r"^tcp \S+:0 -> 10\.12\.4\.5:2763 from eth1\.40"),
    ("a range cut short", GATEWAY, inside("\tchain VIDEO-WAN", "10000-10499", "10000-10498"),
     "missing", DROP, r"^udp .*:10499 from eth1\.20"),
    ("a source port asked for", GATEWAY, rule("tcp dport", "tcp sport 1024-65535 tcp dport"),
     "missing", DROP, r"^tcp \S+:0 -> 10\.12\.4\.5:2762"),
    ("another protocol", GATEWAY, rule("tcp dport", "udp dport"),
     "missing", DROP, r"^tcp \S+:0 -> 10\.12\.4\.5:2762"),
    ("a port of the other protocol", GATEWAY, inside(
        "\tchain VIDEO-WAN", "udp . 3478", "tcp . 3478"),
     "missing", DROP, r"^udp \S+:0 -> 10\.12\.2\.5:3478 from eth1\.20"),
    ("a port for both protocols", GATEWAY, inside(
        "\tchain VIDEO-WAN", "tcp . 5061,", "tcp . 5061, udp . 5061,"),
     "excess", "\t\tip saddr 10.87.24.16/28", r"^udp \S+:0 -> 10\.12\.2\.5:5061 from eth1\.20"),
    ("each port for each protocol", GATEWAY, inside("\tchain VIDEO-WAN", (
        "meta l4proto . th dport { tcp . 5061, udp . 10000-10499 }"), (
        "meta l4proto { tcp, udp } th dport { 5061, 10000-10499 }")),
     "excess", "\t\tip saddr 10.87.24.16/28", r"^tcp \S+:0 -> \S+:10000 from eth1\.20"),
    ("another ICMP type", GATEWAY, inside("\tchain WAN-MGMT", "type 8", "type 0"),
     "missing", DROP, r"^icmp type 8 code 0 .* from ipsec0 \(WAN\) to eth1\.10 \(MGMT\)"),
    ("another protocol number", GATEWAY, inside("\tchain LINE-LOCAL", "l4proto 50", "l4proto 51"),
     "missing", DROP, r"^protocol 50 .* from eth0 \(LINE\) to LOCAL"),
    ("no services in a rule", GATEWAY, rule(" tcp dport 2762", ""),
     "excess", "\t\tip saddr 10.87.24.64/27", r"-> 10\.12\.4\.5 from eth1\.40"),
    # Addresses.
    ("a mask widened", GATEWAY, rule("24.64/27", "24.64/26"),
     "excess", "\t\tip saddr 10.87.24.64/26", r"^tcp 10\.87\.24\.96:0 -> 10\.12\.4\.5:2762"),
    ("a single address widened", GATEWAY, rule("10.12.4.5", "10.12.4.4/31"),
     "excess", "\t\tip saddr 10.87.24.64/27", r"-> 10\.12\.4\.4:2762"),
    ("another address", GATEWAY, rule("10.12.4.5", "10.12.4.6"),
     "missing", DROP, r"-> 10\.12\.4\.5:2762"),
    ("no source in a rule", GATEWAY, rule("ip saddr 10.87.24.64/27 ", ""),
     "excess", "\t\tip daddr 10.12.4.5", r"^tcp 0\.0\.0\.0:0 -> 10\.12\.4\.5:2762 from eth1\.40"),
    ("a set element dropped", GATEWAY, inside(
        "\tset DC-DMZ-v4", "\t\t\t10.4.100.0/24,\n", ""),
     "missing", DROP, r"10\.4\.100\.0"),
    ("a set element more", GATEWAY, inside(
        "\tset DC-DMZ-v4", "\t\t\t10.4", "\t\t\t10.3.3.3,\n\t\t\t10.4"),
     "excess", "\t\tip saddr 10.87.24.", r"-> 10\.3\.3\.3:53"),
    ("a set element widened", GATEWAY, inside(
        "\tset DC-DMZ-v4", "10.4.100.0/24", "10.4.100.0/23"),
     "excess", "\t\tip saddr 10.87.24.", r"-> 10\.4\.101\.0:53"),
    ("another set in a rule", GATEWAY, inside(
        "\tchain VIDEO-WAN", "@CC-KH-VIDEO-WEINING-v4", "@DC-DMZ-v4"),
     "excess", "\t\tip saddr 10.87.24.16/28 ip daddr @DC-DMZ-v4", r"-> 10\.0\.100\.0:5061"),
    ("a set that there is not", GATEWAY, rule("10.12.4.5", "@NOBODY"),
     "unread", "\t\tip saddr 10.87.24.64/27 ip daddr @NOBODY", "NOBODY"),
    ("an IPv6 prefix opened", EDGE, inside(
        "\tset ND-FROM-MGMT-v6", "2001:db8:a00:a::/64", "2001:db8:a00::/60"),
     "excess", "\t\tip6 saddr @ND-FROM-MGMT-v6", r"^icmpv6 .* 2001:db8:a00:: -> \S+ from eth1"),
    ("IPv6 for everybody", EDGE, inside("\tchain input", "\t\tiifname \"lo\"",
                                        "\t\tmeta nfproto ipv6 accept\n\t\tiifname \"lo\""),
     "excess", "\t\tmeta nfproto ipv6 accept", r":: -> :: from "),
    ("neighbour discovery lost", EDGE, inside(
        "\tchain MGMT-LOCAL", "135, 136 }", "136 }"),
     "missing", DROP, r"^icmpv6 type 135 code 0 .* from eth1 \(MGMT\) to LOCAL"),
    # Rules and their order.
    ("a rule dropped", GATEWAY, without(RULE), "missing", DROP, r"-> 10\.12\.4\.5:2762"),
    ("a permit turned to drop", GATEWAY, rule("accept", "drop"),
     "missing", "\t\tip saddr 10.87.24.64/27", r"-> 10\.12\.4\.5:2762"),
    ("a drop above a permit", GATEWAY, before(RULE, "\t\tip saddr 10.87.24.66 drop\n"),
     "missing", "\t\tip saddr 10.87.24.66 drop", r"^tcp 10\.87\.24\.66:0 -> "),
    ("a return above a permit", GATEWAY, before(RULE, "\t\treturn\n"),
     "missing", DROP, r"from eth1\.40 \(IMAGING\)"),
    ("a drop above the map", GATEWAY, before("\t\tiifname . oifname vmap", "\t\tcounter drop\n"),
     "missing", DROP, r"from eth1\.20 \(VIDEO\)"),
    ("an accept before the drop in input", GATEWAY, before(
        '\t\tlimit rate 10/second log prefix "telemed deny input', "\t\ttcp dport 22 accept\n"),
     "excess", "\t\ttcp dport 22 accept", r":22 from eth0 \(LINE\) to LOCAL"),
    ("an accept of everything in forward", GATEWAY, before(
        "\t\tct state invalid", "\t\taccept\n"),
     "excess", "\t\taccept", r"from \S+ \(\S+\) to \S+ \(\S+\) passes"),
    ("the last drop turned to accept", GATEWAY, inside(
        "\tchain forward", "counter drop", "counter accept"),
     "excess", "\t\tcounter accept", r"from eth0 \(LINE\)"),
    ("an earlier table that drops", GATEWAY, lambda text: text + (
        "table inet other {\n\tchain early {\n"
        "\t\ttype filter hook forward priority -10; policy accept;\n"
        "\t\tip saddr 10.87.24.64/27 drop\n\t}\n}\n"),
     "missing", "\t\tip saddr 10.87.24.64/27 drop", r"from eth1\.40 \(IMAGING\)"),
    # Base chains.
    ("the policy turned to accept, no drop", GATEWAY, both(
        inside("\tchain forward", "policy drop", "policy accept"),
        inside("\tchain forward", "\t\tcounter drop\n", "")),
     "excess", LAST, r"from eth0 \(LINE\)"),
    ("forward unhooked", GATEWAY, inside("\tchain forward", (
        "\t\ttype filter hook forward priority filter; policy drop;\n"), ""),
     "excess", NOWHERE, r"from eth0 \(LINE\) to "),
    ("input unhooked", GATEWAY, inside("\tchain input", (
        "\t\ttype filter hook input priority filter; policy drop;\n"), ""),
     "excess", NOWHERE, r"from eth0 \(LINE\) to LOCAL"),
    ("output unhooked", GATEWAY, inside("\tchain output", (
        "\t\ttype filter hook output priority filter; policy drop;\n"), ""),
     "excess", NOWHERE, r"from LOCAL \(LOCAL\) to "),
    ("forward hooked elsewhere", GATEWAY, inside("\tchain forward", "hook forward", "hook input"),
     "excess", NOWHERE, r"from eth0 \(LINE\) to "),
    ("a base chain dropped", GATEWAY, without("\tchain input"),
     "excess", NOWHERE, r"from eth0 \(LINE\) to LOCAL"),
    ("replies do not pass", GATEWAY, inside("\tchain forward", STATE, ""),
     "missing", LAST, "replies to permitted openings do not pass"),
    ("related ones do not pass", GATEWAY, inside(
        "\tchain forward", "established,related", "established"),
     "missing", LAST, "replies to permitted openings do not pass"),
    ("new ones pass with the replies", GATEWAY, inside(
        "\tchain forward", "established,related", "established,related,new"),
     "excess", "\t\tct state established,related,new", "from"),
    ("the log lost", GATEWAY, without(
        '\t\tlimit rate 10/second log prefix "telemed deny forward'),
     "unlogged", LAST, "not logged"),
    # Interfaces.
    ("a verdict led elsewhere", GATEWAY, inside(VIDEO_MAP, "VIDEO-WAN", "IMAGING-WAN"),
     "missing", DROP, r"from eth1\.20 \(VIDEO\) to ipsec0 \(WAN\)"),
    ("a verdict turned to accept", GATEWAY, inside(VIDEO_MAP, "jump VIDEO-WAN", "accept"),
     "excess", "\t\tiifname . oifname vmap", r"from eth1\.20 \(VIDEO\) to ipsec0 \(WAN\)"),
    ("a verdict dropped", GATEWAY, without(VIDEO_MAP),
     "missing", DROP, r"from eth1\.20 \(VIDEO\) to ipsec0 \(WAN\)"),
    ("an interface more in the map", GATEWAY, inside(
        VIDEO_MAP, VIDEO_MAP, '\t\t\t"eth9" . "ipsec0" : jump VIDEO-WAN,\n' + VIDEO_MAP),
     "excess", "\t\tip saddr 10.87.24.16/28", r"from eth9 \(\(other\)\) to ipsec0"),
    ("another interface in the map", GATEWAY, inside(VIDEO_MAP, "eth1.20", "eth1.21"),
     "missing", DROP, r"from eth1\.20 \(VIDEO\) to ipsec0"),
    ("the line instead of the tunnel", GATEWAY, inside(VIDEO_MAP, '"ipsec0"', '"eth0"'),
     "excess", "\t\tip saddr 10.87.24.16/28", r"from eth1\.20 \(VIDEO\) to eth0 \(LINE\)"),
    ("two interfaces exchanged", GATEWAY, exchanged("eth1.20", "eth1.40"),
     "excess", "\t\tip saddr 10.87.24.", r"from eth1\.20 \(VIDEO\) to ipsec0"),
    ("loopback named otherwise", GATEWAY, inside("\tchain input", '"lo"', '"eth0"'),
     "excess", '\t\tiifname "eth0" accept', r"from eth0 \(LINE\) to LOCAL"),
    # Text.
    ("an unknown line", GATEWAY, before(RULE, "\t\tfrobnicate all\n"),
     "unread", "\t\tfrobnicate all", "frobnicate"),
    ("a text cut", GATEWAY, cut_after("\tchain CLINICAL-IMAGING", "accept"),
     "unread", "\t\tip saddr 10.87.24.128/26", "the text ends inside a block"),
    ("a text cut after a chain", GATEWAY, lambda text: text[:text.index("\tchain input")] + "}\n",
     "excess", NOWHERE, r"from eth0 \(LINE\) to LOCAL"),
    ("another table's name", GATEWAY, inside("table inet telemed {", "inet", "ip6"),
     "excess", LAST, r"^protocol 0 0\.0\.0\.0 -> "),
    ("a chain that nothing leads to", GATEWAY, before(
        "\tchain forward", "\tchain IDLE {\n\t\taccept\n\t}\n"), "hygiene", NOWHERE, "IDLE"),
)  # fmt: skip
DAMAGES = damages_of(ROWS)


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.name)
def test_a_damage_is_found(workshop: Workshop, damage: Damage) -> None:
    judge(workshop, damage)


def test_there_are_damages() -> None:
    assert len(DAMAGES) >= 50
