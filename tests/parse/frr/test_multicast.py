"""Multicast of FRR: texts typed by hand; pimd is asked whether it does as the reader says."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from telemed_infra.multicast import NO_MULTICAST, SOURCE_SPECIFIC, MulticastRouting
from telemed_infra.packets import Family, Ranges, network_range
from telemed_infra.parse.frr import parse_frr
from telemed_infra.plan.prefix import address_text
from tests.parse.frr.daemons import Router, ip, routers, until

TEXT = """\
frr version 8.4
hostname ar-a
!
ip prefix-list LECTURES seq 5 permit 232.52.0.0/16
ip pim ssm prefix-list LECTURES
!
interface eth0
 ip pim
exit
!
interface eth1
 ip igmp
 ip igmp version 3
 ip pim
 ip pim drpriority 10
exit
!
interface eth2
 ip address 10.9.9.1/30
exit
!
"""
LECTURES = (network_range("232.52.0.0/16")[1],)
WHOLE = MulticastRouting(LECTURES, frozenset({"eth0", "eth1"}), frozenset({"eth1"}), {"eth1": 10})


def test_a_text() -> None:
    read = parse_frr(TEXT)
    assert (read.unread, read.missing, read.unused) == ((), (), ())
    assert read.multicast == WHOLE
    assert read.multicast_lines == {"eth0": 8, "eth1": 12}
    assert {5, 8, 12, 13, 14, 15} <= set(read.effective)


@pytest.mark.parametrize(
    ("old", "new", "left"),
    [
        (" ip igmp version 3\n", "", WHOLE),
        (" ip igmp version 3\n", " no ip igmp version\n", WHOLE),
        (" ip igmp\n", "", WHOLE._replace(listens=frozenset())),
        (" ip pim drpriority 10\n", "", WHOLE._replace(preferred={})),
        ("drpriority 10\n", "drpriority 10\n no ip pim drpriority\n",
         WHOLE._replace(preferred={})),
        ("interface eth0\n ip pim\n", "interface eth0\n ip pim\n no ip pim\n",
         WHOLE._replace(speaks=frozenset({"eth1"}))),
        ("ip pim ssm prefix-list LECTURES\n", "", WHOLE._replace(groups=(SOURCE_SPECIFIC,))),
        ("interface eth0\n ip pim\n", "interface eth0\n ip pim sm\n", WHOLE),
    ],
)  # fmt: skip
def test_each_line_says_its_part(old: str, new: str, left: MulticastRouting) -> None:
    assert TEXT.count(old) == 1
    read = parse_frr(TEXT.replace(old, new))
    assert read.unread == ()
    assert read.multicast == left


def test_without_an_interface_nothing_is_forwarded() -> None:
    text = re.sub(r"^ ip (?:pim|igmp).*\n", "", TEXT, flags=re.MULTILINE)
    assert parse_frr(text).multicast == NO_MULTICAST


@pytest.mark.parametrize(
    ("line", "where"),
    [
        ("ip pim rp 10.8.0.1", ""),
        ("ip msdp peer 10.8.0.2 source 10.8.0.1", ""),
        ("ip mroute eth0 232.52.0.1", "interface eth1\n"),
        ("ip multicast rpf-lookup-mode mrib-only", ""),
        ("ip pim passive", "interface eth1\n"),
        ("ip pim bfd", "interface eth1\n"),
        ("ip igmp version 2", "interface eth1\n"),
        ("ip igmp join 232.52.0.1 10.2.170.5", "interface eth1\n"),
        ("ip multicast boundary oil LECTURES", "interface eth1\n"),
        ("ipv6 pim", "interface eth1\n"),
        ("ip pim", "interface eth1 vrf X\n"),
    ],
)
def test_what_else_is_said_is_unread(line: str, where: str) -> None:
    read = parse_frr(f"{TEXT}{where} {line}\n")
    assert [one.text for one in read.unread] == [line]


def test_a_list_that_is_not_there_is_told_and_permits_nothing() -> None:
    read = parse_frr(TEXT.replace("ssm prefix-list LECTURES", "ssm prefix-list OTHERS"))
    assert [one.name for one in read.missing] == ["ip prefix-list OTHERS"]
    assert read.multicast.groups == ()


LISTS: Mapping[str, tuple[str, Ranges]] = {
    "one": ("permit 232.52.0.0/16", LECTURES),
    "longer": ("permit 232.52.0.0/16 le 32", LECTURES),
    "lengths are nothing": ("permit 232.52.0.0/16 ge 24 le 28", LECTURES),
    "a hole": ("deny 232.52.255.0/24|permit 232.52.0.0/16", ((0xE834_0000, 0xE834_FEFF),)),
    "late": ("permit 232.52.0.0/16|deny 232.52.255.0/24", LECTURES),
    "beyond": ("permit 239.52.0.0/16", ((0xEF34_0000, 0xEF34_FFFF),)),
    "all": ("permit any", ((0xE000_0000, 0xEFFF_FFFF),)),
}  # fmt: skip


def listed(entries: str) -> str:
    lines = [
        f"ip prefix-list LECTURES seq {number} {entry}"
        for number, entry in enumerate(entries.split("|"), 1)
    ]
    return re.sub(r"^ip prefix-list .*$", "\n".join(lines), TEXT, flags=re.MULTILINE)


@pytest.mark.parametrize("name", LISTS)
def test_groups_are_what_a_list_permits(name: str) -> None:
    entries, groups = LISTS[name]
    assert parse_frr(listed(entries)).multicast.groups == groups


@pytest.mark.root
@pytest.mark.debian("vtysh")
@pytest.mark.debian("ip")
def test_pimd_does_what_the_reader_says() -> None:
    with routers("groups", daemons=("zebra", "pimd")) as (router,):
        for number in range(3):
            wire = ("add", f"eth{number}", "type", "veth", "peer", "name", f"far{number}")
            ip("-n", router.namespace, "link", *wire)
            ip("-n", router.namespace, "addr", "add", f"10.9.{number}.1/24", "dev", f"eth{number}")
            for end in ("eth", "far"):
                ip("-n", router.namespace, "link", "set", "dev", f"{end}{number}", "up")
        until(lambda: "eth2" in router.says("show interface brief"), "zebra sees the interfaces")
        router.load(TEXT)
        spoken, heard = (router.facts(f"show ip {one} interface") for one in ("pim", "igmp"))
        assert spoken.keys() - {"pimreg"} == WHOLE.speaks
        assert {name for name in heard if not heard[name].get("mtraceOnly")} == WHOLE.listens
        assert heard["eth1"]["version"] == 3
        detail = router.facts("show ip pim interface eth1")["eth1"]
        assert detail["drPriority"] == 10
        for name, (entries, groups) in LISTS.items():
            router.load("no ip prefix-list LECTURES\n" + listed(entries))
            assert _judged(router, groups) == [], name
        router.load("ip pim ssm prefix-list OTHERS\n")
        assert _judged(router, ()) == []
        router.load("no ip pim ssm prefix-list OTHERS\n")
        assert _judged(router, (SOURCE_SPECIFIC,)) == []


def _judged(router: Router, groups: Ranges) -> list[str]:
    """Groups at the edges of some ranges that pimd takes otherwise."""
    edges = {
        one
        for low, high in (*LECTURES, SOURCE_SPECIFIC, *groups)
        for one in (low - 1, low, high, high + 1)
    }
    wrong = []
    for one in sorted(edges):
        text = address_text(Family.V4, one)
        said = "SSM" in router.says(f"show ip pim group-type {text}")
        if said != any(low <= one <= high for low, high in groups):
            wrong.append(text)
    return wrong
