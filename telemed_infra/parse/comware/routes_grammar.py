"""The tables of routing on Comware 7: SecPath firewalls, routers and switches.

`_ROUTING` lines are judged here and nowhere else; `_SHARED` ones by the reader of the device, and
what routing needs of them is noted. Left out on purpose, so that they are unread: other protocols
than BGP, VPN instances within BGP, several BGP instances, confederations, route reflection,
dampening, `summary automatic`, dynamic peers, `continue`, expressions over communities, routes from
one table to another. Source: docs/reference/platforms.md.
"""

from __future__ import annotations

from collections.abc import Iterable

from telemed_infra.packets import Family
from telemed_infra.parse.comware import routes_bfd as bfd
from telemed_infra.parse.comware import routes_bgp as bgp
from telemed_infra.parse.comware import routes_policy as policy
from telemed_infra.parse.comware import routes_static as static
from telemed_infra.parse.comware.abbreviations import abbreviated
from telemed_infra.parse.comware.routes_peers import (
    family_peer,
    interface,
    session_peer,
    undo_family_peer,
    undo_session_peer,
)
from telemed_infra.parse.comware.switch_grammar import COMWARE
from telemed_infra.parse.route_lines import lists, multicast, origins, ports, process
from telemed_infra.parse.route_lines.policy import if_match, undo_if_match
from telemed_infra.parse.route_lines.split import Splitter, heads, of_others
from telemed_infra.parse.route_lines.state import Routes
from telemed_infra.parse.secpath.grammar import SECPATH
from telemed_infra.parse.vrp.engine import (
    SYSTEM,
    Command,
    Effect,
    Grammar,
    Unreadable,
    View,
    Words,
    inert,
    notes,
    says,
)

_TEXT = "a text for people"
_WATCHES = "how often a far end is asked, and what is told of it"
_BEST = "which of several routes is the better, not which there are"
_SLOW = "what a restart does to a session, and how long"
_VPN = "a table that no session here carries"
_LIST = "a list that no line binds which is read"
_FAR = "it must be the same at the far end, of which no text tells"
NO_ROUTES: tuple[Words, ...] = (
    *((word,) for word in ("ospf", "ospfv3", "rip", "ripng", "isis", "eigrp", "mpls")),
    ("segment-routing",),
    *tuple(tuple(line.split()) for line in (
        "ipv6 policy-based-route", "ip local policy-based-route",
        "ipv6 local policy-based-route",
    )),
)  # fmt: skip
"""Protocols and their like that are not modelled: routing all the same, so nobody's but ours."""
_TIMES = (bfd.MULTIPLIER, bfd.RECEIVE, bfd.TRANSMIT)


def _refused(heads_: str, why: str) -> Iterable[Command[Routes]]:
    """Commands, separated by ` | `, that a device knows and this reader does not model."""

    def reader(_words: Words) -> Effect[Routes]:
        raise Unreadable(why)

    return tuple(says(head.strip(), reader) for head in heads_.split("|"))


def _headed(words: Words) -> str:
    """`interface <name> [mode <mode>]`: a tunnel says what it is when it is made."""
    return interface(words[:-2] if words[-2:-1] == ("mode",) else words)


_ROUTING: View[Routes] = (
    says("bgp", bgp.enter_bgp, undo=bgp.undo_bgp, enters="bgp"),
    says("route-policy", policy.enter_policy, undo=policy.undo_policy, enters="route-policy"),
    *(
        says(
            f"{word} prefix-list",
            policy.entry(lists.add_prefix(family, policy.prefix_range)),
            undo=policy.without_entry(lists.drop_prefix(family)),
        )
        for word, family in (("ip", Family.V4), ("ipv6", Family.V6))
    ),
    *(
        says(f"{word} route-static", static.add_route(family), undo=static.drop_routes(family))
        for word, family in (("ip", Family.V4), ("ipv6", Family.V6))
    ),
    says("ip as-path", policy.entry(lists.add_as_path), undo=lists.drop_words("as_path_filters")),
    says(
        "ip community-list",
        policy.community_entry,
        undo=policy.without_community_entry,
    ),
    *inert("ip extcommunity-list", _LIST),
    says("router id", ports.router_id, undo=ports.undo_router_id),
    *(
        says(f"bfd multi-hop {key}", bfd.far_time(key), undo=bfd.undo_far_time(key))
        for key in _TIMES
    ),
    *inert("bfd echo-source-ip | bfd echo-source-ipv6 | bfd session init-mode active", _WATCHES),
    *_refused("bfd multi-hop | bfd session | bfd template | bfd", _FAR),
    *inert("ip vpn-instance", _VPN, enters="vpn"),
    says(
        "multicast routing",
        multicast.forwards(on=True),
        undo=multicast.forwards(on=False),
        enters="mrib",
    ),
    says("pim", multicast.enter_pim, enters="pim"),
)

_SHARED: View[Routes] = (
    notes("sysname", ports.sysname, "a name"),
    notes("interface", ports.enter_interface(_headed), "a name", enters="interface"),
    notes("acl", lists.enter_acl, "a list", undo=lists.undo_acl, enters="acl"),
    notes("track", static.track, _WATCHES, undo=static.undo_track, enters="watch"),
    notes("nqa schedule", static.schedule, _WATCHES, undo=static.undo_schedule),
)

_BGP: View[Routes] = (
    says("peer", session_peer, undo=undo_session_peer),
    says("group", bgp.add_group),
    says(
        "router-id",
        process.of_process("router-id", process.router_id),
        undo=process.forget("router-id"),
    ),
    says("timer", bgp.timer, undo=bgp.undo_timer),
    says(
        "graceful-restart",
        process.of_process("graceful-restart", process.none),
        undo=process.forget("graceful-restart"),
    ),
    says(
        "ignore all-peers",
        process.of_process("shutdown", process.none),
        undo=process.forget("shutdown"),
    ),
    *inert("graceful-restart timer | graceful-restart peer-reset | non-stop-routing", _SLOW),
    *inert("log-peer-change | ebgp-interface-sensitive", "the default"),
    *(
        says(head, bgp.enter_family(family), undo=bgp.undo_family(family), enters=view)
        for family, view, word in ((Family.V4, "bgp-4", "ipv4"), (Family.V6, "bgp-6", "ipv6"))
        for head in (f"address-family {word}", f"address-family {word} unicast")
    ),
    *_refused("address-family", "only unicast of IPv4 and IPv6 is modelled"),
    *_refused("ip vpn-instance", "sessions of other tables are not modelled"),
)


def _family(family: Family) -> View[Routes]:
    return (
        says("peer", family_peer(family), undo=undo_family_peer(family)),
        says("network", bgp.network(family), undo=origins.undo_source(family, "network")),
        says("aggregate", bgp.aggregate(family), undo=origins.undo_source(family, "aggregate")),
        says("import-route", bgp.import_route(family), undo=bgp.undo_import_route(family)),
        says("filter-policy", bgp.filter_policy(family), undo=bgp.undo_filter_policy(family)),
        says(
            "default-route imported",
            origins.in_family("default-route", family),
            undo=origins.forget("default-route", family),
        ),
        says(
            "compare-different-as-med",
            process.of_process("compare-different-as-med", process.none),
            undo=process.forget("compare-different-as-med"),
        ),
        *inert("preference | balance | bestroute | pic", _BEST),
        *_refused("default med | default local-preference", "routes would be told with that value"),
        *_refused(
            "reflect between-clients | reflector cluster-id | rr-filter",
            "reflection is not modelled",
        ),
    )


_POLICY: View[Routes] = (
    says("if-match", if_match(policy.condition), undo=undo_if_match(policy.undone)),
    says("apply", policy.apply, undo=policy.undo_apply),
    *inert("description", _TEXT),
    *_refused("continue", "nodes that go on to another are not modelled"),
)

_MULTICAST = multicast.interface_rows(after_switch=False)
_INTERFACE: View[Routes] = (
    *_MULTICAST,
    notes("ip address", ports.add_address, "an address", undo=ports.drop_address),
    notes("ipv6 address", ports.add_address, "an address", undo=ports.drop_address),
    notes("ip binding vpn-instance", ports.bind_vrf, "a table"),
    *(
        notes(f"bfd {key}", bfd.port_time(key), _WATCHES, undo=bfd.undo_port_time(key))
        for key in _TIMES
    ),
)

_ACL: View[Routes] = (
    notes("rule", lists.add_rule(first=0, overlays=True), "a rule", undo=lists.drop_rule),
)

_OTHER_GRAMMARS = (SECPATH, COMWARE)
HEADS = heads(_ROUTING, _SHARED, NO_ROUTES, _OTHER_GRAMMARS)
ROUTES: Grammar[Routes] = Grammar(
    {
        SYSTEM: (*_ROUTING, *_SHARED, *of_others(HEADS)),
        "bgp": _BGP,
        "bgp-4": _family(Family.V4),
        "bgp-6": _family(Family.V6),
        "route-policy": _POLICY,
        "vpn": tuple(
            inert("description | address-family | route-distinguisher | vpn-target", _VPN)
        ),
        "interface": _INTERFACE,
        "acl": _ACL,
        "watch": (),
        "mrib": (),
        "pim": multicast.PIM,
    },
    abbreviated,
)
_INSIDE = {"interface": _MULTICAST}
SPLITTER = Splitter(ROUTES, HEADS, _OTHER_GRAMMARS, abbreviated, inside=_INSIDE)
