"""Commands of SecPath that no packet's passing depends on, with the reason.

Heads are as long as needed to name nothing else: `undo` of them is as harmless. Source:
docs/reference/platforms.md.
"""

from __future__ import annotations

from collections.abc import Mapping

from telemed_infra.parse.secpath import lists
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
from telemed_infra.parse.vrp.management import banner, no_banner

_TEXT = "a text for people"
_ADMINISTRATORS = "who may log in, and how; judged after the packet is let in"
_TELLS = "tells others about the device, changes nothing"
_ROUTES = "routing: where packets go, not whether they may"
_CLOCK = "time"
_WATCHES = "watches a path or a neighbour"
_LINK = "the link's own settings"
_MATCHER = "a list; it filters nothing until a line binds it, and such a line is read or not"
_REFERENCE = "a definition; only a line that binds it could matter, and such a line is read or not"
_ALIKE = "keeps two firewalls alike; their talk is judged like other packets from and to the box"
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
    *inert("system-working-mode | ip http | ip https | license | feature-id", _SYSTEM),
    *inert("info-center | snmp-agent | ntp-service | lldp | customlog | userlog", _TELLS),
    *inert("sntp | cloud-management | netconf | restful | web | webui | dac", _TELLS),
    *inert("clock | time-range", _CLOCK),
    notes("ssh server acl", lists.login_filter("acl"), _ADMINISTRATORS),
    notes("ssh server ipv6 acl", lists.login_filter("acl ipv6"), _ADMINISTRATORS),
    notes("telnet server acl", lists.login_filter("acl"), _ADMINISTRATORS),
    notes("telnet server ipv6 acl", lists.login_filter("acl ipv6"), _ADMINISTRATORS),
    *inert(
        "ssh | sftp server | scp server | ftp server | telnet server | public-key | pki | "
        "password-control | super | role default-role | domain default | undo domain | "
        "undo local-user | login",
        _ADMINISTRATORS,
    ),
    notes("header", banner, _TEXT, undo=no_banner),
    *inert(
        "local-user | line | user-interface | domain | hwtacacs scheme | radius scheme | "
        "radius | hwtacacs | role name | user-group",
        _ADMINISTRATORS,
        enters="administrators",
    ),
    *inert("dns | arp | nd | ip host | ipv6 host", "the device's own names and neighbours"),
    *inert("ip route-static | ipv6 route-static | router id | ip load-sharing", _ROUTES),
    *inert("ip redirects | ip unreachables | ip ttl-expires", _TELLS),
    *inert("ipv6 redirects | ipv6 unreachables | ipv6 hoplimit-expires", _TELLS),
    notes("ip prefix-list", lists.defines("prefix-list"), _ROUTES),
    notes("ipv6 prefix-list", lists.defines("prefix-list"), _ROUTES),
    notes("ip as-path", lists.defines("as-path"), _ROUTES),
    *inert("ip community-list | ip extcommunity-list", _ROUTES),
    notes("route-policy", lists.defines("route-policy"), _ROUTES, enters="routing"),
    *inert("bgp | ospf | ospfv3 | ip vpn-instance", _ROUTES, enters="routing"),
    *inert("bfd | nqa schedule | nqa agent", _WATCHES),
    *inert("track | nqa entry | nqa template", _WATCHES, enters="watch"),
    notes("acl", lists.enter_acl, _MATCHER, enters="acl"),
    *inert("remote-backup group", _ALIKE, enters="backup"),
    *inert("ike | ikev2 | ipsec", _REFERENCE, enters="ipsec"),
    *inert(
        "app-profile | ips policy | anti-virus policy | url-filter policy | data-filter policy | "
        "file-filter policy | inspect",
        _INSPECTS,
        enters="profile",
    ),
    *inert("session log | session statistics | session synchronization", _SESSIONS),
    *inert("session aging-time | session persistent | session top-statistics", _SESSIONS),
    *inert("dhcp enable | vrrp | tcp syn-cookie enable | tcp mss | tcp timer", _SYSTEM),
)

INTERFACE_MANAGEMENT: tuple[Command[SecPath], ...] = (
    *inert("description", _TEXT),
    *inert(
        "mtu | ip mtu | ipv6 mtu | tcp mss | speed | duplex | combo enable | flow-control | "
        "bandwidth | link-aggregation | jumboframe enable | flow-interval | eee enable | "
        "dampening | link-delay | lacp | broadcast-suppression | multicast-suppression",
        _LINK,
    ),
    *inert("port link-aggregation group", "a member; its packets enter by the bundle"),
    *inert("ospf | ospfv3 | arp | ipv6 nd | ip last-hop", _ROUTES),
    *inert("vrrp", "which of two devices holds an address"),
    *inert("bfd | nqa", _WATCHES),
    *inert("lldp | enable snmp trap updown | session log | ntp-service | netstream", _TELLS),
)

_ADMINISTRATOR = (
    "password | service-type | authorization-attribute | access-limit | state | group | "
    "bind-attribute | validity-datetime | description | authentication | authorization | "
    "accounting | authentication-mode | user-role | idle-timeout | protocol inbound | command | "
    "history-command | screen-length | set authentication | shell | terminal | escape-key | "
    "auto-execute command | activation-key | stopbits | parity | databits | primary | secondary | "
    "key | user-name-format | nas-ip | timer | vpn-instance | data-flow-format | retry | "
    "server-block-action | rule | password-control | identity-group | identity-member | "
    "local-server | session-control | source-ip | nas-ip"
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
_IPSEC = (
    "encryption-algorithm | encryption | authentication-algorithm | authentication-method | "
    "integrity | integrity-algorithm | prf | dh | sa | pre-shared-key | keychain | match | "
    "proposal | dpd | local-identity | identity | exchange-mode | priority | description | "
    "certificate | inside-vpn | nat-keepalive | config-exchange | ike-profile | ikev2-profile | "
    "esp | ah | encapsulation-mode | pfs | protocol | security acl | remote-address | "
    "local-address | transform-set | reverse-route | tfc enable | address | hostname | "
    "smart-link | qos pre-classify | sequence | peer-id | client-authentication"
)

MANAGEMENT_VIEWS: Mapping[str, View[SecPath]] = {
    "administrators": tuple(inert(_ADMINISTRATOR, _ADMINISTRATORS)),
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
        notes("rule", lists.add_acl_rule, _MATCHER),
        *inert("step | description", _MATCHER),
    ),
    "backup": tuple(
        inert(
            "device-role | backup-mode | local-ip | local-ipv6 | remote-ip | remote-ipv6 | "
            "data-channel | hot-backup enable | configuration | adjust-cost | track | delay-time | "
            "switchover | keepalive | transparent-transmit enable | silent-interface | "
            "undo configuration",
            _ALIKE,
        )
    ),
    "ipsec": (
        *inert("peer", _REFERENCE, enters="ipsec"),
        *inert(_IPSEC, _REFERENCE),
    ),
    "profile": tuple(
        inert(
            "ips | anti-virus | url-filter | data-filter | file-filter | signature | "
            "description | rule | exception | inspect | cloud-query | update | category | "
            "default-action | object-dir | protect-target | severity-level | attack-category | "
            "action | apt | waf",
            _INSPECTS,
        )
    ),
}
