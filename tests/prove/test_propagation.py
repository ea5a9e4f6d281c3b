"""What arrives where, over small texts of two platforms, and what must hold of any network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telemed_infra.packets import Family
from telemed_infra.parse.frr import parse_frr
from telemed_infra.parse.prefixes import PrefixSet
from telemed_infra.parse.vrp import parse_vrp_routes
from telemed_infra.prove.propagation import NO_LOSS, Fabric, Loss, Routes, keys
from telemed_infra.prove.ways import End, way

LEFT = """\
bgp 65001
 router-id 192.0.2.1
 peer 10.0.0.1 as-number 65002
 peer 10.0.0.1 password cipher vault:ab
 peer 10.0.0.5 as-number 65003
 peer 10.0.0.5 password cipher vault:ac
 network 10.1.0.0 255.255.0.0
#
interface GigabitEthernet0/0/0
 ip address 10.0.0.0 31
interface GigabitEthernet0/0/1
 ip address 10.0.0.4 31
interface Vlanif10
 ip address 10.1.1.1 24
#
ip route-static 10.1.0.0 16 NULL0
"""
MIDDLE = """\
interface eth0
 ip address 10.0.0.1/31
interface eth1
 ip address 10.0.0.2/31
router bgp 65002
 no bgp ebgp-requires-policy
 neighbor 10.0.0.0 remote-as 65001
 neighbor 10.0.0.0 password vault:ab
 neighbor 10.0.0.3 remote-as 65003
 neighbor 10.0.0.3 password vault:bc
"""
RIGHT = """\
bgp 65003
 peer 10.0.0.2 as-number 65002
 peer 10.0.0.2 password cipher vault:bc
 peer 10.0.0.4 as-number 65001
 peer 10.0.0.4 password cipher vault:ac
 network 10.3.0.0 255.255.0.0
#
interface GigabitEthernet0/0/0
 ip address 10.0.0.3 31
interface GigabitEthernet0/0/1
 ip address 10.0.0.5 31
interface Vlanif10
 ip address 10.3.1.1 24
#
ip route-static 10.3.0.0 16 NULL0
"""
DIRECT = Loss(lines=frozenset({frozenset(("left", "right"))}))


def triangle(**changes: str) -> Fabric:
    texts = {"left": LEFT, "middle": MIDDLE, "right": RIGHT} | changes
    return Fabric(
        {
            name: parse_frr(text) if "router bgp" in text else parse_vrp_routes(text)
            for name, text in texts.items()
        },
        Family.V4,
    )


def knows(routes: Routes, device: str) -> set[str]:
    return texts_of(routes.prefixes(device))


def texts_of(prefixes: PrefixSet) -> set[str]:
    found = set()
    while prefixes:
        found.add(prefixes.witness())
        key = next(keys(prefixes))
        size = 1 << (prefixes.family.bits - key.length)
        left = list(prefixes.lengths)
        low, high = left[key.length][0]
        rest = ((low + size, high),) if low + size <= high else ()
        left[key.length] = (*rest, *left[key.length][1:])
        prefixes = PrefixSet(prefixes.family, tuple(left))
    return found


def test_everybody_hears_of_everybody() -> None:
    fabric = triangle()
    assert fabric.lonely() == ()
    routes = fabric.settled()
    assert knows(routes, "middle") == {"10.1.0.0/16", "10.3.0.0/16"}
    assert knows(routes, "left") == {"10.3.0.0/16"}
    assert knows(routes, "right") == {"10.1.0.0/16"}


def test_the_shorter_way_is_taken_and_the_longer_when_it_is_lost() -> None:
    fabric = triangle()
    before = fabric.settled()
    assert way(fabric, before, "left", "10.3.1.1") == (("left", "right"), End.ARRIVES)
    after = fabric.settled(DIRECT, before=before)
    assert way(fabric, after, "left", "10.3.1.1") == (("left", "middle", "right"), End.ARRIVES)
    assert after.known == fabric.settled(DIRECT).known


def test_what_nobody_has_is_thrown_away_where_its_block_begins() -> None:
    fabric = triangle()
    routes = fabric.settled()
    assert way(fabric, routes, "left", "10.3.9.9") == (("left", "right"), End.DISCARDED)
    assert way(fabric, routes, "left", "192.0.2.1").end is End.LOST


def test_a_lost_device_takes_what_it_told_along() -> None:
    fabric = triangle()
    routes = fabric.settled(Loss(devices=frozenset({"right"})))
    assert knows(routes, "left") == knows(routes, "right") == set()
    assert knows(routes, "middle") == {"10.1.0.0/16"}


def test_a_service_that_stands_somewhere_is_no_route_until_somebody_imports_it() -> None:
    fabric = triangle()
    services = {"middle": ["10.12.0.1/32"]}
    assert "10.12.0.1/32" not in knows(fabric.settled(extra=services), "left")
    fabric = triangle(middle=MIDDLE + " redistribute connected\n")
    routes = fabric.settled(extra=services)
    assert "10.12.0.1/32" in knows(routes, "left")
    assert way(fabric, routes, "left", "10.12.0.1") == (("left", "middle"), End.ARRIVES)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("password vault:ab", "password vault:xy"),
        ("remote-as 65001", "remote-as 65009"),
        ("password vault:ab", "password vault:ab\n neighbor 10.0.0.0 shutdown"),
        ("ip address 10.0.0.1/31", "ip address 10.0.0.9/31"),
    ],
)
def test_ends_that_do_not_agree_do_not_meet(old: str, new: str) -> None:
    assert old in MIDDLE
    fabric = triangle(middle=MIDDLE.replace(old, new))
    assert ("left", "10.0.0.1") in {(one.device, one.session.peer) for one in fabric.lonely()}
    assert knows(fabric.settled(), "middle") == {"10.3.0.0/16", "10.1.0.0/16"}, "by the right"


def test_a_session_that_is_told_too_much_is_closed() -> None:
    limited = RIGHT.replace(" network", " peer 10.0.0.2 route-limit 1\n network")
    more = MIDDLE + " redistribute connected\n"
    routes = triangle(middle=more, right=limited).settled()
    assert routes.closed == {("right", "10.0.0.2")}


def test_a_static_route_goes_with_its_line() -> None:
    by_line = RIGHT.replace(
        "ip route-static 10.3.0.0 16 NULL0", "ip route-static 10.3.0.0 16 10.0.0.4"
    )
    fabric = triangle(right=by_line)
    assert "10.3.0.0/16" in knows(fabric.settled(), "middle")
    assert "10.3.0.0/16" not in knows(fabric.settled(DIRECT), "middle")


def test_packets_that_circle_are_told() -> None:
    there = LEFT.replace("ip route-static", "ip route-static 10.9.0.0 16 10.0.0.5\nip route-static")
    back = RIGHT.replace("ip route-static", "ip route-static 10.9.0.0 16 10.0.0.4\nip route-static")
    fabric = triangle(left=there, right=back)
    found = way(fabric, fabric.settled(), "left", "10.9.0.1")
    assert not found.ends_well
    assert found == (("left", "right", "left"), End.CIRCLES)


# What holds of any network ------------------------------------------------------------------------


@dataclass(frozen=True)
class Net:
    """Devices 0 to n - 1, each with an AS and a block of its own, and lines between some."""

    size: int
    lines: tuple[tuple[int, int], ...]

    def text(self, one: int) -> str:
        lines = [f"bgp {65000 + one}", f" network 10.{one}.0.0 255.255.0.0"]
        ports = []
        for number, (a, b) in enumerate(self.lines):
            if one in (a, b):
                mine, other = (0, b) if one == a else (1, a)
                peer = f"192.168.{number}.{1 - mine}"
                lines += [f" peer {peer} as-number {65000 + other}",
                          f" peer {peer} password cipher vault:line-{number}"]  # fmt: skip
                ports += [f"interface GigabitEthernet0/0/{number}",
                          f" ip address 192.168.{number}.{mine} 31", "#"]  # fmt: skip
        return "\n".join([*ports, *lines, "#", f"ip route-static 10.{one}.0.0 16 NULL0", ""])

    def fabric(self, order: Sequence[int]) -> Fabric:
        read = {f"D{one}": parse_vrp_routes(self.text(one)) for one in order}
        return Fabric(read, Family.V4)

    def joined(self, one: int, lost: set[int], cut: tuple[int, int] | None) -> set[int]:
        """Whom a device can reach, by lines alone."""
        found, new = {one}, [one]
        while new:
            here = new.pop()
            for line in self.lines:
                if here in line and line != cut:
                    (there,) = {*line} - {here}
                    if there not in found | lost:
                        found.add(there)
                        new.append(there)
        return found


@st.composite
def nets(draw: st.DrawFn) -> Net:
    size = draw(st.integers(2, 6))
    pairs = [(a, b) for a in range(size) for b in range(a + 1, size)]
    lines = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=9))
    return Net(size, tuple(lines))


@settings(max_examples=60, deadline=None)
@given(nets(), st.data())
def test_without_filters_everybody_hears_of_whom_a_line_leads_to(
    net: Net, data: st.DataObject
) -> None:
    order = data.draw(st.permutations(range(net.size)))
    lost = data.draw(st.none() | st.integers(0, net.size - 1))
    cut = data.draw(st.none() | st.sampled_from(net.lines)) if net.lines else None
    loss = Loss(
        devices=frozenset() if lost is None else frozenset({f"D{lost}"}),
        lines=frozenset() if cut is None else frozenset({frozenset(f"D{one}" for one in cut)}),
    )
    fabric = net.fabric(order)
    before = fabric.settled(NO_LOSS)
    after = fabric.settled(loss, before=before)
    assert after.known == fabric.settled(loss).known, "from where it stood, as from nothing"
    gone = set() if lost is None else {lost}
    for one in set(range(net.size)) - gone:
        others = net.joined(one, gone, cut) - {one}
        assert knows(after, f"D{one}") == {f"10.{other}.0.0/16" for other in others}
        for other in others:
            found = way(fabric, after, f"D{one}", f"10.{other}.0.1")
            assert found.end is End.DISCARDED
            assert found.devices[-1] == f"D{other}"


@settings(max_examples=30, deadline=None)
@given(nets(), st.data())
def test_the_order_of_devices_changes_nothing(net: Net, data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(net.size)))
    first, other = net.fabric(range(net.size)).settled(), net.fabric(order).settled()
    assert first.known == other.known
