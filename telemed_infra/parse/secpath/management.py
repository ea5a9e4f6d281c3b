"""Commands of SecPath that no packet's passing depends on, with the reason.

Heads are as long as needed to name nothing else: `undo` of them is as harmless. Source:
docs/reference/platforms.md.
"""

from __future__ import annotations

from collections.abc import Mapping

from telemed_infra.parse.comware import management_lists as bound
from telemed_infra.parse.comware.management import ON_INTERFACE, PLANE, PLANE_VIEWS
from telemed_infra.parse.secpath import dpi, ipsec_flows, ipsec_grammar, lists
from telemed_infra.parse.secpath.state import SecPath
from telemed_infra.parse.vrp.engine import (
    Command,
    Effect,
    Unreadable,
    View,
    Words,
    inert,
    notes,
)
from telemed_infra.parse.vrp.management_lists import together

_TEXT = "a text for people"
_ADMINISTRATORS = "who may log in, and how; judged after the packet is let in"
_TELLS = "tells others about the device, changes nothing"
_ROUTES = "routing: where packets go, not whether they may"
_CLOCK = "time"
_WATCHES = "watches a path or a neighbour"
_LINK = "the link's own settings"
_MATCHER = "a list; it filters nothing until a line binds it, and such a line is read or not"
_SYSTEM = "the machine's own house-keeping"
_INSPECTS = "inspects what a rule has permitted, opens nothing"
_SESSIONS = "how long a session lives and what is told of it"


def own_context(words: Words) -> Effect[SecPath]:
    """`context Admin id 1`: the device as it is delivered; others are firewalls of their own."""
    if words != ("Admin", "id", "1"):
        raise Unreadable("another context is a firewall of its own")
    return lambda _state, _line: None


MANAGEMENT: tuple[Command[SecPath], ...] = (
    notes("context", own_context, _SYSTEM),
    *inert("loadbalance isp file | ips logging | anti-virus logging | url-filter logging", _SYSTEM),
    *inert("version | password-recovery enable | scheduler | irf | undo irf", _SYSTEM),
    *inert("resource-monitor | hardware | memory-threshold | monitor | job | xbar", _SYSTEM),
    *inert("system-working-mode | license | feature-id", _SYSTEM),
    *inert("ip http port | ip https port | ip https ssl-server-policy | ip http acl", _SYSTEM),
    *inert("ip https acl | ip https certificate", _SYSTEM),
    *inert("customlog | userlog", _TELLS),
    *inert("ntp-service peer | ntp-service query | ntp-service server", _CLOCK),
    *inert("ntp-service synchronization | ntp-service ipv6 inbound", _CLOCK),
    *inert("cloud-management | netconf log | netconf soap | restful | web | webui | dac", _TELLS),
    *inert("time-range", _CLOCK),
    *PLANE,
    *inert(
        "public-key | pki | login",
        _ADMINISTRATORS,
    ),
    *inert("dns | arp | nd | ip host | ipv6 host", "the device's own names and neighbours"),
    notes("ip route-static", ipsec_flows.route, _ROUTES, undo=ipsec_flows.no_route),
    *inert("ipv6 route-static | router id | ip load-sharing", _ROUTES),
    *inert("ip redirects | ip unreachables | ip ttl-expires", _TELLS),
    *inert("ipv6 redirects | ipv6 unreachables | ipv6 hoplimit-expires", _TELLS),
    notes("ip prefix-list", lists.defines("prefix-list"), _ROUTES),
    notes("ipv6 prefix-list", lists.defines("prefix-list"), _ROUTES),
    notes("ip as-path", lists.defines("as-path"), _ROUTES),
    *inert("ip community-list | ip extcommunity-list", _ROUTES),
    notes("route-policy", lists.defines("route-policy"), _ROUTES, enters="routing"),
    *inert("bgp | ospf | ospfv3", _ROUTES, enters="routing"),
    *inert("bfd | nqa schedule | nqa agent", _WATCHES),
    *inert("nqa entry | nqa template", _WATCHES, enters="watch"),
    notes("acl", together(lists.enter_acl, bound.enter_list), _MATCHER, enters="acl"),
    *ipsec_grammar.SYSTEM_ROWS,
    *dpi.HEADS,
    *inert(
        "url-filter policy | data-filter policy | file-filter policy | inspect",
        _INSPECTS,
        enters="profile",
    ),
    *inert("session log | session statistics | session synchronization", _SESSIONS),
    *inert("session aging-time | session persistent | session top-statistics", _SESSIONS),
    *inert("dhcp enable | tcp syn-cookie enable | tcp mss | tcp timer", _SYSTEM),
)

INTERFACE_MANAGEMENT: tuple[Command[SecPath], ...] = (
    *inert("description", _TEXT),
    *inert(
        "speed | duplex | combo enable | flow-control | "
        "bandwidth | link-aggregation | jumboframe enable | flow-interval | eee enable | "
        "dampening | link-delay | lacp | broadcast-suppression | multicast-suppression",
        _LINK,
    ),
    *inert("port link-aggregation group", "a member; its packets enter by the bundle"),
    *inert("ospf | ospfv3 | arp | ipv6 nd | ip last-hop", _ROUTES),
    *inert("bfd | nqa", _WATCHES),
    *ON_INTERFACE,
    *inert("enable snmp trap updown | session log | ntp-service", _TELLS),
)

_ROUTING = (
    "router-id | group | network | aggregate | import-route | preference | timer | balance | "
    "graceful-restart | non-stop-routing | default-route | default local-preference | "
    "default med | "
    "default-route-advertise | default-information-originate | pic | bestroute | log-peer-change | "
    "ignore-first-as | reflector | reflect | confederation | dampening | fast-reroute | "
    "description | silent-interface | bandwidth-reference | stub | nssa | stub-router | "
    "authentication-mode | filter-policy | filter | maximum load-balancing | "
    "spf-schedule-interval | "
    "lsa-generation-interval | lsa-arrival-interval | opaque-capability | bfd all-interfaces | "
    "enable out-of-band-resynchronization | if-match | apply | continue | route-distinguisher | "
    "vpn-target | vlink-peer | abr-summary | asbr-summary | prefix-priority | event-interface | "
    "update-first | summary automatic | advertise-rib-active"
)

MANAGEMENT_VIEWS: Mapping[str, View[SecPath]] = {
    **PLANE_VIEWS,
    "key": tuple(
        inert(
            "pki-domain | prefer-cipher | server-verify | version | session | ciphersuite",
            _ADMINISTRATORS,
        )
    ),
    "routing": (
        notes("peer", lists.peer, _ROUTES, undo=lists.undo_peer),
        *inert("address-family | area | ip vpn-instance", _ROUTES, enters="routing"),
        *inert(_ROUTING, _ROUTES),
    ),
    "watch": tuple(
        inert(
            "type | destination | frequency | reaction | source | data-size | probe | "
            "history-record | next-hop | out interface | delay | description | object",
            _WATCHES,
            enters=None,
        )
    ),
    "acl": (
        notes(
            "rule",
            together(lists.add_acl_rule, together(bound.rule, ipsec_flows.list_rule)),
            _MATCHER,
            undo=together(bound.undo_rule, ipsec_flows.no_list_rule),
        ),
        notes("step", bound.step, _MATCHER, undo=bound.step),
        *inert("description", _MATCHER),
    ),
    **ipsec_grammar.VIEWS,
    "profile": tuple(
        inert(
            "description | rule | exception | cloud-query | update | category | default-action | "
            "action",
            _INSPECTS,
        )
    ),
    **dpi.VIEWS,
}
