"""The tables of access lists and object groups, for firewalls and switches alike."""

from __future__ import annotations

from collections.abc import Mapping

from telemed_infra.packets import Family
from telemed_infra.parse.frr.engine import Row, View, says
from telemed_infra.parse.ios import groups, lists
from telemed_infra.parse.ios.management import TEXT, inert
from telemed_infra.parse.ios.state import Ios

Rows = tuple[Row[Ios], ...]
_PLACE = "(1-4294967295)"
_PROTOCOL = "<tcp-udp|tcp|udp|icmp|esp|ahp|gre|ospf|eigrp|igmp|pim|sctp|ipinip|pcp|nos>"

LISTS: Rows = (
    says(f"ip access-list resequence WORD {_PLACE} {_PLACE}", lists.resequence),
    says("ip access-list standard WORD", lists.enter_list(standard=True), enters="list"),
    says("ip access-list extended WORD", lists.enter_list(), enters="list"),
    says("ipv6 access-list WORD", lists.enter_list(family=Family.V6), enters="list6"),
    says("no ip access-list standard WORD", lists.remove_list),
    says("no ip access-list extended WORD", lists.remove_list),
    says("no ipv6 access-list WORD", lists.remove_list),
    says("access-list (1-2699) <permit|deny> LINE", lists.numbered_entry),
    Row("access-list (1-2699) remark LINE", lists.numbered_remark, inert=True, why=TEXT),
    says("no access-list (1-2699) [LINE]", lists.remove_list),
    says("object-group network WORD", groups.enter_group(addresses=True), enters="addresses"),
    says("object-group service WORD", groups.enter_group(addresses=False), enters="services"),
    says("no object-group network WORD", groups.remove_group),
    says("no object-group service WORD", groups.remove_group),
)

_ENTRIES: Rows = (
    Row("remark LINE", lists.remark, inert=True, why=TEXT),
    Row(f"{_PLACE} remark LINE", lists.remark, inert=True, why=TEXT),
    *inert(TEXT, "no remark"),
    says("<permit|deny> LINE", lists.add_unnumbered),
    says(f"{_PLACE} <permit|deny> LINE", lists.add_entry),
    says("no <permit|deny> LINE", lists.remove_entry),
    says(f"no {_PLACE}", lists.remove_place),
    says(f"no {_PLACE} <permit|deny> LINE", lists.remove_place),
)

LIST_VIEWS: Mapping[str, View[Ios]] = {
    "list": View(_ENTRIES),
    "list6": View(
        (
            says(f"sequence {_PLACE} <permit|deny> LINE", lists.add_entry),
            says(f"no sequence {_PLACE}", lists.remove_place),
            *_ENTRIES,
        )
    ),
    "addresses": View(
        (
            *inert(TEXT, "description"),
            *(
                row
                for pattern, term in (
                    ("host A.B.C.D", groups.host),
                    ("A.B.C.D A.B.C.D", groups.network),
                    ("A.B.C.D WORD", groups.network_length),
                    ("range A.B.C.D A.B.C.D", groups.address_range),
                    ("any", groups.every_address),
                    ("group-object WORD", groups.nested),
                )
                for row in (
                    says(pattern, groups.adds(term)),
                    says(f"no {pattern}", groups.removes(term)),
                )
            ),
        )
    ),
    "services": View(
        (
            *inert(TEXT, "description"),
            says("group-object WORD", groups.adds(groups.nested)),
            says("no group-object WORD", groups.removes(groups.nested)),
            says(f"{_PROTOCOL} [LINE]", groups.adds(groups.service)),
            says(f"no {_PROTOCOL} [LINE]", groups.removes(groups.service)),
            says("ip", groups.adds(groups.service)),
            says("no ip", groups.removes(groups.service)),
            says("(0-255)", groups.adds(groups.service)),
            says("no (0-255)", groups.removes(groups.service)),
        )
    ),
}
