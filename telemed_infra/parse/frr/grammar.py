"""The tables of FRR outside of BGP: lists, route maps, BFD, interfaces, and the box itself.

Source: FRR 8.4, doc/user (filter, routemap, bfd, basic, zebra, static) and what its daemons print.
Left out on purpose, so that they are unread: other protocols, `call` and `continue` of route maps,
expanded community lists, cisco-style access lists, VRFs other than BGP's own.
"""

from __future__ import annotations

from telemed_infra.parse.frr import lists as do
from telemed_infra.parse.frr import multicast
from telemed_infra.parse.frr.bgp_grammar import BGP_VIEWS
from telemed_infra.parse.frr.engine import CONFIG, Grammar, Row, View, inert, says
from telemed_infra.parse.frr.state import Text

_NUMBER = "(1-4294967295)"


def _list_rows(words: str, prefix: str, longest: int) -> tuple[Row[Text], ...]:
    """`ip prefix-list`, `ipv6 prefix-list`; the order of `ge` and `le` is free."""
    head = f"{words} prefix-list WORD [seq {_NUMBER}] <permit|deny>"
    add = do.add_prefix_entry(words)
    ge, le = f"ge (0-{longest})", f"le (0-{longest})"
    return (
        says(f"{head} any", do.add_any_entry(words)),
        says(f"{head} {prefix} [{ge}] [{le}]", add),
        says(f"{head} {prefix} {le} {ge}", do.add_prefix_entry(words, le_first=True)),
        says(f"{words} prefix-list WORD description LINE", do.open_prefix_list(words)),
        says(f"no {words} prefix-list WORD", do.remove_prefix_list(words)),
    )


def _access_rows(words: str, head: str, prefix: str) -> tuple[Row[Text], ...]:
    head = f"{head} WORD"
    return (
        says(f"{head} [seq {_NUMBER}] <permit|deny> any", do.add_access_entry(words)),
        says(
            f"{head} [seq {_NUMBER}] <permit|deny> {prefix} [<exact-match>]",
            do.add_access_entry(words),
        ),
        *inert(f"{head} remark LINE"),
    )


_BOX: tuple[Row[Text], ...] = (
    says("frr version WORD", do.version),
    says("frr defaults <traditional|datacenter>", do.defaults),
    Row("hostname WORD", do.hostname, inert=True),
    *inert(
        "domainname WORD", "log LINE", "no log LINE", "debug LINE", "no debug LINE",
        "banner motd LINE", "no banner motd", "service integrated-vtysh-config",
        "no service integrated-vtysh-config", "service password-encryption",
        "service advanced-vty", "service cputime-stats", "no service cputime-stats",
        "service cputime-warning (0-4294967295)", "password LINE", "enable password LINE", "agentx",
        "ip forwarding", "no ip forwarding", "ipv6 forwarding", "no ipv6 forwarding",
        "ip router-id A.B.C.D", "router-id A.B.C.D", "ip nht resolve-via-default",
        "no ip nht resolve-via-default", "ipv6 nht resolve-via-default",
        "no ipv6 nht resolve-via-default", "zebra nexthop-group keep (1-3600)",
        "route-map optimization", "no route-map optimization", "no zebra nexthop kernel enable",
        "bgp route-map delay-timer (0-600)", "line vty",
    ),
)  # fmt: skip

_VTY: tuple[Row[Text], ...] = tuple(
    inert("access-class WORD", "ipv6 access-class WORD", "exec-timeout (0-35791) [(0-2147483)]",
          "no exec-timeout", "login", "no login")
)  # fmt: skip

_CONFIG: tuple[Row[Text], ...] = (
    *(Row(row.pattern, row.effect, "vty" if row.pattern == "line vty" else "", row.inert)
      for row in _BOX),
    *_list_rows("ip", "A.B.C.D/M", 32),
    *_list_rows("ipv6", "X:X::X:X/M", 128),
    *_access_rows("ip", "access-list", "A.B.C.D/M"),
    *_access_rows("ipv6", "ipv6 access-list", "X:X::X:X/M"),
    says(f"bgp as-path access-list WORD [seq {_NUMBER}] <permit|deny> LINE", do.add_as_path),
    says(f"bgp community-list standard WORD [seq {_NUMBER}] <permit|deny> LINE", do.add_community),
    says(f"bgp community-list (1-99) [seq {_NUMBER}] <permit|deny> LINE", do.add_community),
    says("route-map WORD <permit|deny> (1-65535)", do.enter_map, enters="route-map"),
    says("no route-map WORD", do.remove_map),
    says("no route-map WORD <permit|deny> (1-65535)", do.remove_map_entry),
    says("ip route A.B.C.D/M WORD [LINE]", do.add_static_route),
    says("ipv6 route X:X::X:X/M WORD [LINE]", do.add_static_route),
    *multicast.SYSTEM,
    says("interface WORD [vrf WORD]", do.enter_interface, enters="interface"),
    says("vrf WORD", do.enter_vrf, enters="vrf"),
    says("bfd", do.nothing, enters="bfd"),
    says("router bgp (1-4294967295) [vrf WORD]", do.enter_bgp, enters="bgp"),
)  # fmt: skip

_MAP: tuple[Row[Text], ...] = (
    *inert("description LINE"),
    says("match ip address prefix-list WORD", do.match_prefix_list("ip")),
    says("match ipv6 address prefix-list WORD", do.match_prefix_list("ipv6")),
    says("match ip address WORD", do.match_access_list("ip")),
    says("match ipv6 address WORD", do.match_access_list("ipv6")),
    says("match as-path WORD", do.match_named("as-path")),
    says("match community WORD [<exact-match>]", do.match_named("community")),
    says("match interface WORD", do.match("interface")),
    says("match metric (0-4294967295)", do.match("metric")),
    says("match local-preference (0-4294967295)", do.match("local-preference")),
    says("match tag (1-4294967295)", do.match("tag")),
    says("match source-protocol WORD", do.match("source-protocol")),
    says("match peer WORD", do.match("peer")),
    says("set metric WORD", do.set_metric),
    says("set local-preference (0-4294967295)", do.set_to("local-preference")),
    says("set tag (1-4294967295)", do.set_to("tag")),
    says("set community LINE", do.set_to("community")),
    says("set large-community LINE", do.set_to("large-community")),
    says("set weight (0-4294967295)", do.set_to("weight")),
    says("set origin <egp|igp|incomplete>", do.set_to("origin")),
    says("set as-path prepend LINE", do.set_to("as-path prepend")),
    says("set ip next-hop WORD", do.set_to("next-hop")),
    says("set ipv6 next-hop <global|local|prefer-global> [X:X::X:X]", do.set_to("next-hop6")),
    says("set src WORD", do.set_to("src")),
    says("on-match next", do.on_match),
    says("on-match goto (1-65535)", do.on_match),
)

_INTERFACE: tuple[Row[Text], ...] = (
    Row("ip address A.B.C.D/M", do.add_address, inert=True),
    Row("ipv6 address X:X::X:X/M", do.add_address, inert=True),
    *multicast.INTERFACE,
    *inert(
        "description LINE", "shutdown", "no shutdown", "bandwidth (1-100000)", "link-detect",
        "no link-detect", "multicast", "no multicast", "ipv6 nd LINE", "no ipv6 nd LINE",
        "vrrp (1-255) [LINE]", "no vrrp (1-255) LINE",
    ),
)  # fmt: skip

_VRF: tuple[Row[Text], ...] = (
    says("ip route A.B.C.D/M WORD [LINE]", do.add_vrf_route),
    says("ipv6 route X:X::X:X/M WORD [LINE]", do.add_vrf_route),
)

_BFD_TIMES: tuple[Row[Text], ...] = (
    says("detect-multiplier (2-255)", do.bfd_setting("multiplier")),
    says("receive-interval (10-60000)", do.bfd_setting("receive_ms")),
    says("transmit-interval (10-60000)", do.bfd_setting("transmit_ms")),
    says("shutdown", do.bfd_setting("shutdown")),
    says("no shutdown", do.bfd_setting("shutdown", on=False)),
    *inert(
        "minimum-ttl (1-254)", "echo-mode", "no echo-mode", "passive-mode", "no passive-mode",
        "echo-interval (10-60000)", "echo transmit-interval (10-60000)",
        "echo receive-interval WORD", "label WORD", "log-session-changes",
    ),
)  # fmt: skip

_PEERS = (
    "peer {} [multihop] [local-address WORD] [interface WORD] [vrf WORD]",
    "peer {} [multihop] [interface WORD] [local-address WORD] [vrf WORD]",
)

GRAMMAR: Grammar[Text] = {
    CONFIG: View(_CONFIG, parent=""),
    "vty": View(_VTY),
    "route-map": View(_MAP),
    "interface": View(_INTERFACE),
    "vrf": View(_VRF),
    "bfd": View(
        (
            says("profile WORD", do.enter_profile, enters="bfd-profile"),
            *(
                says(one.format(address), do.enter_bfd_peer, enters="bfd-peer")
                for address in ("A.B.C.D", "X:X::X:X")
                for one in _PEERS
            ),
        )
    ),
    "bfd-profile": View(_BFD_TIMES, parent="bfd"),
    "bfd-peer": View((says("profile WORD", do.bfd_peer_profile), *_BFD_TIMES), parent="bfd"),
    **BGP_VIEWS,
}
