"""How each platform says who of a pair has which address, beyond what the kept texts show."""

from __future__ import annotations

from dataclasses import replace

import pytest

from telemed_infra.compile.config import FirewallConfig, Policy, Servers
from telemed_infra.compile.pairs import PairConfig
from telemed_infra.packets import Family
from telemed_infra.plan.devices import Interface
from telemed_infra.plan.prefix import prefix
from telemed_infra.redundancy import (
    Rank,
    Redundancy,
    StateSync,
    SyncKind,
    Tracked,
    VirtualRouter,
)
from telemed_infra.render import huawei_usg
from telemed_infra.render.cisco_pair import router_views
from telemed_infra.render.conntrackd import conntrackd_view
from telemed_infra.render.h3c_pair import group_lines, router_lines
from telemed_infra.render.keepalived import keepalived_view

ZONE = Interface(
    name="port1.40",
    port="port1",
    zone="IMAGING",
    vlan=40,
    v4=prefix("10.1.1.2/32")._replace(length=25),
    v6=prefix("2001:db8:1::2/128")._replace(length=64),
)
LINK_LOCAL = prefix("fe80::28/128").first
V4 = VirtualRouter("port1.40", Family.V4, 40, (prefix("10.1.1.1/32").first,), Rank.ACTIVE)
V6 = VirtualRouter(
    "port1.40", Family.V6, 40, (LINK_LOCAL, prefix("2001:db8:1::1/128").first), Rank.STANDBY
)
BY_PRIORITY = V4._replace(rank=Rank.BY_PRIORITY)
SYNC = StateSync(
    kind=SyncKind.RBM,
    interface="port2",
    own=prefix("10.1.9.0/32").first,
    remote=prefix("10.1.9.1/32").first,
    first=True,
    sessions=True,
    configuration=True,
    preempt_s=60,
)


def usg(redundancy: Redundancy) -> huawei_usg.DeviceView:
    return huawei_usg.device_view(
        FirewallConfig(
            hostname="FW01",
            platform="huawei_usg",
            interfaces=(ZONE,),
            bindings=(),
            policy=Policy(zones=(), address_sets=(), service_sets=(), rules=()),
            servers=Servers(ntp=(), origins=()),
            ipv6=True,
            origins=(),
            redundancy=redundancy,
        )
    )


def linux(*routers: VirtualRouter, sync: StateSync | None = None) -> PairConfig:
    redundancy = Redundancy(routers=frozenset(routers), sync=sync)
    return PairConfig(hostname="FW01", interfaces=(ZONE,), redundancy=redundancy, origins=())


# Huawei ------------------------------------------------------------------------------------------


def test_usg_gives_each_family_its_rank_once() -> None:
    (interface,) = usg(Redundancy(routers=frozenset({V4, V6}))).interfaces
    assert interface.routers == ("vrrp vrid 40 virtual-ip 10.1.1.1 active",)
    assert interface.routers6 == (
        "vrrp6 vrid 40 virtual-ip fe80::28 link-local standby",
        "vrrp6 vrid 40 virtual-ip 2001:db8:1::1",
    )


def test_usg_says_what_is_off() -> None:
    """All of it is on by default."""
    off = replace(SYNC, first=False, sessions=False, configuration=False, preempt_s=None)
    assert usg(Redundancy(sync=off)).pair == (
        "hrp enable",
        "hrp standby-device",
        "hrp interface port2 remote 10.1.9.1",
        "undo hrp preempt",
        "undo hrp auto-sync config",
    )


def test_a_firewall_that_is_alone_says_nothing_of_a_pair() -> None:
    view = usg(Redundancy())
    assert (view.pair, view.interfaces[0].routers, view.interfaces[0].routers6) == ((), (), ())


# H3C ---------------------------------------------------------------------------------------------


def test_rbm_counts_in_minutes() -> None:
    assert "delay-time 5" in group_lines(replace(SYNC, preempt_s=300))
    assert not any("delay-time" in line for line in group_lines(replace(SYNC, preempt_s=None)))
    with pytest.raises(ValueError, match="minutes"):
        list(group_lines(replace(SYNC, preempt_s=90)))


def test_rbm_says_what_is_off_and_what_is_watched() -> None:
    watched = replace(SYNC, sessions=False, configuration=False, tracked=frozenset({"b", "a"}))
    assert list(group_lines(watched)) == [
        "data-channel interface port2",
        "undo hot-backup enable",
        "undo configuration auto-sync enable",
        "delay-time 1",
        "track interface a",
        "track interface b",
        "local-ip 10.1.9.0",
        "remote-ip 10.1.9.1 port 60064",
        "device-role primary",
    ]


def test_comware_speaks_each_family_by_a_word_of_its_own() -> None:
    assert list(router_lines([V4, V6])) == [
        "vrrp vrid 40 virtual-ip 10.1.1.1 active",
        "vrrp ipv6 vrid 40 virtual-ip fe80::28 link-local standby",
        "vrrp ipv6 vrid 40 virtual-ip 2001:db8:1::1",
    ]


@pytest.mark.parametrize("family", [V4, V6])
def test_who_says_words_takes_no_numbers(family: VirtualRouter) -> None:
    router = family._replace(rank=Rank.BY_PRIORITY)
    with pytest.raises(ValueError, match="decide by their state"):
        list(router_lines([router]))
    with pytest.raises(ValueError, match="decide by their state"):
        usg(Redundancy(routers=frozenset({router})))


# Cisco -------------------------------------------------------------------------------------------


def test_cisco_leaves_out_what_it_does_not_print() -> None:
    (plain,) = router_views(ZONE, [BY_PRIORITY], {})
    assert plain == ("vrrp 40 address-family ipv4", ("address 10.1.1.1 primary", "exit-vrrp"))
    slow = BY_PRIORITY._replace(advertised_ms=2000, preempt_s=None, priority=90)
    (told,) = router_views(ZONE, [slow], {})
    assert told.lines[:3] == ("timers advertise 2000", "priority 90", "no preempt")


def test_cisco_tracks_objects_by_number() -> None:
    router = V6._replace(
        rank=Rank.BY_PRIORITY, tracked=frozenset({Tracked("a", 20), Tracked("b", 30)})
    )
    (told,) = router_views(ZONE, [router], {"b": 1, "a": 2})
    assert told.lines == (
        "track 1 decrement 30",
        "track 2 decrement 20",
        "address FE80::28 primary",
        "address 2001:DB8:1::1/64",
        "exit-vrrp",
    )


def test_who_says_numbers_takes_no_words() -> None:
    with pytest.raises(ValueError, match="priorities"):
        list(router_views(ZONE, [V4], {}))
    with pytest.raises(ValueError, match="priorities"):
        keepalived_view(linux(V4))


# Linux -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "line"), [(None, "nopreempt"), (0, ""), (60, "preempt_delay 60")]
)
def test_keepalived_preempts_at_once_unless_told(seconds: int | None, line: str) -> None:
    (one,) = keepalived_view(linux(BY_PRIORITY._replace(preempt_s=seconds))).instances
    assert one.preempt == line


def test_keepalived_counts_in_seconds_and_gives_the_length_of_the_network() -> None:
    (one,) = keepalived_view(linux(BY_PRIORITY._replace(advertised_ms=500))).instances
    assert (one.seconds, one.addresses) == ("0.5", ("10.1.1.1/25",))


def test_conntrackd_tells_nothing_of_the_machine_itself() -> None:
    sync = replace(SYNC, kind=SyncKind.CONNTRACKD)
    assert conntrackd_view(linux(V4, V6, sync=sync)).ignored == (
        "IPv4_address 10.1.1.1",
        "IPv4_address 10.1.1.2",
        "IPv4_address 127.0.0.1",
        "IPv6_address ::1",
        "IPv6_address 2001:db8:1::1",
        "IPv6_address 2001:db8:1::2",
        "IPv6_address fe80::28",
    )


@pytest.mark.parametrize("sync", [None, SYNC])
def test_conntrackd_is_for_pairs_that_have_it(sync: StateSync | None) -> None:
    with pytest.raises(ValueError, match="not kept by conntrackd"):
        conntrackd_view(linux(V4, sync=sync))
