"""The kernel port at the real kernel: the table it wants, what differs, and what it refuses."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from failover.core.guard import AddElements, FlushSet, Sets, Slots
from failover.guard import kernel_messages as nf
from failover.guard.address import LoopbackAddresses
from failover.guard.kernel import KernelFailure, NftKernel, TableChanged, addresses_of
from failover.guard.netlink import CREATE, NETFILTER, NetlinkBroken, NetlinkSocket, text
from failover.guard.ruleset import ruleset_of, text_of
from failover.laboratory.network import inside
from tests.failover.guard.kernels import SERVICES, names, real
from tests.failover.guard.namespaces import Lab, nft, service
from tests.failover.guard.traffic import WAITED_S_MAX, probing

pytestmark = [pytest.mark.root, pytest.mark.debian("ip"), pytest.mark.debian("nft")]

ALL = names(0, 1, 2)
LONG_S = 60.0
TEXT = text_of(ruleset_of(address for each in SERVICES for address in addresses_of(each)))


# What stands in the table, and what is told of rules that are not of our make.
ARMED = "type ipv4_addr; flags timeout"
PASSES = "ip daddr @armed0_v4 ip daddr @live0_v4 accept"
DROPS = 'ip daddr @services_v4 counter name "closed" drop'
FOREIGN = "a rule of another make: meta, cmp, payload, lookup, immediate"
TWICE_FOREIGN = FOREIGN.replace("payload, lookup", "payload, lookup, payload, lookup")


def hook(priority: str, policy: str = "accept") -> str:
    return f"type filter hook output priority {priority}; policy {policy};"


@pytest.fixture
def kernel(lab: Lab) -> Iterator[NftKernel]:
    with real(lab) as made:
        yield made


def listed(lab: Lab) -> str:
    """The table as nft shows it; what was counted so far aside."""
    return re.sub(r"packets \d+ bytes \d+", "", nft(lab.edge, "list table inet telemed_guard"))


def differences(kernel: NftKernel) -> list[str]:
    try:
        return kernel.claim(installs=False)
    except TableChanged as changed:
        return list(changed.differences)


def test_the_text_that_the_build_renders_is_the_table_that_the_guard_installs(
    lab: Lab, kernel: NftKernel
) -> None:
    installed = listed(lab)
    nft(lab.edge, "delete table inet telemed_guard")
    assert differences(kernel) == ["table inet telemed_guard is missing"]
    nft(lab.edge, TEXT)
    assert differences(kernel) == []
    assert listed(lab) == installed


def test_loading_the_text_shuts_every_door(lab: Lab, kernel: NftKernel) -> None:
    kernel.apply([AddElements(Sets.ARMED_0, ALL, LONG_S), AddElements(Sets.LIVE_0, ALL, None)])
    with probing(lab, SERVICES) as prober:
        assert prober.opened() == ALL
        nft(lab.edge, TEXT)
        assert prober.opened() == set()


def test_claiming_what_is_right_changes_nothing(lab: Lab, kernel: NftKernel) -> None:
    kernel.apply([AddElements(Sets.ARMED_0, ALL, LONG_S), AddElements(Sets.LIVE_0, ALL, None)])
    assert kernel.claim(installs=True) == []
    with probing(lab, SERVICES) as prober:
        assert prober.opened() == ALL


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (
            "add set inet telemed_guard more { type ipv4_addr; flags interval; }",
            ["set more (`of key type 7 with flags 0x4`) does not belong there"],
        ),
        (
            "add chain inet telemed_guard more",
            ["chain more (`not at any hook`) does not belong there"],
        ),
        (
            "add counter inet telemed_guard more",
            ["counter more (`a counter`) does not belong there"],
        ),
        (
            "add quota inet telemed_guard more { over 1 mbytes }",
            ["object more (`type 2`) does not belong there"],
        ),
        (
            "add chain inet telemed_guard answers { policy drop; }",
            [f"chain answers is `{hook('raw', 'drop')}`, and should be `{hook('raw')}`"],
        ),
        (
            "add rule inet telemed_guard answers ip saddr != @services_v4 drop",
            [f"chain answers, rule 7 (`{FOREIGN}`) does not belong there"],
        ),
        (
            "add rule inet telemed_guard answers ip daddr @services_v4 accept",
            ["chain answers, rule 7 (`ip daddr @services_v4 accept`) does not belong there"],
        ),
        (
            "add element inet telemed_guard services_v6 { 2001:db8::1 }",
            ["set services_v6, 2001:db8::1 (`guarded`) does not belong there"],
        ),
        (
            "add table inet telemed_guard { flags dormant; }",
            ["table inet telemed_guard is `dormant`, and should be `active`"],
        ),
        (
            TEXT.replace("hook output priority raw", "hook output priority filter"),
            [f"chain answers is `{hook('0')}`, and should be `{hook('raw')}`"],
        ),
        (
            TEXT.replace("\t\tflags timeout", "\t\tflags timeout\n\t\ttimeout 1h\n\t\tsize 9", 1),
            [f"set armed0_v4 is `{ARMED}; size 9; timeout 3600000ms`, and should be `{ARMED}`"],
        ),
        (
            TEXT.replace('counter name "closed" drop', "drop", 1),
            [f"chain requests, rule 3 is `{FOREIGN}`, and should be `{DROPS}`"],
        ),
        (
            TEXT.replace("ip daddr @live0_v4 accept", "ip saddr @live0_v4 accept", 1),
            [f"chain requests, rule 1 is `{TWICE_FOREIGN}`, and should be `{PASSES}`"],
        ),
    ],
    ids=[
        "set", "chain", "counter", "quota", "policy", "rule", "readable rule", "element", "dormant",
        "priority", "timeout", "uncounted", "other end",
    ],
)  # fmt: skip
def test_each_difference_is_named(
    lab: Lab, kernel: NftKernel, damage: str, told: list[str]
) -> None:
    nft(lab.edge, damage)
    assert differences(kernel) == told
    with pytest.raises(TableChanged):
        kernel.look()
    assert kernel.claim(installs=True) == told
    assert differences(kernel) == []
    kernel.look()


def test_a_table_of_other_services_differs_in_each_of_them(lab: Lab, kernel: NftKernel) -> None:
    with inside(lab.edge):
        other = NftKernel([*SERVICES[1:], service(9, v6=False)])
    try:
        assert differences(other) == [
            "set services_v4, 10.12.0.9 is missing",
            "set services_v4, 10.12.0.0 (`guarded`) does not belong there",
            "set services_v6, 2001:db8:c00:: (`guarded`) does not belong there",
        ]
    finally:
        other.close()
    kernel.look()


def test_a_change_is_noticed_at_the_next_transaction(lab: Lab, kernel: NftKernel) -> None:
    slots = Slots()
    kernel.apply(slots.arm("renewal 1", ALL, LONG_S))
    nft(lab.edge, "insert rule inet telemed_guard requests accept")
    with pytest.raises(TableChanged) as caught:
        kernel.apply(slots.grant("renewal 1", ALL))
    assert "chain requests, rule 1 is `a rule of another make: immediate`" in str(caught.value)
    assert "and 2 more" in str(caught.value)
    assert caught.value.hint == "let the guard install table inet telemed_guard itself"


def test_an_emptying_that_changes_nothing_does_not_hide_a_change(
    lab: Lab, kernel: NftKernel
) -> None:
    kernel.apply([FlushSet(each) for each in Sets])
    nft(lab.edge, "insert rule inet telemed_guard requests accept")
    with pytest.raises(TableChanged):
        kernel.apply([FlushSet(each) for each in Sets])


def test_others_may_change_their_own_tables_all_the_while(lab: Lab, kernel: NftKernel) -> None:
    slots = Slots()
    kernel.apply(slots.arm("renewal 0", ALL, LONG_S))
    kernel.apply(slots.grant("renewal 0", ALL))
    with changing_other_tables(lab):
        for number in range(1, 60):
            kernel.apply(slots.arm(f"renewal {number}", ALL, LONG_S))
            kernel.apply(slots.grant(f"renewal {number}", ALL))
            kernel.look()
    with probing(lab, SERVICES) as prober:
        assert prober.opened() == ALL


@contextmanager
def changing_other_tables(lab: Lab) -> Iterator[None]:
    """Somebody makes and removes a table of another name as fast as can be."""
    with inside(lab.edge):
        netlink = NetlinkSocket(NETFILTER)
    named = text(nf.TABLE_NAME, "other")
    steps = [nf.message(nf.NEW_TABLE, CREATE, named), nf.message(nf.DELETE_TABLE, 0, named)]
    stop, changed = threading.Event(), threading.Event()

    def change() -> None:
        while not stop.is_set():
            for each in steps:
                netlink.order(nf.batch([each]), framed=True)
                changed.set()

    thread = threading.Thread(target=change, daemon=True)
    thread.start()
    try:
        assert changed.wait(WAITED_S_MAX)
        yield
    finally:
        stop.set()
        thread.join(WAITED_S_MAX)
        netlink.close()


def test_without_the_table_nothing_is_done_and_that_is_said(lab: Lab, kernel: NftKernel) -> None:
    nft(lab.edge, "delete table inet telemed_guard")
    with pytest.raises(KernelFailure, match="did not change table inet telemed_guard: ENOENT"):
        kernel.apply([AddElements(Sets.ARMED_0, ALL, LONG_S)])


def test_a_transaction_is_carried_out_whole_or_not_at_all(lab: Lab, kernel: NftKernel) -> None:
    nft(lab.edge, "add set inet telemed_guard armed1_v4 { type ipv4_addr; flags timeout; }")
    nft(lab.edge, TEXT.replace("\tset live0_v6 {\n\t\ttype ipv6_addr\n\t}\n", "").replace(
        "@live0_v6", "@live1_v6"))  # fmt: skip
    changes = [AddElements(Sets.ARMED_0, ALL, LONG_S), AddElements(Sets.LIVE_0, ALL, None)]
    with pytest.raises(KernelFailure, match="ENOENT"):
        kernel.apply(changes)
    assert "elements" not in nft(lab.edge, "list set inet telemed_guard armed0_v4")


def test_many_instances_are_one_transaction(lab: Lab) -> None:
    services = [service(number) for number in range(120)]
    everything = frozenset(each.name for each in services)
    with inside(lab.edge):
        kernel = NftKernel(services)
    try:
        kernel.claim(installs=True)
        slots = Slots()
        before = int(nft(lab.edge, "list ruleset").count("elements"))
        for number in range(5):
            kernel.apply(slots.arm(f"renewal {number}", everything, LONG_S))
            kernel.apply(slots.grant(f"renewal {number}", everything))
        assert before == 2
        assert nft(lab.edge, "list set inet telemed_guard live1_v6").count("2001:db8:c00:") == 120
        with probing(lab, services[::40]) as prober:
            assert prober.opened() == {each.name for each in services[::40]}
    finally:
        kernel.close()


def test_a_namespace_without_netfilter_sockets_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("failover.guard.kernel.NETFILTER", 255)
    with pytest.raises(KernelFailure, match="did not open a socket: no netlink socket"):
        NftKernel(SERVICES)
    with pytest.raises(NetlinkBroken):
        NetlinkSocket(255)


def test_a_closed_socket_is_told(lab: Lab) -> None:
    with inside(lab.edge):
        kernel, addresses = NftKernel(SERVICES), LoopbackAddresses()
    kernel.close()
    addresses.close()
    with pytest.raises(KernelFailure, match="did not tell its generation"):
        kernel.look()
    with pytest.raises(KernelFailure, match="did not list its addresses"):
        addresses.standing()
    with pytest.raises(KernelFailure, match="did not put a service address on lo"):
        addresses.keep([SERVICES[0].v4], 1.0)


def test_an_address_is_kept_for_whole_seconds_rounded_up_and_removed_twice(lab: Lab) -> None:
    with inside(lab.edge):
        addresses = LoopbackAddresses()
    both = addresses_of(SERVICES[0])
    try:
        addresses.keep(both, 7.2)
        lasting = {each.address: each.lifetime_s for each in addresses.standing()}
        assert [lasting[each] for each in both] == [8, 8]
        addresses.keep(both, 100)
        addresses.keep(both, 0)
        addresses.keep([], 1)
        lasting = {each.address: each.lifetime_s for each in addresses.standing()}
        assert all((lasting[each] or 0) > 90 for each in both)
        addresses.remove(both)
        addresses.remove(both)
        assert not {each.address for each in addresses.standing()} & set(both)
        assert addresses.misplaced(both) == []
    finally:
        addresses.close()
