"""The tables of routing on VRP5 routers and USG firewalls: views, heads, and what each does.

Three kinds of head stand in the system view. `ROUTING` lines are judged here and nowhere else.
`SHARED` ones (interfaces, access lists, the host's name, ip-link) are judged by the reader of the
device; here what routing needs of them is noted. All others belong to that reader alone: they are
named so that typed text, which is flat, leaves the view that was open.
Left out on purpose, so that they are unread: other protocols than BGP, VPN instances within BGP,
`default med` and `default local-preference` (routes are told with them), confederations, route
reflection, dampening, `summary automatic`, `peer … allow-as-loop`, `substitute-as`,
`public-as-only` and `capability-advertise conventional`, dynamic peers, `goto next-node`,
expressions over communities. Source: docs/reference/platforms.md.
"""

from __future__ import annotations

import re
from functools import partial

from telemed_infra.packets import Family
from telemed_infra.parse.route_lines import (
    lists,
    multicast,
    origins,
    policy,
    ports,
    process,
    static,
)
from telemed_infra.parse.route_lines.split import Splitter, heads, of_others
from telemed_infra.parse.route_lines.state import RULE_STEP, Routes
from telemed_infra.parse.vrp import routes_static as watch
from telemed_infra.parse.vrp.arguments import interface
from telemed_infra.parse.vrp.engine import SYSTEM, Grammar, View, Words, inert, notes, says
from telemed_infra.parse.vrp.routes_peers import peer, undo_peer
from telemed_infra.parse.vrp.routes_policy import condition, prefix_range, undone
from telemed_infra.parse.vrp.routes_static import STATIC
from telemed_infra.parse.vrp.switch_grammar import VRP
from telemed_infra.parse.vrp.usg_grammar import USG

_TEXT = "a text for people"
_WATCHES = "how often a far end is asked, and what is told of it"
_BEST = "which of several routes is the better, not which there are"
_DEFAULT = "the default"
_SLOW = "what a restart does to a session, and how long"
_VPN = "a table that no session here carries"
NO_ROUTES: tuple[Words, ...] = tuple(
    (word,) for word in ("ospf", "ospfv3", "rip", "ripng", "isis", "mpls", "segment-routing")
)
"""Protocols and their like that are not modelled: routing all the same, so nobody's but ours."""

_ROUTING: View[Routes] = (
    says("bgp", process.enter_bgp, undo=process.undo_bgp, enters="bgp"),
    says("route-policy", policy.enter_policy, undo=policy.undo_policy, enters="route-policy"),
    says(
        "ip ip-prefix", lists.add_prefix(Family.V4, prefix_range), undo=lists.drop_prefix(Family.V4)
    ),
    says(
        "ip ipv6-prefix",
        lists.add_prefix(Family.V6, prefix_range),
        undo=lists.drop_prefix(Family.V6),
    ),
    says("ip as-path-filter", lists.add_as_path, undo=lists.drop_words("as_path_filters")),
    says("ip community-filter", lists.add_community, undo=lists.drop_words("community_filters")),
    says(
        "ip route-static",
        static.add_route(Family.V4, STATIC),
        undo=static.drop_routes(Family.V4, STATIC),
    ),
    says(
        "ipv6 route-static",
        static.add_route(Family.V6, STATIC),
        undo=static.drop_routes(Family.V6, STATIC),
    ),
    says("router id", ports.router_id, undo=ports.undo_router_id),
    says("bfd", watch.bfd, undo=watch.undo_bfd, enters="bfd"),
    says("nqa test-instance", watch.nqa, undo=watch.undo_nqa, enters="nqa"),
    *inert("ip vpn-instance", _VPN, enters="vpn"),
    says(
        "multicast routing-enable",
        multicast.forwards(on=True),
        undo=multicast.stops_and_forgets,
    ),
    says("pim", multicast.enter_pim, enters="pim"),
)

_SHARED: View[Routes] = (
    notes("sysname", ports.sysname, "a name"),
    notes("interface", ports.enter_interface(interface), "a name", enters="interface"),
    notes("acl", lists.enter_acl, "a list", undo=lists.undo_acl, enters="acl"),
    notes("ip-link name", watch.ip_link, _WATCHES, enters="ip-link"),
)

_OF_BGP: View[Routes] = (
    says("group", process.add_group),
    says(
        "router-id",
        process.of_process("router-id", process.router_id),
        undo=process.forget("router-id"),
    ),
    says(
        "default ipv4-unicast",
        process.of_process("ipv4-unicast", process.none),
        undo=process.of_process("ipv4-unicast", process.none, on=False),
    ),
    says("timer", process.timer, undo=process.undo_timer),
    says(
        "graceful-restart",
        process.of_process("graceful-restart", process.none),
        undo=process.forget("graceful-restart"),
    ),
    says(
        "compare-different-as-med",
        process.of_process("compare-different-as-med", process.none),
        undo=process.forget("compare-different-as-med"),
    ),
    says("shutdown", process.of_process("shutdown", process.none), undo=process.forget("shutdown")),
    *inert("graceful-restart timer | graceful-restart peer-reset", _SLOW),
    *inert(
        "check-first-as | ebgp-interface-sensitive | as-notation plain | private-4-byte-as enable",
        _DEFAULT,
    ),
)


def _family(family: Family, *, in_bgp_view: bool) -> View[Routes]:
    """What an address family knows; that of IPv4 unicast is known in the BGP view too."""
    return (
        says(
            "peer",
            peer(family, in_bgp_view=in_bgp_view),
            undo=undo_peer(family, in_bgp_view=in_bgp_view),
        ),
        says("network", origins.network(family), undo=origins.undo_source(family, "network")),
        says("aggregate", origins.aggregate(family), undo=origins.undo_source(family, "aggregate")),
        says("import-route", origins.import_route(family), undo=origins.undo_import_route(family)),
        says(
            "filter-policy", origins.filter_policy(family), undo=origins.undo_filter_policy(family)
        ),
        says(
            "default-route imported",
            origins.in_family("default-route", family),
            undo=origins.forget("default-route", family),
        ),
        *inert("undo synchronization", _DEFAULT, may_undo=False),
        *inert(
            "preference | maximum load-balancing | load-balancing | bestroute",
            _BEST,
        ),
    )


_BGP: View[Routes] = (
    *_OF_BGP,
    *_family(Family.V4, in_bgp_view=True),
    *inert("ipv4-family unicast", "opens a view", enters="bgp-4"),
    *inert("ipv6-family unicast", "opens a view", enters="bgp-6"),
)

_POLICY: View[Routes] = (
    says("if-match", policy.if_match(condition), undo=policy.undo_if_match(undone)),
    says("apply", policy.apply(policy.CHANGES), undo=policy.undo_apply),
    *inert("description", _TEXT),
)

_BFD: View[Routes] = (
    says("min-tx-interval", watch.watch_time("min-tx-interval", 3, 20_000)),
    says("min-rx-interval", watch.watch_time("min-rx-interval", 3, 20_000)),
    says("detect-multiplier", watch.watch_time("detect-multiplier", 3, 50)),
    says("commit", partial(watch.runs, on=True)),
    *inert(
        "discriminator local | discriminator remote | description | wtr | process-pst | "
        "default-ip-address | mpls-passive | delay-up | tos-exp",
        _WATCHES,
    ),
)

_NQA: View[Routes] = (
    says("destination-address", watch.watched),
    says("start", partial(watch.runs, on=True), undo=partial(watch.runs, on=False)),
    says("stop", partial(watch.runs, on=False)),
    *inert(
        "test-type icmp | frequency | probe-count | timeout | interval | source-address | "
        "source-interface | fail-percent | tos | description | ttl | records | "
        "sendpacket passroute",
        _WATCHES,
    ),
)

_MULTICAST = multicast.interface_rows(after_switch=True)
_INTERFACE: View[Routes] = (
    notes("ip address", ports.add_address, "an address", undo=ports.drop_address),
    notes("ipv6 address", ports.add_address, "an address", undo=ports.drop_address),
    notes("ip binding vpn-instance", ports.bind_vrf, "a table"),
    *_MULTICAST,
)

_ACL: View[Routes] = (
    notes(
        "rule",
        lists.add_rule(first=RULE_STEP, overlays=False),
        "a rule",
        undo=lists.drop_rule,
    ),
)

_LINK: View[Routes] = (notes("destination", watch.watched, _WATCHES),)

_OTHER_GRAMMARS = (VRP, USG)
HEADS = heads(_ROUTING, _SHARED, NO_ROUTES, _OTHER_GRAMMARS)
ROUTES: Grammar[Routes] = Grammar(
    {
        SYSTEM: (
            *_ROUTING,
            *_SHARED,
            *of_others(HEADS),
        ),
        "bgp": _BGP,
        "bgp-4": _family(Family.V4, in_bgp_view=False),
        "bgp-6": _family(Family.V6, in_bgp_view=False),
        "route-policy": _POLICY,
        "bfd": _BFD,
        "nqa": _NQA,
        "vpn": tuple(
            inert(
                "description | ipv4-family | ipv6-family | route-distinguisher | vpn-target", _VPN
            )
        ),
        "interface": _INTERFACE,
        "acl": _ACL,
        "ip-link": _LINK,
        "pim": multicast.PIM,
    }
)
_SETS = re.compile(r"\n#\n(?=ip address-set |ip service-set |security-policy\n)")
_INSIDE = {"interface": _MULTICAST}
SPLITTER = Splitter(ROUTES, HEADS, _OTHER_GRAMMARS, sets=_SETS, inside=_INSIDE)
