"""Packets to groups, in the words of each firewall: PIM, IGMP and lectures, and nothing else.

Rules in the shape of the vendors' grammar, typed by hand.
"""

from __future__ import annotations

from collections.abc import Callable
from textwrap import dedent
from typing import NamedTuple

import pytest

from telemed_infra.parse.behaviour import LOCAL, FirewallBehaviour
from telemed_infra.parse.secpath import parse_secpath
from tests.parse.ios import judge as ios
from tests.parse.nftables.packet import Packet, only_chain
from tests.parse.nftables.packet import passes as nft_passes
from tests.parse.vrp import judge as vrp


class Sent(NamedTuple):
    """A packet: between which sides (`in`, `out`, `box`), from whom, to which group, what."""

    way: tuple[str, str]
    source: str
    group: str
    what: str


Passes = Callable[[Sent], bool]
HELLO = Sent(("box", "out"), "10.10.0.5", "224.0.0.13", "103")
HEARD = Sent(("out", "box"), "10.10.0.4", "224.0.0.13", "103")
ASKED = Sent(("box", "in"), "10.64.68.2", "232.52.7.7", "2")
REPORT = Sent(("in", "box"), "10.64.68.9", "224.0.0.22", "2")
LECTURE = Sent(("out", "in"), "10.2.170.5", "232.52.7.7", "udp/21099")
OPEN = (HELLO, HEARD, ASKED, REPORT, LECTURE)
CLOSED = (
    HELLO._replace(group="224.0.0.5"),
    HELLO._replace(what="89"),
    HELLO._replace(way=("box", "in")),
    HEARD._replace(source="10.10.0.9"),
    HEARD._replace(what="2"),
    ASKED._replace(group="232.53.0.0"),
    ASKED._replace(way=("box", "out")),
    REPORT._replace(source="10.64.68.64"),
    REPORT._replace(group="224.0.0.1"),
    REPORT._replace(what="103"),
    LECTURE._replace(source="10.2.171.5"),
    LECTURE._replace(group="232.51.255.255"),
    LECTURE._replace(group="239.52.7.7"),
    LECTURE._replace(what="udp/21100"),
    LECTURE._replace(what="tcp/21099"),
    LECTURE._replace(way=("in", "out")),
)


def _by_policy(read: FirewallBehaviour) -> Passes:
    assert vrp.read_whole(read), read.unread
    sides = {"in": vrp.INSIDE, "out": vrp.OUTSIDE, "box": LOCAL}

    def passes(one: Sent) -> bool:
        way = (sides[one.way[0]], sides[one.way[1]])
        return vrp.passes(read, way, one.source, one.group, one.what)

    return passes


USG_SETS = """
        ip service-set pim type object
         service 0 protocol 103
        #
        ip service-set igmp type object
         service 0 protocol 2
        #
        ip service-set lectures type object
         service 0 protocol udp destination-port 21000 to 21099
        #
        """
USG_RULES = """
        rule name hello
         source-zone local
         destination-zone untrust
         source-address 10.10.0.5 mask 255.255.255.255
         destination-address 224.0.0.13 mask 255.255.255.255
         service pim
         action permit
        rule name heard
         source-zone untrust
         destination-zone local
         source-address 10.10.0.4 mask 255.255.255.255
         destination-address 224.0.0.13 mask 255.255.255.255
         service pim
         action permit
        rule name asked
         source-zone local
         destination-zone trust
         source-address 10.64.68.2 mask 255.255.255.255
         destination-address 224.0.0.1 mask 255.255.255.255
         destination-address 232.52.0.0 mask 255.255.0.0
         service igmp
         action permit
        rule name report
         source-zone trust
         destination-zone local
         source-address 10.64.68.0 mask 255.255.255.192
         destination-address 224.0.0.22 mask 255.255.255.255
         service igmp
         action permit
        rule name lecture
         source-zone untrust
         destination-zone trust
         source-address 10.2.170.0 mask 255.255.255.0
         destination-address 232.52.0.0 mask 255.255.0.0
         service lectures
         action permit
        """


def usg() -> Passes:
    return _by_policy(vrp.firewall(f"{vrp.WIRED}{USG_SETS}security-policy\n{USG_RULES}"))


SECPATH = """
        security-zone name Trust
         import interface GigabitEthernet1/0/1
        #
        security-zone name Untrust
         import interface GigabitEthernet1/0/3
        #
        interface GigabitEthernet1/0/1
        #
        interface GigabitEthernet1/0/3
        #
        object-group service pim
         0 service 103
        #
        object-group service igmp
         0 service 2
        #
        object-group service lectures
         0 service udp destination range 21000 21099
        #
        object-group ip address groups
         0 network subnet 232.52.0.0 255.255.0.0
         10 network host address 224.0.0.1
        #
        security-policy ip
         rule 0 name hello
          action pass
          source-zone Local
          destination-zone Untrust
          source-ip-host 10.10.0.5
          destination-ip-host 224.0.0.13
          service pim
         rule 1 name heard
          action pass
          source-zone Untrust
          destination-zone Local
          source-ip-host 10.10.0.4
          destination-ip-host 224.0.0.13
          service pim
         rule 2 name asked
          action pass
          source-zone Local
          destination-zone Trust
          source-ip-host 10.64.68.2
          destination-ip groups
          service igmp
         rule 3 name report
          action pass
          source-zone Trust
          destination-zone Local
          source-ip-subnet 10.64.68.0 255.255.255.192
          destination-ip-host 224.0.0.22
          service igmp
         rule 4 name lecture
          action pass
          source-zone Untrust
          destination-zone Trust
          source-ip-subnet 10.2.170.0 255.255.255.0
          destination-ip-subnet 232.52.0.0 255.255.0.0
          service lectures
        """


def secpath() -> Passes:
    return _by_policy(parse_secpath(dedent(SECPATH)))


def zones() -> Passes:
    classes = {
        "HELLO": ("self", "WAN", "pass", "permit pim host 10.10.0.5 host 224.0.0.13"),
        "HEARD": ("WAN", "self", "pass", "permit pim host 10.10.0.4 host 224.0.0.13"),
        "ASKED": ("self", "LAN", "pass", "permit igmp host 10.64.68.2 232.52.0.0 0.0.255.255"),
        "REPORT": ("LAN", "self", "pass", "permit igmp 10.64.68.0 0.0.0.63 host 224.0.0.22"),
        "LECTURE": ("WAN", "LAN", "inspect",
                    "permit udp 10.2.170.0 0.0.0.255 232.52.0.0 0.0.255.255 range 21000 21099"),
    }  # fmt: skip
    closed = """
        policy-map type inspect P-NONE
         class class-default
          drop
        zone-pair security ZP-OUT source LAN destination WAN
         service-policy type inspect P-NONE
        """
    typed = [
        dedent(f"""
            ip access-list extended A-{name}
             {entry}
            class-map type inspect match-any C-{name}
             match access-group name A-{name}
            policy-map type inspect P-{name}
             class type inspect C-{name}
              {action}
             class class-default
              drop
            zone-pair security ZP-{name} source {source} destination {target}
             service-policy type inspect P-{name}
            """)
        for name, (source, target, action, entry) in classes.items()
    ]
    read = ios.firewall(ios.ZONED, closed, *typed)
    assert ios.read_whole(read), read.unread
    sides = {"in": ios.LAN, "out": ios.WAN, "box": LOCAL}

    def passes(one: Sent) -> bool:
        way = (sides[one.way[0]], sides[one.way[1]])
        return ios.passes(read, way, one.what, one.source, one.group)

    return passes


def nftables() -> Passes:
    head = "table inet fw {{\n chain c {{\n  type filter hook {} priority filter; policy drop;\n  "
    hooks = {
        "output": 'oifname "wan0" ip saddr 10.10.0.5 ip daddr 224.0.0.13 ip protocol pim accept\n'
        '  oifname "lan0" ip saddr 10.64.68.2 ip daddr 232.52.0.0/16 meta l4proto igmp accept',
        "input": 'iifname "wan0" ip saddr 10.10.0.4 ip daddr 224.0.0.13 meta l4proto 103 accept\n'
        '  iifname "lan0" ip saddr 10.64.68.0/26 ip daddr 224.0.0.22 ip protocol igmp accept',
        "forward": 'iifname "wan0" oifname "lan0" ip saddr 10.2.170.0/24 ip daddr 232.52.0.0/16 '
        "udp dport 21000-21099 accept",
    }
    chains = {
        hook: only_chain(f"{head.format(hook)}{rules}\n }}\n}}\n") for hook, rules in hooks.items()
    }
    sides = {"in": "lan0", "out": "wan0", "box": LOCAL}
    numbers = {"udp": 17, "tcp": 6}

    def passes(one: Sent) -> bool:
        to_box, from_box = one.way[1] == "box", one.way[0] == "box"
        hook = "input" if to_box else "output" if from_box else "forward"
        protocol, _, port = one.what.partition("/")
        packet = Packet(
            ingress=sides[one.way[0]], egress=sides[one.way[1]], source=one.source,
            destination=one.group, protocol=numbers.get(protocol) or int(protocol),
            port=int(port or 0),
        )  # fmt: skip
        return nft_passes(chains[hook], packet)

    return passes


@pytest.mark.parametrize("platform", [usg, secpath, zones, nftables])
def test_packets_to_groups(platform: Callable[[], Passes]) -> None:
    passes = platform()
    assert [one for one in OPEN if not passes(one)] == []
    assert [one for one in CLOSED if passes(one)] == []
