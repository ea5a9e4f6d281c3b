"""keepalived.conf by hand-made texts, as its manual and the net write them."""

from __future__ import annotations

import pytest

from telemed_infra.packets import Family
from telemed_infra.parse.behaviour import PairBehaviour, PairPlace
from telemed_infra.parse.keepalived import parse_keepalived
from telemed_infra.redundancy import ALONE, Rank, Tracked, VirtualRouter

GATEWAY, LOCAL6, GATEWAY6 = 0x0A010101, 0xFE80 << 112 | 1, 0x20010DB8 << 96 | 1
WHOLE = """\
! Configuration File for keepalived
global_defs {
   notification_email { admin@example.org }   # nobody reads it
   router_id FW1
   vrrp_version 3
}

vrrp_instance WARD {
    state BACKUP
    interface eth1.20
    virtual_router_id 20
    priority 120
    advert_int 0.5
    preempt_delay 60
    track_interface {
        eth0 weight -30
        eth2
    }
    virtual_ipaddress {
        10.1.1.1/24 dev eth1.20 scope global
    }
    notify_master "/usr/local/bin/tell master"
}
"""


def instance(*lines: str, before: str = "") -> PairBehaviour:
    body = "".join(f"    {one}\n" for one in lines)
    text = f"{before}vrrp_instance A\n{{\n    interface eth1\n    virtual_router_id 7\n{body}}}\n"
    return accounted(parse_keepalived(text))


def accounted(read: PairBehaviour) -> PairBehaviour:
    """Each line is effective, inert or unread, and only one of these."""
    unread = {one.line for one in read.unread}
    assert read.effective.isdisjoint(read.inert)
    assert unread.isdisjoint(read.effective | read.inert)
    assert len(read.effective) + len(read.inert) + len(unread) == read.lines
    return read


def router(*lines: str, before: str = "") -> VirtualRouter:
    read = instance(*lines, before=before)
    assert read.unread == ()
    (found,) = read.redundancy.routers
    return found


def test_a_whole_text() -> None:
    read = accounted(parse_keepalived(WHOLE))
    assert read.unread == ()
    watched = frozenset({Tracked("eth0", 30), Tracked("eth2", 0)})
    found = VirtualRouter(
        "eth1.20", Family.V4, 20, (GATEWAY,), Rank.BY_PRIORITY, 120, 60, 500, watched
    )
    assert read.redundancy.routers == {found}
    assert read.pair_lines == {PairPlace("eth1.20", Family.V4, 20): 8}
    assert set(read.versions.values()) == {3}
    assert 4 in read.inert  # router_id
    assert read.lines == 17


def test_what_holds_without_a_line() -> None:
    found = router("virtual_ipaddress { 10.1.1.1 }")
    assert found == VirtualRouter("eth1", Family.V4, 7, (GATEWAY,), Rank.BY_PRIORITY)


@pytest.mark.parametrize(
    ("lines", "preempt_s"),
    [
        (("nopreempt",), None),
        (("nopreempt", "preempt"), 0),
        (("preempt_delay 300",), 300),
        (("state MASTER", "preempt_delay 300"), 0),  # only of who begins as BACKUP
        (("state MASTER", "nopreempt"), 0),
    ],
)
def test_when_it_takes_its_address_back(lines: tuple[str, ...], preempt_s: int | None) -> None:
    assert router("virtual_ipaddress { 10.1.1.1 }", *lines).preempt_s == preempt_s


def test_ipv6_begins_with_an_address_of_the_link() -> None:
    found = router("virtual_ipaddress {", "fe80::1/64", "2001:db8::1/64", "}")
    assert (found.family, found.addresses) == (Family.V6, (LOCAL6, GATEWAY6))
    read = instance("virtual_ipaddress {", "2001:db8::1/64", "}")
    assert [one.text for one in read.unread] == ["2001:db8::1/64"]


def test_excluded_addresses_are_of_any_family() -> None:
    read = instance("virtual_ipaddress { 10.1.1.1 }", "virtual_ipaddress_excluded {",
                    "10.1.1.9", "2001:db8::1", "}")  # fmt: skip
    assert {(one.family, one.addresses) for one in read.redundancy.routers} == {
        (Family.V4, (GATEWAY, GATEWAY + 8)),
        (Family.V6, (GATEWAY6,)),
    }


def test_a_weight_that_raises_counts_while_the_interface_is_up() -> None:
    found = router("virtual_ipaddress { 10.1.1.1 }", "track_interface { eth0 weight 20 }")
    assert (found.priority, found.tracked) == (120, frozenset({Tracked("eth0", 20)}))


def test_a_group_fails_together() -> None:
    text = """
        vrrp_sync_group G { group { A B } track_interface { eth0 weight -30 } }
        vrrp_instance A { interface eth1
            virtual_router_id 1
            virtual_ipaddress { 10.1.1.1 }
        }
        vrrp_instance B { interface eth2
            virtual_router_id 1
            virtual_ipaddress { 10.2.1.1 }
        }
    """
    read = parse_keepalived(text)
    assert read.unread == ()
    tracked = {one.interface: one.tracked for one in read.redundancy.routers}
    assert tracked == {
        "eth1": {Tracked("eth0", 0), Tracked("eth2", 0)},
        "eth2": {Tracked("eth0", 0), Tracked("eth1", 0)},
    }


@pytest.mark.parametrize(
    "line",
    [
        "use_vmac",
        "unicast_peer { 10.1.1.3 }",
        "authentication { auth_type PASS }",
        "frobnicate on",
        "priority 255",
        "priority",
        "virtual_router_id 256",
        "advert_int soon",
        "preempt_delay 0.5",
        "state SLAVE",
        "dont_track_primary",
        "track_script { chk }",
        "virtual_routes { 0.0.0.0/0 via 10.1.1.254 }",
    ],
)
def test_what_is_not_modelled_is_unread(line: str) -> None:
    read = instance("virtual_ipaddress { 10.1.1.1 }", line)
    assert [one.text for one in read.unread] == [line]


@pytest.mark.parametrize(
    "line",
    ["10.1.1.1/24 dev eth9", "10.1.1.1/33", "10.1.1.1 frobnicate", "2001:db8::1", "10.1.1.1 dev",
     "fe80::1 preferred_lft 0"],
)  # fmt: skip
def test_addresses_that_are_not_modelled(line: str) -> None:
    read = instance("virtual_ipaddress {", "10.1.1.2", line, "}")
    assert [one.text for one in read.unread] == [line]


def test_version_2_counts_whole_seconds() -> None:
    lines = ("virtual_ipaddress { 10.1.1.1 }", "advert_int 0.5")
    assert instance(*lines).redundancy == ALONE
    assert router(*lines, "version 3").advertised_ms == 500
    assert router(*lines, before="global_defs { vrrp_version 3 }\n").advertised_ms == 500


@pytest.mark.parametrize(
    "text",
    [
        "include /etc/keepalived/more.conf",
        "vrrp_script chk {\n script true\n}",
        "global_defs {\n vrrp_strict\n}",
        "static_ipaddress {\n 10.0.0.1 dev eth0\n}",
        "vrrp_instance A {\n interface eth1\n virtual_ipaddress {\n 10.1.1.1\n }\n}",
        "vrrp_instance A {\n virtual_router_id 1\n virtual_ipaddress {\n 10.1.1.1\n }\n}",
        "}",
        "vrrp_instance A {",
    ],
)
def test_what_stands_outside_is_read_or_not(text: str) -> None:
    read = accounted(parse_keepalived(text))
    assert read.unread
    assert read.redundancy == ALONE


def test_one_number_is_once_on_an_interface() -> None:
    body = " interface eth1\n virtual_router_id 7\n virtual_ipaddress {{ {} }}\n}}\n"
    text = "vrrp_instance A {\n" + body.format("10.1.1.1")
    text += "vrrp_instance B {\n" + body.format("10.1.1.2")
    read = parse_keepalived(text)
    assert [one.why for one in read.unread] == ["VRID 7 is on eth1 already"]
    (found,) = read.redundancy.routers
    assert found.addresses == (GATEWAY,)
