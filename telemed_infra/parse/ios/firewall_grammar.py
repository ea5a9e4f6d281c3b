"""The tables of an IOS router with the zone-based firewall.

Source: docs/reference/platforms.md. What is not here is not read, so the next feature fails
closed: `ip inspect` on interfaces, `ip port-map`, switching ports, bridges, event applets, address
translation but that of static networks and of guests, user and application maps, and the zone
`default` are left out on purpose.
"""

from __future__ import annotations

from telemed_infra.packets import Family
from telemed_infra.parse.frr.engine import CONFIG, Grammar, Row, View, says
from telemed_infra.parse.ios import break_out, fhrp, ipsec_grammar, ports, translations, zones
from telemed_infra.parse.ios.forwarding import routes4
from telemed_infra.parse.ios.list_grammar import LIST_VIEWS, LISTS
from telemed_infra.parse.ios.management import (
    INTERFACE,
    MANAGEMENT,
    MANAGEMENT_VIEWS,
    PKI,
    TEXT,
    exactly,
    inert,
)
from telemed_infra.parse.ios.state import Ios, hostname, refused, routes6
from telemed_infra.parse.ios.terminals import lines_of_network, network_line

Rows = tuple[Row[Ios], ...]

_LIMIT = "limits and logs of inspection; opens nothing"
_TRANSLATES = (
    "a translation that neither changes own addresses one to one, and both ways, nor hides those "
    "of a list behind a port"
)
_ADDRESS = "an address"
_VRF = "routing: a table of its own"
_HOST = "where a box that does not route sends its own packets"
_ELSEWHERE = "the address comes from elsewhere"
_ENCRYPTS = "encryption on an interface chooses what passes how"
_MEMBER = "a member; its packets enter by the bundle"
_STATIC = "ip nat inside source static network A.B.C.D A.B.C.D LINE"
_KIND = "[<match-all|match-any>]"

ZONES: Rows = (
    says("zone security WORD", zones.zone, enters="zone"),
    says("no zone security WORD", zones.remove_zone),
    says("zone-pair security WORD source WORD destination WORD", zones.pair, enters="pair"),
    says("zone-pair security WORD", zones.reopen_pair, enters="pair"),
    says("no zone-pair security WORD [source WORD] [destination WORD]", zones.remove_pair),
    says(f"class-map type inspect {_KIND} WORD", zones.class_map, enters="class-map"),
    says(f"no class-map type inspect {_KIND} WORD", zones.remove_class_map),
    says("policy-map type inspect WORD", zones.policy_map, enters="policy-map"),
    says("no policy-map type inspect WORD", zones.remove_policy_map),
    *exactly(_LIMIT, "parameter-map type inspect-global", enters="global-parameters"),
    *exactly(_LIMIT, "parameter-map type inspect global", enters="global-parameters"),
    *exactly(_LIMIT, "parameter-map type inspect WORD", enters="parameters"),
    Row("ip inspect log drop-pkt", zones.logs_drops(on=True), inert=True, why=_LIMIT),
    Row("no ip inspect log drop-pkt", zones.logs_drops(on=False), inert=True, why=_LIMIT),
)
"""Zones, their pairs and policies; how inspection logs and what it limits."""

_CONFIG: Rows = (
    Row("hostname WORD", hostname, inert=True, why="a name"),
    says("interface range LINE", ports.enter_range, enters="interface"),
    says("interface LINE", ports.enter_interface, enters="interface"),
    says("no interface LINE", ports.remove_interface),
    says("default interface LINE", ports.default_interface),
    *LISTS,
    *ZONES,
    *exactly(_LIMIT, "ip nat translation LINE", "no ip nat translation LINE"),
    says(_STATIC, translations.network),
    says(f"no {_STATIC}", translations.remove_network),
    *break_out.COVERS,
    says("ip nat LINE", refused(_TRANSLATES)),
    *break_out.MAPS,
    *lines_of_network(judged=True),
    says("ip routing", routes4(on=True)),
    says("no ip routing", routes4(on=False)),
    *exactly(_HOST, "ip default-gateway A.B.C.D", "no ip default-gateway [A.B.C.D]"),
    says("ipv6 unicast-routing", routes6(on=True)),
    says("no ipv6 unicast-routing", routes6(on=False)),
    *fhrp.GLOBAL,
    *ipsec_grammar.HEADS,
    *PKI,
    *MANAGEMENT,
)

_INTERFACE: Rows = (
    Row("description LINE", ports.describe, inert=True, why=TEXT),
    Row("no description [LINE]", ports.describe, inert=True, why=TEXT),
    Row("ip address A.B.C.D A.B.C.D [<secondary>]", ports.add_ipv4, inert=True, why=_ADDRESS),
    Row("no ip address [A.B.C.D A.B.C.D] [<secondary>]", ports.remove_ipv4, inert=True,
        why=_ADDRESS),
    says("ip address <dhcp|negotiated> [LINE]", refused(_ELSEWHERE)),
    says("ip unnumbered LINE", ports.borrow),
    says("no ip unnumbered [LINE]", ports.sets("borrows", value="")),
    Row("ipv6 address X:X::X:X/M [<anycast>]", ports.add_ipv6, inert=True, why=_ADDRESS),
    Row("ipv6 address WORD link-local", ports.link_local, inert=True, why=_ADDRESS),
    Row("no ipv6 address [X:X::X:X/M] [<anycast>]", ports.remove_ipv6, inert=True, why=_ADDRESS),
    says("ipv6 address <autoconfig|dhcp> [LINE]", refused(_ELSEWHERE)),
    says("ipv6 enable", ports.sets("enabled6", value=True)),
    says("no ipv6 enable", ports.sets("enabled6", value=False)),
    says("shutdown", ports.sets("shut", value=True)),
    says("no shutdown", ports.sets("shut", value=False)),
    says("ipv6 unnumbered LINE", ports.sets("enabled6", value=True)),
    *ipsec_grammar.PORT_ROWS,
    says("crypto map WORD redundancy LINE", refused(_ENCRYPTS)),
    says("crypto ipsec client LINE", refused(_ENCRYPTS)),
    says("encapsulation dot1q (1-4094)", ports.tag),
    says("zone-member security WORD", ports.join_zone),
    says("no zone-member security [WORD]", ports.leave_zone),
    says("ip access-group WORD <in|out>", ports.bind_list(Family.V4)),
    says("no ip access-group [WORD] <in|out>", ports.unbind_list(Family.V4)),
    says("ipv6 traffic-filter WORD <in|out>", ports.bind_list(Family.V6)),
    says("no ipv6 traffic-filter [WORD] <in|out>", ports.unbind_list(Family.V6)),
    Row("vrf forwarding WORD", ports.join_vrf, inert=True, why=_VRF),
    Row("ip vrf forwarding WORD", ports.join_vrf, inert=True, why=_VRF),
    says("ip nat <inside|outside>", translations.side(on=True)),
    says("no ip nat <inside|outside>", translations.side(on=False)),
    *exactly(_MEMBER, "channel-group (1-256) [mode <active|passive|on>]", "no channel-group",
             keeps=True),
    *break_out.ON_PORT,
    *fhrp.INTERFACE,
    *INTERFACE,
)  # fmt: skip

_LIMITS = (
    "audit-trail | alert | max-incomplete | one-minute | tcp | udp | icmp | dns-timeout | "
    "sessions | session total | session maximum | log flow | log summary | per-box | "
    "aggressive-aging | description"
)

FIREWALL: Grammar[Ios] = {
    **MANAGEMENT_VIEWS,
    **LIST_VIEWS,
    **ipsec_grammar.VIEWS,
    "route-map": View(break_out.IN_MAP),
    CONFIG: View(_CONFIG),
    "interface": View(_INTERFACE),
    "vrrp": View(fhrp.BLOCK, parent="interface"),
    "zone": View(tuple(inert(TEXT, "description"))),
    "pair": View(
        (
            *inert(TEXT, "description"),
            says("service-policy type inspect WORD", zones.pair_policy),
            says("no service-policy type inspect WORD", zones.remove_pair_policy),
        )
    ),
    "class-map": View(
        (
            *inert(TEXT, "description"),
            *(
                row
                for pattern, kind in (
                    ("match access-group name WORD", "list"),
                    ("match access-group (1-2699)", "list"),
                    ("match protocol WORD", "protocol"),
                    ("match class-map WORD", "class"),
                )
                for row in (
                    says(pattern, zones.match(kind)),
                    says(f"no {pattern}", zones.no_match(kind)),
                )
            ),
        )
    ),
    "policy-map": View(
        (
            *inert(TEXT, "description"),
            says("class type inspect WORD", zones.policy_class, enters="policy-class"),
            says("class class-default", zones.default_class, enters="policy-class"),
            says("no class type inspect WORD", zones.remove_policy_class),
            says("no class class-default", zones.remove_policy_class),
        )
    ),
    "policy-class": View(
        (
            says("inspect [WORD]", zones.action("inspect")),
            says("pass [<log>]", zones.action("pass")),
            says("drop [<log>]", zones.action("drop")),
            says("no inspect [WORD]", zones.no_action("inspect")),
            says("no pass [<log>]", zones.no_action("pass")),
            says("no drop [<log>]", zones.no_action("drop")),
        )
    ),
    "parameters": View(tuple(inert(_LIMIT, _LIMITS))),
    "global-parameters": View(
        (
            Row("log dropped-packets [enable]", zones.logs_drops(on=True), inert=True, why=_LIMIT),
            Row("no log dropped-packets [enable]", zones.logs_drops(on=False), inert=True,
                why=_LIMIT),
            *inert(_LIMIT, _LIMITS),
        )
    ),
    "terminal": network_line(judged=True),
}  # fmt: skip
