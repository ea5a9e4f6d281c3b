"""The second member of a pair, whose rules are not read again, is read as if it were alone."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from telemed_infra.parse.behaviour import FirewallBehaviour, Rule
from telemed_infra.parse.vrp import parse_usg

FRONT = """\
sysname FW0{k}
#
interface GigabitEthernet1/0/0
 description uplink {k}
 ip address 10.0.0.{k} 31
 service-manage ping permit
#
interface GigabitEthernet1/0/1
 ip address 10.0.1.{k} 24
#
firewall zone trust
 set priority 85
 add interface GigabitEthernet1/0/1
firewall zone untrust
 set priority 5
 add interface GigabitEthernet1/0/0
#
"""
ROUTING = """\
bfd
#
bgp 6500{k}
 peer 10.0.0.8 as-number 1
 #
 ipv4-family unicast
  peer 10.0.0.8 enable
#
"""
MORE = "route-policy M permit node 10\n apply cost 200\n#\nip route-static 10.0.0.0 8 NULL0\n#\n"
SHARED = """\
ip address-set A type object
 address 0 10.0.1.0 mask 24
#
security-policy
 default action deny
 rule name R
  source-zone trust
  destination-zone untrust
  source-address address-set A
  action permit
#
"""
FIRST = FRONT.format(k=1) + ROUTING.format(k=1) + SHARED
FOREIGN = "sysname X\n"
SAME = ("hostname", "addresses", "zones", "vlans", "lines", "effective", "inert", "unread")


def alone(text: str) -> FirewallBehaviour:
    """Read after a text of which nothing can be kept."""
    parse_usg(FOREIGN)
    return parse_usg(text)


def second(text: str) -> FirewallBehaviour:
    parse_usg(FOREIGN)
    parse_usg(FIRST)
    return parse_usg(text)


def lines(behaviour: FirewallBehaviour) -> list[int]:
    (chain,) = behaviour.chains
    found = [behaviour.moved.place(rule.line) for rule in chain.rules]
    return [*found, behaviour.moved.place(chain.line)]


def rules(behaviour: FirewallBehaviour) -> list[Rule]:
    (chain,) = behaviour.chains
    return [replace(rule, line=0) for rule in chain.rules]


@pytest.mark.parametrize(
    "routing", [ROUTING.format(k=2), ROUTING.format(k=2) + MORE, MORE, "", "#\n"]
)
def test_it_is_read_as_if_it_were_alone(routing: str) -> None:
    text = FRONT.format(k=2) + routing + SHARED
    found, wanted = second(text), alone(text)
    assert rules(found) == rules(wanted)
    assert lines(found) == lines(wanted)
    for name in SAME:
        assert getattr(found, name) == getattr(wanted, name), name


def test_its_rules_are_those_of_the_first() -> None:
    parse_usg(FOREIGN)
    first = parse_usg(FIRST)
    found = parse_usg(FRONT.format(k=2) + ROUTING.format(k=2) + MORE + SHARED)
    assert found.chains is first.chains
    assert found.moved.by == MORE.count("\n")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (" set priority 5\n", " set priority 6\n"),
        (" service-manage ping permit\n", ""),
        ("  action permit\n", "  action deny\n"),
        (" ipv4-family unicast\n", " quit\n firewall zone dmz\n"),
        ("bfd\n", "bfd\nfirewall zone dmz\n set priority 50\n"),
        ("  peer 10.0.0.8 enable\n", "  peer 10.0.0.8 enable\nreturn\n"),
    ],
)
def test_a_member_that_is_not_alike_is_read_whole(old: str, new: str) -> None:
    text = FRONT.format(k=2) + ROUTING.format(k=2) + SHARED
    assert old in text
    text = text.replace(old, new)
    parse_usg(FOREIGN)
    first = parse_usg(FIRST)
    found = parse_usg(text)
    assert found.chains is not first.chains
    assert found == alone(text)


def test_a_text_that_is_all_head_is_read_whole_again() -> None:
    for _ in range(2):
        read = parse_usg("sysname A\ninfo-center enable")
        assert (read.lines, read.inert) == (2, frozenset({1, 2}))
