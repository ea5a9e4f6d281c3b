"""Commands of IOS that no packet's passing and no VLAN depends on, with the reason.

A head stands for itself and for whatever follows it, so heads are as long as needed to name
nothing else; their `no` form is as harmless. Source: docs/reference/platforms.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from telemed_infra.parse.frr.engine import CONFIG, Args, Row, Unreadable, View
from telemed_infra.parse.ios.dialect import EXEC
from telemed_infra.parse.ios.plane.grammar import PLANE, PLANE_INTERFACE, PLANE_VIEWS, TELLS
from telemed_infra.parse.ios.state import Ios

Rows = tuple[Row[Ios], ...]

TEXT = "a text for people"
LINK = "the link's own settings"
ROUTES = "routing: where packets go, not whether they may; routes are judged by another reader"
MARKS = "marks, delays or polices packets"
WATCHES = "watches a path or a neighbour"
TUNNELS = "a tunnel's ends and keys; what comes out is judged by the tunnel's own interface"
_BOX = "the box itself: its software, clock and shell"
_REDUNDANCY = "which of two devices holds an address"
_SERVES = "addresses that the box lends"
_GUARD = "drops what is forged, opens nothing"


def inert(why: str, *heads: str, enters: str = "") -> Iterator[Row[Ios]]:
    """Commands that begin so, whatever follows; several heads in one text stand between ` | `."""
    for some in heads:
        for head in some.split("|"):
            yield Row(f"{head.strip()} [LINE]", enters=enters, inert=True, why=why)


def exactly(why: str, *patterns: str, enters: str = "", keeps: bool = False) -> Iterator[Row[Ios]]:
    """Commands that are inert in just this form; `keeps`: their `no` form is not."""
    for pattern in patterns:
        yield Row(pattern, enters=enters, inert=True, why=why, keeps=keeps)


def _police(_state: Ios, args: Args, _line: int) -> None:
    """A limit that drops what conforms to it is a filter."""
    if "conform-action drop" in f"{' '.join(args)} ":
        raise Unreadable("a class whose every packet is dropped is a filter, and not read as one")


_VIEWS_OF_BOX: Rows = (
    *inert(_BOX, "archive", enters="archive"),
    *inert(TELLS, "call-home", enters="call-home"),
    *exactly(TELLS, "monitor session (1-66) type <erspan-source|rspan-source>", enters="mirror"),
    *inert(TELLS, "monitor session"),
    *inert(_BOX, "redundancy", enters="redundancy"),
    *inert(_BOX, "transceiver type all", enters="transceiver"),
    *inert(_SERVES, "ip dhcp pool", enters="dhcp-pool"),
    *inert(WATCHES, "track", enters="track"),
    *inert(WATCHES, "ip sla schedule | ip sla enable | ip sla responder"),
    *inert(WATCHES, "ip sla", enters="sla"),
    *inert(WATCHES, "bfd-template", enters="bfd"),
    *inert(_BOX, "control-plane", enters="control-plane"),
    *inert(_BOX, "time-range", enters="time-range"),
)
_VIEWS_OF_ROUTES: Rows = (
    *inert(ROUTES, "router bgp | router ospf | router ospfv3 | ipv6 router", enters="routing"),
    *inert(ROUTES, "route-map", enters="route-map"),
    *inert(ROUTES, "vrf definition | ip vrf", enters="vrf"),
    *inert(ROUTES, "key chain", enters="key-chain"),
)
PKI: Rows = (
    *inert(
        TUNNELS,
        "crypto pki trustpoint | crypto pki certificate chain | crypto pki certificate map",
        "crypto pki token",
        enters="crypto",
    ),
    *inert(TUNNELS, "crypto pki"),
)
"""Certificates: what proves itself by one makes no tunnel that is read."""
CRYPTO: Rows = (
    *PKI,
    *inert(
        TUNNELS,
        "crypto ikev2 proposal | crypto ikev2 policy | crypto ikev2 profile",
        "crypto ikev2 keyring | crypto isakmp policy | crypto isakmp profile | crypto keyring",
        "crypto ipsec transform-set | crypto ipsec profile | crypto map",
        enters="crypto",
    ),
    *inert(TUNNELS, "crypto key | crypto ikev2 | crypto isakmp | crypto ipsec | crypto engine"),
    *inert(TUNNELS, "crypto logging"),
)
"""Of a box that is asked for no tunnel."""
TUNNEL_PORT: Rows = (
    *inert(TUNNELS, "tunnel source | tunnel destination | tunnel mode | tunnel protection"),
    *inert(TUNNELS, "tunnel key | tunnel path-mtu-discovery | tunnel vrf | tunnel checksum"),
)
"""Of its interfaces."""
_QOS: Rows = (
    *exactly(
        MARKS, "class-map WORD", "class-map <match-all|match-any> WORD", "no class-map WORD",
        "no class-map <match-all|match-any> WORD", enters="qos-class",
    ),
    *exactly(MARKS, "policy-map WORD", enters="qos-policy"),
    *inert(MARKS, "mls qos | qos queue-softmax-multiplier | srr-queue | table-map"),
)  # fmt: skip

MANAGEMENT: Rows = (
    *_VIEWS_OF_BOX,
    *_VIEWS_OF_ROUTES,
    *_QOS,
    *exactly(_BOX, "enable", enters=EXEC),
    *exactly(_BOX, "configure terminal", enters=CONFIG),
    *inert(_BOX, "do show | do write | do copy running-config startup-config"),
    *PLANE,
    *exactly(_BOX, "switch (1-16) <provision|priority> WORD"),
    *inert(
        _BOX,
        "version | boot-start-marker | boot-end-marker | boot | memory | license",
        "service pad | service tcp-keepalives-in | service tcp-keepalives-out",
        "service dhcp | service call-home | service sequence-numbers | service nagle",
        "service compress-config | service internal | service unsupported-transceiver",
        "service counters | service linenumber",
        "platform | hardware | diagnostic | exception | scheduler | process | file | alias",
        "errdisable | system mtu | sdm prefer | stack-mac | upgrade | hw-module",
        "multilink bundle-name | subscriber templating | power | udld | software",
        "ip domain | ip domain-name | ip domain-list | ip domain-lookup | ip name-server | ip host",
        "ip gratuitous-arps | ip tcp",
        "ip classless | ip subnet-zero | ip cef | ipv6 cef | ip icmp | ip options drop",
        "ip source-route | ipv6 source-route | ip forward-protocol",
    ),
    *inert(_SERVES, "ip dhcp excluded-address | ip dhcp database | ip dhcp relay | ip dhcp use"),
    *inert(WATCHES, "bfd | ip access-list logging | ip access-list log-update"),
    *inert(
        ROUTES,
        "ip route | ipv6 route | ip prefix-list | ipv6 prefix-list",
        "ip as-path access-list | ip community-list | ip extcommunity-list | ip bgp-community",
        "ip local policy | ip ospf | arp | fhrp | ip load-sharing",
    ),
)

INTERFACE: Rows = (
    *PLANE_INTERFACE,
    *inert(
        LINK,
        "mtu | ip mtu | ipv6 mtu | ip tcp adjust-mss | ipv6 tcp adjust-mss | speed | duplex",
        "negotiation | media-type | mdix | flowcontrol | bandwidth | delay | load-interval",
        "carrier-delay | dampening | keepalive | hold-queue | tx-ring-limit | lacp | medium",
        "fair-queue | mop | logging event | snmp | arp timeout | standby delay | power | udld",
        "channel-protocol",
    ),
    *inert(
        ROUTES,
        "ip ospf | ipv6 ospf | ip redirects | ip proxy-arp | ip route-cache | ip arp",
        "ipv6 nd | ipv6 redirects | vrf forwarding | ip vrf forwarding | ip local-proxy-arp",
        "ip load-sharing | ip split-horizon | cdp tlv | cdp log mismatch | lldp receive",
        "lldp tlv-select | lldp med-tlv-select",
    ),
    *exactly(ROUTES, "no ip directed-broadcast"),
    *inert(TELLS, "ip unreachables | ip mask-reply | ip accounting"),
    *inert(TELLS, "ipv6 unreachables | ip nbar protocol-discovery"),
    *inert(_GUARD, "ip verify unicast | ipv6 verify unicast | ip virtual-reassembly"),
    *inert(_GUARD, "ipv6 virtual-reassembly | ip dhcp snooping trust"),
    *inert(_SERVES, "ip helper-address | ipv6 dhcp relay | ip dhcp relay"),
    # The lines of older releases open no view: what follows them is the interface's own.
    *exactly(_REDUNDANCY, "vrrp (1-255) address-family <ipv4|ipv6>", enters="vrrp"),
    *inert(_REDUNDANCY, "vrrp | standby | glbp"),
    *inert(WATCHES, "bfd"),
    *exactly(MARKS, "service-policy <input|output> WORD", "no service-policy <input|output> WORD"),
)

_ROUTING = (
    "neighbor | network | aggregate-address | bgp | redistribute | timers | maximum-paths | "
    "distance | default-information | default-metric | auto-summary | synchronization | "
    "table-map | router-id | log-adjacency-changes | passive-interface | area | summary-address | "
    "auto-cost | max-metric | nsf | ispf | default-originate | distribute-list | "
    "exit-address-family | template | inherit | rd | route-target | import | export | maximum"
)
_CRYPTO = (
    "encryption | encr | integrity | group | prf | hash | authentication | lifetime | proposal | "
    "match | identity | keyring | dpd | address | pre-shared-key | set | mode | "
    "local | aaa | ivrf | virtual-template | description | enrollment | subject-name | "
    "subject-alternative-name | revocation-check | rsakeypair | eckeypair | fqdn | serial-number | "
    "ip-address | usage | auto-enroll | crl | source | vrf | self-identity | initiate mode | "
    "responder-only | nat | certificate | fingerprint | hash | regenerate | chain-validation | "
    "no-xauth | reverse-route | key | config-exchange | config-mode"
)


def _group(why: str, heads: str) -> View[Ios]:
    return View(tuple(inert(why, heads)))


MANAGEMENT_VIEWS: Mapping[str, View[Ios]] = {
    **PLANE_VIEWS,
    EXEC: View(
        (
            *exactly(_BOX, "configure terminal", enters=CONFIG),
            *inert(_BOX, "enable | write | show | terminal | disable | ping"),
            *exactly(_BOX, "copy running-config startup-config", "logout"),
        )
    ),
    "archive": _group(_BOX, "log config | path | write-memory | time-period | maximum | logging | "
                      "hidekeys | notify | record | rollback"),
    "mirror": _group(TELLS, "source | destination | filter | description | shutdown | header-type"),
    "call-home": _group(TELLS, "contact-email-addr | profile | active | destination | "
                        "subscribe-to-alert-group | reporting | email | mail-server | source | "
                        "http-proxy | site-id | contact | phone-number | street-address"),
    "redundancy": _group(_BOX, "mode | main-cpu | auto-sync | application"),
    "transceiver": _group(_BOX, "monitoring"),
    "dhcp-pool": _group(_SERVES, "network | default-router | dns-server | domain-name | lease | "
                        "option | netbios-name-server | host | client-identifier | vrf | "
                        "hardware-address | client-name | import all | next-server | bootfile | "
                        "subnet prefix-length | utilization"),
    "track": _group(WATCHES, "delay | object | default-state | threshold | description | carrier"),
    "sla": _group(WATCHES, "icmp-echo | icmp-jitter | udp-jitter | udp-echo | tcp-connect | "
                  "frequency | threshold | timeout | tag | owner | tos | vrf | request-data-size | "
                  "history | source-ip | http"),
    "bfd": _group(WATCHES, "interval | dampening | echo | authentication"),
    "time-range": _group(_BOX, "absolute | periodic"),
    "control-plane": View(
        tuple(exactly(MARKS, "service-policy <input|output> WORD"))
    ),
    "routing": View((
        *inert(ROUTES, "address-family", enters="routing-part"), *inert(ROUTES, _ROUTING),
    )),
    "routing-part": _group(ROUTES, _ROUTING),
    "route-map": _group(ROUTES, "match | set | description | continue"),
    "vrf": View((
        *inert(ROUTES, "address-family", enters="routing-part"),
        *inert(ROUTES, "rd | route-target | description | vnet | exit-address-family"),
    )),
    "vrrp": _group(_REDUNDANCY, "address | priority | preempt | timers | track | description | "
                   "shutdown | vrrpv2 | match-address | authentication"),
    "key-chain": _group(ROUTES, "key | key-string | accept-lifetime | send-lifetime | "
                        "cryptographic-algorithm"),
    "crypto": View((*inert(TUNNELS, "peer", enters="crypto-peer"), *inert(TUNNELS, _CRYPTO))),
    "crypto-peer": _group(TUNNELS, "address | hostname | identity | pre-shared-key | description"),
    "qos-class": _group(MARKS, "match | description"),
    "qos-policy": View((*inert(MARKS, "class", enters="qos-part"), *inert(MARKS, "description"))),
    "qos-part": View((
        Row("police LINE", _police, enters="qos-police", inert=True, why=MARKS),
        *inert(MARKS, "set | bandwidth | priority | shape | fair-queue | random-detect | trust",
               "queue-limit | queue-buffers | service-policy | compression"),
    )),
    "qos-police": View((
        Row("<conform-action|exceed-action|violate-action> LINE",
            lambda state, args, line: _police(state, (" ".join(args),), line),
            inert=True, why=MARKS),
    )),
}  # fmt: skip
