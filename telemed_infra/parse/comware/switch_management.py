"""Commands of Comware switches that no VLAN and no packet's passing depends on, with the reason.

Heads are as long as needed to name nothing else: `undo` of them is as harmless. Lines that name a
list of those who may ask are read for whether that list is there, since none lets everyone in.
Source: docs/reference/platforms.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from telemed_infra.parse.comware import switch_lists as lists
from telemed_infra.parse.comware import switch_policies as policies
from telemed_infra.parse.comware.management import PLANE, PLANE_VIEWS
from telemed_infra.parse.comware.switch_state import Switch
from telemed_infra.parse.vrp.engine import Command, View, inert, notes

TEXT = "a text for people"
ADMINISTRATORS = "who may log in, and how; judged after the packet is let in"
TELLS = "tells others about the device, changes nothing"
ROUTES = "routing: where packets go, not whether they may"
CLOCK = "time"
WATCHES = "watches a path or a neighbour"
LINK = "the link's own settings"
SYSTEM_ITSELF = "the device's own housekeeping"
LEASES = "addresses lent to hosts"

Commands = tuple[Command[Any], ...]


def _may_name_list(head: str, why: str) -> Command[Switch]:
    words = head.split()
    return notes(head, lists.login_list(*words), why, undo=lists.no_login_list(*words))


MANAGEMENT: Commands = (
    *inert("version | mdc | password-recovery enable | system-working-mode", SYSTEM_ITSELF),
    *inert("xbar | lpu-type | fan prefer-direction | temperature-limit | usb", SYSTEM_ITSELF),
    *inert("scheduler logfile | copyright-info enable | configuration", SYSTEM_ITSELF),
    *inert("memory-threshold | save | archive configuration | job", SYSTEM_ITSELF),
    *inert(
        "irf mac-address | irf auto-update | irf link-delay | irf member | irf domain | irf mode",
        SYSTEM_ITSELF,
    ),
    *inert("resource-monitor | hardware-resource | flow-interval", SYSTEM_ITSELF),
    *inert("cdp | sflow", TELLS),
    _may_name_list("ntp-service peer", CLOCK),
    _may_name_list("ntp-service query", CLOCK),
    _may_name_list("ntp-service server", CLOCK),
    _may_name_list("ntp-service synchronization", CLOCK),
    _may_name_list("ntp-service ipv6", CLOCK),
    *inert("time-range", CLOCK),
    *(
        _may_name_list(head, ADMINISTRATORS)
        for head in ("ftp server acl", "ftp server ipv6", "ip http", "ip https", "netconf")
    ),
    *PLANE,
    *inert("public-key local | web captcha | webui", ADMINISTRATORS),
    *inert("pki domain | pki entity", ADMINISTRATORS, enters="key"),
    *inert("ssl server-policy", ADMINISTRATORS, enters="key"),
    *inert("ssl version | ssl renegotiation", ADMINISTRATORS),
    *inert("dns | ip host", "the device's own names"),
    *inert("dhcp enable | dhcp server | dhcp relay", LEASES),
    *inert("dhcp server ip-pool", LEASES, enters="pool"),
    *inert(
        "ip route-static | ipv6 route-static | ip ttl-expires | ip unreachables | ip redirects | "
        "router id",
        ROUTES,
    ),
    *inert("ip load-sharing | tcp syn-cookie | arp timer | arp static", ROUTES),
    notes(
        "ip prefix-list",
        policies.define_prefixes(policies.PREFIX_LIST),
        ROUTES,
        undo=lists.undo_define(policies.PREFIX_LIST),
    ),
    notes(
        "ipv6 prefix-list",
        policies.define_prefixes(policies.PREFIX_LIST6),
        ROUTES,
        undo=lists.undo_define(policies.PREFIX_LIST6),
    ),
    *inert("ip community-list | ip as-path", ROUTES),
    notes(
        "route-policy",
        lists.define(policies.ROUTE_POLICY),
        ROUTES,
        undo=lists.undo_define(policies.ROUTE_POLICY),
        enters="route-policy",
    ),
    *inert("bgp | ospf | ospfv3", ROUTES, enters="routing"),
    notes("track", policies.track, WATCHES, undo=policies.undo_track, enters="watch"),
    *inert("nqa entry", WATCHES, enters="watch"),
    *inert("bfd | nqa schedule | nqa server | nqa agent", WATCHES),
)

_PEERS = tuple(
    notes(head, policies.routes_by(head), ROUTES, undo=policies.routes_by("undo", head))
    for head in (
        *("peer", "group", "network", "aggregate", "import-route", "default-route"),
        *("filter-policy", "default-route-advertise", "dampening"),
    )
)
_ROUTING: Commands = (
    *_PEERS,
    *inert(
        "router-id | balance | preference | maximum | timer | graceful-restart | "
        "bestroute | reflector | confederation | summary | fast-reroute | non-stop-routing | "
        "bfd | silent-interface | bandwidth-reference | stub-router | authentication-mode | "
        "description | route-distinguisher | vpn-target | ecmp | stub | nssa | "
        "lsa-arrival-interval | lsa-generation-interval | spf-schedule-interval | vlink-peer | "
        "compare-different-as-med | default | abr-summary | default-cost | log-peer-change | "
        "ignore-first-as | advertise-rib-active | update-first | route-limit",
        ROUTES,
    ),
)

MANAGEMENT_VIEWS: Mapping[str, View[Any]] = {
    **PLANE_VIEWS,
    "key": tuple(
        inert(
            "public-key | certificate | crl | ca identifier | common-name | country | "
            "organization | organization-unit | locality | state | usage | pki-domain | "
            "ciphersuite | session | client-verify | root-certificate | prefer-cipher | "
            "server-verify | version",
            ADMINISTRATORS,
        )
    ),
    "pool": tuple(
        inert(
            "network | gateway-list | dns-list | domain-name | expired | forbidden-ip | "
            "static-bind | option | address range | tftp-server | nbns-list | netbios-type | "
            "class | bims-server | voice-config | vpn-instance",
            LEASES,
        )
    ),
    "route-policy": (
        *inert("if-match community | if-match as-path | if-match cost | if-match tag", ROUTES),
        *inert("if-match local-preference | if-match route-type | if-match interface", ROUTES),
        notes(
            "if-match ip",
            policies.routes_by("if-match ip", prefixes=policies.PREFIX_LIST),
            ROUTES,
            undo=policies.routes_by("undo if-match ip", prefixes=policies.PREFIX_LIST),
        ),
        notes(
            "if-match ipv6",
            policies.routes_by("if-match ipv6", prefixes=policies.PREFIX_LIST6),
            ROUTES,
            undo=policies.routes_by("undo if-match ipv6", prefixes=policies.PREFIX_LIST6),
        ),
        *inert("apply | continue | description", ROUTES),
    ),
    "routing": (
        notes("address-family", policies.enter_family, ROUTES, enters="routing-part"),
        *inert("area | ip vpn-instance", ROUTES, enters="routing-part"),
        *_ROUTING,
    ),
    "routing-part": (
        notes("address-family", policies.enter_family, ROUTES, enters="routing-part"),
        *inert("area", ROUTES, enters="routing-part"),
        *_ROUTING,
    ),
    "watch": (
        *inert("type", WATCHES, enters="watch"),
        *inert(
            "destination | source | frequency | reaction | probe | history-record | statistics | "
            "description | delay | threshold | data-size | tos | next-hop | ttl | operation | url",
            WATCHES,
        ),
    ),
}
