"""The tables of `router bgp` and its address families.

Source: FRR 8.4, doc/user/bgp.rst, and what bgpd prints. Left out on purpose, so that they are
unread: confederations, VPN and EVPN, import and export between VRFs, dampening, suppress maps,
conditional advertisement.
"""

from __future__ import annotations

from telemed_infra.packets import Family
from telemed_infra.parse.frr import neighbors as do
from telemed_infra.parse.frr.engine import Row, View, inert, says
from telemed_infra.parse.frr.state import Text

_N = "neighbor WORD"
_AS = "(1-4294967295)"
_COMMUNITIES = "<both|all|extended|large|standard>"

_ROUTER: tuple[Row[Text], ...] = (
    *inert(
        "bgp log-neighbor-changes", "no bgp log-neighbor-changes", "bgp bestpath LINE",
        "no bgp bestpath LINE", "bgp deterministic-med", "no bgp deterministic-med",
        "coalesce-time (0-4294967295)",
        "bgp fast-external-failover", "no bgp fast-external-failover", "bgp suppress-fib-pending",
        "no bgp suppress-fib-pending", "bgp update-delay (0-3600) [(1-3600)]",
        "bgp minimum-holdtime (1-65535)", "bgp reject-as-sets", "no bgp reject-as-sets",
        "bgp default show-hostname", "no bgp default show-hostname",
        "bgp default local-preference (0-4294967295)", "bgp cluster-id WORD",
        "bgp enforce-first-as", "read-quanta (1-64)", "write-quanta (1-64)",
        "bgp graceful-restart stalepath-time (1-4095)",
        "bgp graceful-restart restart-time (0-4095)",
        "bgp graceful-restart rib-stale-time (1-3600)",
        "bgp graceful-restart select-defer-time (0-3600)", "bgp listen limit (1-65535)",
        "bgp route-reflector allow-outbound-policy", "bgp client-to-client reflection",
        "bgp disable-ebgp-connected-route-check",
    ),
    says("bgp router-id A.B.C.D", do.of_router("router-id")),
    says("bgp always-compare-med", do.of_router("always-compare-med")),
    says("no bgp always-compare-med", do.of_router("always-compare-med", on=False)),
    says("bgp network import-check", do.of_router("network-import-check")),
    says("no bgp network import-check", do.of_router("network-import-check", on=False)),
    says("bgp ebgp-requires-policy", do.of_router("requires-policy")),
    says("no bgp ebgp-requires-policy", do.of_router("requires-policy", on=False)),
    says("bgp default ipv4-unicast", do.of_router("ipv4-unicast")),
    says("no bgp default ipv4-unicast", do.of_router("ipv4-unicast", on=False)),
    says("bgp default ipv6-unicast", do.of_router("ipv6-unicast")),
    says("no bgp default ipv6-unicast", do.of_router("ipv6-unicast", on=False)),
    says("bgp shutdown [message LINE]", do.of_router("shutdown")),
    says("no bgp shutdown", do.of_router("shutdown", on=False)),
    says("bgp graceful-restart", do.of_router("graceful-restart")),
    says("no bgp graceful-restart", do.of_router("graceful-restart", on=False)),
    says("bgp graceful-restart-disable", do.of_router("graceful-restart", on=False)),
    says("bgp graceful-restart preserve-fw-state", do.of_router("preserve-fw-state")),
    says("bgp graceful-shutdown", do.of_router("graceful-shutdown")),
    says("timers bgp (0-65535) (0-65535)", do.of_router("timers")),
    says("no timers bgp", do.of_router("timers", on=False)),
    says("bgp listen range A.B.C.D/M peer-group WORD", do.listen),
    says("bgp listen range X:X::X:X/M peer-group WORD", do.listen),
    says("address-family ipv4 [unicast]", do.enter_family(Family.V4), enters="bgp-family"),
    says("address-family ipv6 [unicast]", do.enter_family(Family.V6), enters="bgp-family"),
)  # fmt: skip

_NEIGHBOR: tuple[Row[Text], ...] = (
    says(f"{_N} peer-group", do.define_group),
    says(f"{_N} peer-group WORD", do.join_group),
    says(f"{_N} remote-as {_AS}", do.remote_as),
    says(f"{_N} remote-as <internal|external>", do.remote_as),
    says(f"{_N} interface [v6only] remote-as {_AS}", do.remote_as),
    says(f"{_N} interface [v6only] remote-as <internal|external>", do.remote_as),
    says(f"{_N} interface [v6only] peer-group WORD", do.join_group),
    says(f"no {_N}", do.remove),
    Row(f"{_N} description LINE", do.setting("description"), inert=True),
    says(f"{_N} password LINE", do.setting("password")),
    says(f"no {_N} password", do.setting("password", on=False)),
    says(f"{_N} shutdown [message LINE]", do.setting("shutdown")),
    says(f"no {_N} shutdown", do.setting("shutdown", on=False)),
    says(f"{_N} timers (0-65535) (0-65535)", do.setting("timers")),
    says(f"{_N} timers connect (1-65535)", do.setting("connect")),
    says(f"{_N} advertisement-interval (0-600)", do.setting("advertisement-interval")),
    says(f"{_N} bfd", do.setting("bfd")),
    says(f"no {_N} bfd", do.setting("bfd", on=False)),
    says(f"{_N} bfd (2-255) (50-60000) (50-60000)", do.setting("bfd")),
    says(f"{_N} bfd profile WORD", do.bfd_profile),
    says(f"{_N} ebgp-multihop [(1-255)]", do.setting("multihop")),
    says(f"no {_N} ebgp-multihop", do.setting("multihop", on=False)),
    says(f"{_N} ttl-security hops (1-254)", do.setting("ttl-security")),
    says(f"no {_N} ttl-security hops (1-254)", do.setting("ttl-security", on=False)),
    says(f"{_N} update-source WORD", do.setting("update-source")),
    says(f"no {_N} update-source", do.setting("update-source", on=False)),
    says(f"{_N} local-as {_AS} [no-prepend] [replace-as]", do.setting("local-as")),
    says(f"{_N} graceful-restart", do.setting("graceful-restart")),
    says(f"{_N} graceful-restart-helper", do.setting("graceful-restart", on=False)),
    says(f"{_N} graceful-restart-disable", do.setting("graceful-restart", on=False)),
    *inert(
        f"{_N} bfd check-control-plane-failure", f"{_N} passive", f"no {_N} passive",
        f"{_N} disable-connected-check", f"{_N} capability dynamic",
        f"{_N} capability extended-nexthop", f"no {_N} capability extended-nexthop",
        f"{_N} strict-capability-match", f"{_N} dont-capability-negotiate",
        f"{_N} override-capability", f"{_N} enforce-first-as", f"no {_N} enforce-first-as",
        f"{_N} tcp-mss (1-65535)", f"{_N} extended-optional-parameters", f"{_N} timers delayopen "
        "(1-240)",
    ),
)  # fmt: skip

_UNICAST: tuple[Row[Text], ...] = (
    says(f"{_N} activate", do.in_family("activate")),
    says(f"no {_N} activate", do.in_family("activate", on=False)),
    says(f"{_N} route-map WORD <in|out>", do.bind("route-map")),
    says(f"no {_N} route-map WORD <in|out>", do.unbind("route-map")),
    says(f"{_N} prefix-list WORD <in|out>", do.bind("prefix-list")),
    says(f"no {_N} prefix-list WORD <in|out>", do.unbind("prefix-list")),
    says(f"{_N} filter-list WORD <in|out>", do.bind("filter-list")),
    says(f"no {_N} filter-list WORD <in|out>", do.unbind("filter-list")),
    says(f"{_N} distribute-list WORD <in|out>", do.bind("distribute-list")),
    says(f"no {_N} distribute-list WORD <in|out>", do.unbind("distribute-list")),
    says(f"{_N} maximum-prefix (1-4294967295) [(1-100)] [<warning-only>]",
         do.in_family("maximum-prefix")),
    says(f"{_N} maximum-prefix (1-4294967295) [(1-100)] restart (1-65535)",
         do.in_family("maximum-prefix")),
    says(f"no {_N} maximum-prefix", do.in_family("maximum-prefix", on=False)),
    says(f"{_N} default-originate", do.in_family("default-originate")),
    says(f"{_N} default-originate route-map WORD", do.default_route_map),
    says(f"no {_N} default-originate", do.in_family("default-originate", on=False)),
    says(f"{_N} next-hop-self [force]", do.in_family("next-hop-self")),
    says(f"no {_N} next-hop-self [force]", do.in_family("next-hop-self", on=False)),
    says(f"{_N} send-community [{_COMMUNITIES}]", do.in_family("send-community")),
    says(f"no {_N} send-community [{_COMMUNITIES}]", do.in_family("send-community", on=False)),
    *inert(
        f"{_N} soft-reconfiguration inbound", f"no {_N} soft-reconfiguration inbound",
        f"{_N} weight (0-65535)", f"{_N} maximum-prefix-out (1-4294967295)",
        f"{_N} remove-private-AS [all] [replace-AS]", f"{_N} allowas-in [(1-10)]",
        f"{_N} allowas-in origin", f"{_N} route-reflector-client", f"{_N} route-server-client",
        f"{_N} addpath-tx-all-paths", f"{_N} addpath-tx-bestpath-per-AS",
        f"{_N} capability orf prefix-list <both|send|receive>",
        "maximum-paths (1-256)", "maximum-paths ibgp (1-256) [equal-cluster-length]",
        "distance bgp (1-255) (1-255) (1-255)",
    ),
    *(
        says(f"redistribute <connected|static|kernel|ospf|ospf6|rip|ripng|isis|eigrp|babel>{tail}",
             do.redistribute(order))
        for tail, order in (
            (" [metric (0-4294967295)] [route-map WORD]", ("metric", "route-map")),
            (" route-map WORD metric (0-4294967295)", ("route-map", "metric")),
        )
    ),
    says("no redistribute WORD", do.stop_redistributing),
    *(
        says(f"{words} {prefix} {tail}".strip(), effect)
        for prefix in ("A.B.C.D/M", "X:X::X:X/M")
        for words, tail, effect in (
            ("network", "[route-map WORD]", do.network),
            ("aggregate-address", "[as-set] [<summary-only>] [route-map WORD]", do.aggregate),
            ("aggregate-address", "route-map WORD [<summary-only>]", do.aggregate_mapped),
            ("no network", "", do.no_network),
        )
    ),
)  # fmt: skip

BGP_VIEWS = {
    # FRR takes commands of IPv4 unicast here too.
    "bgp": View((*_ROUTER, *_NEIGHBOR, *_UNICAST)),
    "bgp-family": View(_UNICAST, parent="bgp"),
}
