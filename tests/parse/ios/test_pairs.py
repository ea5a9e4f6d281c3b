"""The second member of a pair, whose shared blocks are not read again, is read as if alone."""

from __future__ import annotations

import random

import pytest
from msgspec.structs import replace

from telemed_infra.parse.behaviour import Chain, FirewallBehaviour
from telemed_infra.parse.frr.engine import CONFIG, match
from telemed_infra.parse.ios import parse_ios_firewall
from telemed_infra.parse.ios.dialect import IOS
from telemed_infra.parse.ios.firewall_grammar import FIREWALL
from telemed_infra.parse.ios.pairs import INNER_WORDS

HEAD = """\
version 15.7
hostname RT-{k}
aaa new-model
aaa authentication login default local
username ops privilege 15 secret x
!
parameter-map type inspect-global
 log dropped-packets
!
"""
POLICY = """\
object-group network DESKS
 10.1.0.0 255.255.255.0
 host 10.1.9.9
!
class-map type inspect match-any WEB
 match access-group name WEB
policy-map type inspect OUT
 class type inspect WEB
  inspect
 class class-default
  drop log
!
zone security IN
zone security OUT
zone-pair security IN-OUT source IN destination OUT
 service-policy type inspect OUT
!
"""
PORTS = """\
interface GigabitEthernet0/0
 description to {k}
 ip address 10.0.0.{k} 255.255.255.254
 zone-member security OUT
!
interface GigabitEthernet0/1.20
 encapsulation dot1Q 20
 ip address 10.1.0.{k} 255.255.255.0
 zone-member security IN
 ip access-group EDGE in
!
"""
ROUTING = """\
router bgp 6500{k}
 bgp log-neighbor-changes
 neighbor 10.0.0.8 remote-as 1
 !
 address-family ipv4
  neighbor 10.0.0.8 activate
 exit-address-family
!
ip route 10.0.0.0 255.0.0.0 Null0
"""
LISTS = """\
ip access-list extended WEB
 remark R1
 permit tcp object-group DESKS any eq 443
 deny   ip any any
!
ip access-list extended EDGE
 permit ip any any
!
ip access-list standard ADMINS
 permit 10.9.9.9
 deny   any log
!
ip access-list standard COLLECTORS
 permit 10.9.9.{c}
!
"""
PREFIXES = "ip prefix-list LOOPS seq 5 permit 10.0.0.0/8 le 32\n!\n"
END = """\
line vty 0 4
 access-class ADMINS in
 transport input ssh
!
snmp-server community public RO {s}
end
"""
FOREIGN = "no such command\n"


def text(k: int, *, routing: str = ROUTING, prefixes: str = "", collectors: str = "") -> str:
    parts = HEAD, POLICY, PORTS, routing, LISTS.replace("{c}", "9"), prefixes, END
    return "".join(parts).replace("{k}", str(k)).replace("{s}", collectors)


def alone(one: str) -> FirewallBehaviour:
    """Read after a text of which nothing can be kept."""
    parse_ios_firewall(FOREIGN)
    return parse_ios_firewall(one)


def second(first: str, one: str) -> FirewallBehaviour:
    parse_ios_firewall(FOREIGN)
    parse_ios_firewall(first)
    return parse_ios_firewall(one)


def placed(behaviour: FirewallBehaviour) -> tuple[Chain, ...]:
    """The chains with the lines of their own text."""
    place = behaviour.moved.place
    return tuple(
        replace(
            chain,
            line=place(chain.line),
            rules=tuple(replace(rule, line=place(rule.line)) for rule in chain.rules),
        )
        for chain in behaviour.chains
    )


def same(one: FirewallBehaviour, other: FirewallBehaviour) -> bool:
    left, right = (replace(it, chains=placed(it), moved=alone("").moved) for it in (one, other))
    return left == right


MORE = (
    ROUTING + "ip route 10.2.0.0 255.255.0.0 10.0.0.8\nrouter bgp 9\n neighbor 1.1.1.1 shutdown\n"
)


@pytest.mark.parametrize(
    "other",
    [
        text(2),
        text(2, routing=""),
        text(2, routing=MORE),
        text(2, prefixes=PREFIXES),
        text(2, routing=MORE, prefixes=PREFIXES),
        text(2, routing="", prefixes=PREFIXES),
        text(2, collectors="COLLECTORS"),
        text(2).replace(" description to 2\n", " description to 1\n bfd interval 300\n"),
    ],
)
def test_the_second_of_a_pair_shares_and_is_read_as_if_alone(other: str) -> None:
    first = text(1)
    parse_ios_firewall(FOREIGN)
    one, found = parse_ios_firewall(first), parse_ios_firewall(other)
    assert not found.unread
    assert same(found, alone(other))
    assert found.chains is one.chains
    assert found.plane is not None
    assert found.plane.login.sources4 == ((0x0A090909, 0x0A090909),)


def test_a_list_that_only_the_second_names_is_unused_in_the_first_alone() -> None:
    named = second(text(1), text(2, collectors="COLLECTORS"))
    assert named.unused == ()
    assert second(text(1, collectors="COLLECTORS"), text(2)).unused == ("access-list COLLECTORS",)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (" zone-member security IN\n", ""),
        (" encapsulation dot1Q 20\n", " encapsulation dot1Q 21\n"),
        (" ip address 10.0.0.2 255.255.255.254\n", " ipv6 address 2001:db8::2/127\n"),
        (" ip access-group EDGE in\n", ""),
        (" access-class ADMINS in\n", " access-class COLLECTORS in\n"),
        (" description to 2\n", " shutdown\n"),
        (" log dropped-packets\n", ""),
        ("  inspect\n", "  pass\n"),
        ("eq 443", "eq 80"),
        ("line vty 0 4\n", "no ip access-list standard COLLECTORS\nline vty 0 4\n"),
        ("line vty 0 4\n", "access-list 10 permit any\nline vty 0 4\n"),
        ("line vty 0 4\n", " permit 10.0.0.0 0.255.255.255\nline vty 0 4\n"),
        ("line vty 0 4\n", "exit\nline vty 0 4\n"),
        ("line vty 0 4\n", "end\nline vty 0 4\n"),
        ("line vty 0 4\n", "ip routing\nline vty 0 4\n"),
        ("line vty 0 4\n", "bogus\nline vty 0 4\n"),
        ("version 15.7\n", "banner motd #\n"),
        (" remark R1\n", " hostname RT-9\n"),
        (" remark R1\n", " host 10.1.9.8\n"),
        (" host 10.1.9.9\n", " host 10.1.9.900\n"),
        ("public RO \n", "public RO NOWHERE\n"),
        ("line vty 0 4\n", "username ops nopassword\nline vty 0 4\n"),
    ],
)
def test_a_member_that_is_not_alike_is_read_whole(old: str, new: str) -> None:
    other = text(2)
    assert old in other
    other = other.replace(old, new)
    parse_ios_firewall(FOREIGN)
    one, found = parse_ios_firewall(text(1)), parse_ios_firewall(other)
    assert found.chains is not one.chains
    assert found == alone(other)


STRAY = (
    *("exit", "end", "!", "banner login ^", "x ^ y", "configure terminal", " ip address 10.5.5.5 "),
    *(" no ip address", "interface GigabitEthernet0/1.20", " permit ip any any", " description d"),
    *("class-map type inspect match-any WEB", "hostname OTHER", "zone security OUT", " shutdown"),
    *("no zone security IN", "access-list 7 permit any", "ip access-list extended WEB", "quit"),
    *("no aaa new-model", "banner motd #x#", " transport input none", "username b secret y"),
    *(" 5 permit ip any any", " host 10.3.3.3", " host 10.3.3.300", "no ip routing"),
)  # fmt: skip


def edited(lines: list[str], chance: random.Random) -> list[str]:
    """Up to three lines lost, doubled, moved or new."""
    found = list(lines)
    for _ in range(chance.randint(0, 3)):
        place, other = chance.randrange(len(found)), chance.randrange(len(found))
        match chance.randrange(4):
            case 0:
                del found[place]
            case 1:
                found.insert(place, found[other])
            case 2:
                found.insert(place, chance.choice(STRAY))
            case _:
                found.insert(other, found.pop(place))
    return found


@pytest.mark.parametrize("seed", range(150))
def test_edits_of_either_member_change_nothing_of_this(seed: int) -> None:
    chance = random.Random(seed)
    base = text(1).split("\n")
    both = edited(base, chance) if seed % 2 else base
    first = "\n".join(edited(both, chance) if seed % 3 == 0 else both)
    other = "\n".join(edited([one.replace("RT-1", "RT-2") for one in both], chance))
    found = second(first, other)
    assert same(found, alone(other))


def test_the_outermost_view_knows_no_line_of_a_shared_block() -> None:
    for word in (*INNER_WORDS, "10", "10.0.0.0"):
        for row in FIREWALL[CONFIG].rows:
            for rest in ("", " any", " security any", " 10"):
                assert match(row.pattern.split(" [")[0], word + rest, IOS) is None, row.pattern


def test_no_inner_view_knows_how_a_shared_block_begins() -> None:
    heads = (
        *("ip access-list standard A", "ip access-list extended A", "ipv6 access-list A"),
        *("object-group network A", "object-group service A", "class-map type inspect A"),
        *("class-map type inspect match-any A", "policy-map type inspect A", "zone security A"),
        "zone-pair security A source B destination C",
    )
    for head in heads:
        known = {
            name for name, view in FIREWALL.items() for row in view.rows
            if match(row.pattern, head, IOS) is not None
        }  # fmt: skip
        assert known == {CONFIG}, head
