"""Routes of a slice of the province, with real FRR and the texts of a build."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from functools import partial

import pytest

from failover.laboratory.network import inside
from tests.failover.actuators.routers import Router, until
from tests.failover.guard.namespaces import NoNamespaces, ip
from tests.routing.province import (
    CORE,
    EDGES,
    FIRST,
    HEAD,
    MEMBERS,
    SECOND,
    SPEAKERS,
    Slice,
    address,
    slice_of_the_province,
    views,
)

pytestmark = [
    pytest.mark.xdist_group("waiting"),
    pytest.mark.root,
    pytest.mark.debian("vtysh"),
    pytest.mark.debian("ip"),
    pytest.mark.debian("nft"),
]

A, B = CORE["dc-a"], CORE["dc-b"]
CENTRES = {"10.0.0.0/14", "10.4.0.0/14"}
MEMBER = "10.87.140.225/32"  # the head's first firewall itself
PREFECTURE, COUNTY, HOSPITAL = "10.80.0.0/12", "10.87.128.0/17", "10.13.16.0/20"
ASKING = "10.87.128.9"  # of the county's own block
ASKING_ACTIVE = "10.13.16.2"  # of the hospital's first member, in its MGMT
LOOPBACK = "10.13.28.225"  # and the address by which it is managed
SERVICE, SERVICE6 = "10.12.1.5", "2001:db8:c00::105"


@pytest.fixture(scope="session")
def made() -> Iterator[Slice]:
    try:
        with slice_of_the_province() as lab:
            yield lab
    except NoNamespaces as error:
        pytest.skip(f"needs network namespaces: {error}")


@pytest.fixture
def lab(made: Slice) -> Iterator[Slice]:
    yield made
    for name in EDGES.values():
        ip(made.routers[name].namespace, "address flush dev lo to 10.12.0.0/20\n")
        ip(made.routers[name].namespace, "address flush dev lo to 2001:db8:c00::/116\n")
    until(lambda: f"{SERVICE}/32" not in known(made.routers[FIRST]), "no service is announced")


def known(router: Router, family: str = "ipv4") -> set[str]:
    """The prefixes of a router's BGP table."""
    return set(router.show(f"show bgp {family} unicast")["routes"])


def best(router: Router, prefix: str) -> dict[str, str]:
    """Neighbour and AS path of the chosen route."""
    family = "ipv6" if ":" in prefix else "ipv4"
    paths = router.show(f"show bgp {family} unicast {prefix}").get("paths", ())
    for path in paths:
        if path.get("bestpath", {}).get("overall"):
            return {"from": path["peer"]["peerId"], "path": path["aspath"]["string"]}
    return {}


def between(name: str, other: str, version: int = 4) -> str:
    """The address by which one device knows another."""
    (found,) = (
        address(view.other)
        for view in views(name)
        if view.other.device.name == other and view.session.family == version
    )
    return found


def own(lab: Slice, centre: str, *addresses: str) -> None:
    """What the guard does where the service's door opens."""
    for one in addresses:
        length = 128 if ":" in one else 32
        ip(lab.routers[EDGES[centre]].namespace, f"address replace {one}/{length} dev lo\n")


def disown(lab: Slice, centre: str, *addresses: str) -> None:
    for one in addresses:
        length = 128 if ":" in one else 32
        ip(lab.routers[EDGES[centre]].namespace, f"address delete {one}/{length} dev lo\n")


def answers(lab: Slice, name: str = HEAD, own_address: str = ASKING) -> bool:
    """Whether a packet from an address of a site reaches the service and one comes back."""
    with inside(lab.routers[name].namespace), socket.socket() as asking:
        asking.settimeout(1.0)
        asking.bind((own_address, 0))
        try:
            asking.connect((SERVICE, 9))
        except ConnectionRefusedError:
            return True  # its machine says so
        except OSError:
            return False
    return True


@pytest.fixture
def county(lab: Slice) -> Iterator[Slice]:
    """An address of the county that can ask."""
    ip(lab.routers[HEAD].namespace, f"address add {ASKING}/32 dev lo\n")
    yield lab
    ip(lab.routers[HEAD].namespace, f"address delete {ASKING}/32 dev lo\n")


# ---- sessions ------------------------------------------------------------------------------------


def test_each_session_between_devices_of_the_slice_stands(lab: Slice) -> None:
    assert lab.stands()
    assert {name: len(lab.wanted(name)) for name in SPEAKERS} == {
        A: 8, B: 8, EDGES["dc-a"]: 2, EDGES["dc-b"]: 2, FIRST: 8, SECOND: 2, HEAD: 2,
        MEMBERS[0]: 4, MEMBERS[1]: 4,
    }  # fmt: skip


def test_bfd_watches_each_of_them(lab: Slice) -> None:
    for name in SPEAKERS:
        wanted = lab.wanted(name)

        def watched(name: str = name, wanted: set[str] = wanted) -> bool:
            peers = lab.routers[name].show("show bfd peers", "bfdd")
            up = {one["peer"]: one for one in peers if one["status"] == "up"}
            return wanted <= up.keys() and all(
                (one["detect-multiplier"], one["receive-interval"]) == (3, 300)
                for one in up.values()
            )

        until(watched, f"BFD of {name} stands with each neighbour")


# ---- what is told --------------------------------------------------------------------------------


def test_a_county_head_learns_a_default_route_alone(lab: Slice) -> None:
    own = {COUNTY, MEMBER}
    until(lambda: known(lab.routers[HEAD]) == {"0.0.0.0/0", *own}, "the default and its own")


def test_routers_learn_centres_and_prefectures(lab: Slice) -> None:
    for name in (FIRST, SECOND):
        until(
            lambda name=name: known(lab.routers[name]) >= {*CENTRES, COUNTY, MEMBER},  # type: ignore[misc]
            f"{name} knows centres and counties",
        )
    for name in (A, B):
        until(
            lambda name=name: (
                known(lab.routers[name])  # type: ignore[misc]
                == {*CENTRES, PREFECTURE, HOSPITAL}
            ),
            f"{name} knows centres, the prefecture and the hospital, nothing of their parts",
        )


def test_an_edge_learns_nothing(lab: Slice) -> None:
    assert known(lab.routers[EDGES["dc-a"]]) == set()


@pytest.mark.parametrize(
    ("liar", "hears"),
    [
        (A, FIRST),
        (FIRST, A),
        (FIRST, HEAD),
        (HEAD, FIRST),
        (SECOND, FIRST),
        (MEMBERS[0], MEMBERS[1]),
        (MEMBERS[0], A),
        (B, MEMBERS[1]),
    ],
)
def test_what_nobody_may_tell_is_not_believed(lab: Slice, liar: str, hears: str) -> None:
    """The liar has lost its own filter: the other end's holds."""
    router, foreign = lab.routers[liar], "192.0.2.0/24"
    number = views(liar)[0].own.as_number
    other = between(liar, hears)
    (view,) = (one for one in views(liar) if address(one.other) == other)
    family = "address-family ipv4 unicast"
    router.configure(
        f"router bgp {number}", "no bgp network import-check", family, f"network {foreign}",
        f"no neighbor {other} prefix-list {view.gives.name}-V4 out",
        "route-map ANY permit 10",
        f"router bgp {number}", family, f"neighbor {other} route-map ANY out",
    )  # fmt: skip
    try:
        until(lambda: foreign in told(router, other), "the lie is told")
        assert foreign not in known(lab.routers[hears])
    finally:
        router.configure(
            f"router bgp {number}", family, f"no neighbor {other} route-map ANY out",
            f"neighbor {other} prefix-list {view.gives.name}-V4 out", f"no network {foreign}",
            "exit", "bgp network import-check", "exit", "no route-map ANY",
        )  # fmt: skip


def told(router: Router, neighbour: str) -> set[str]:
    found = router.show(f"show bgp ipv4 unicast neighbors {neighbour} advertised-routes")
    return set(found["advertisedRoutes"])


# ---- conditions ----------------------------------------------------------------------------------


def test_a_default_route_is_told_only_while_a_centre_is_known(lab: Slice) -> None:
    head = lab.routers[HEAD]
    until(lambda: "0.0.0.0/0" in known(head), "a default route")
    with lab.without((FIRST, A), (FIRST, B)):
        until(lambda: "0.0.0.0/0" not in known(head), "no router knows a centre: no default")
    until(lambda: "0.0.0.0/0" in known(head), "it is told again")


def test_an_aggregate_is_told_only_while_some_part_of_it_is_known(lab: Slice) -> None:
    core = lab.routers[A]
    until(lambda: PREFECTURE in known(core), "the prefecture")
    with lab.without((FIRST, HEAD)):
        until(lambda: PREFECTURE not in known(core), "nothing of the prefecture is left")
    until(lambda: PREFECTURE in known(core), "it is told again")


def test_a_centres_block_is_told_only_while_its_firewall_is_joined(lab: Slice) -> None:
    port = lab.ports[A, "GZ-DCA-FW01"]
    far = lab.routers[B]
    until(lambda: "10.0.0.0/14" in known(far), "the centre's block")
    ip(lab.routers[A].namespace, f"link set dev {port} down\n")
    try:
        until(lambda: "10.0.0.0/14" not in known(far), "nobody leads there")
    finally:
        ip(lab.routers[A].namespace, f"link set dev {port} up\n")
    until(lambda: "10.0.0.0/14" in known(far), "it is told again")
    until(lab.stands, "sessions stand again")


# ---- services ------------------------------------------------------------------------------------


def test_a_service_is_reached_where_it_stands_and_followed(county: Slice) -> None:
    lab = county
    router = lab.routers[FIRST]
    own(lab, "dc-a", SERVICE, SERVICE6)
    until(lambda: best(router, SERVICE).get("from") == between(FIRST, A), "by centre A")
    until(lambda: best(router, SERVICE6).get("from") == between(FIRST, A, 6), "in IPv6 too")
    until(lambda: answers(lab), "the county's packets arrive")
    disown(lab, "dc-a", SERVICE, SERVICE6)
    own(lab, "dc-b", SERVICE, SERVICE6)
    until(lambda: best(router, SERVICE).get("from") == between(FIRST, B), "by centre B")
    until(lambda: best(router, SERVICE6).get("from") == between(FIRST, B, 6), "in IPv6 too")
    until(lambda: answers(lab), "the county's packets arrive there")


def test_a_centre_without_its_access_is_reached_by_the_other_and_the_fibre(county: Slice) -> None:
    lab = county
    router = lab.routers[FIRST]
    own(lab, "dc-a", SERVICE)
    until(lambda: best(router, SERVICE) == {"from": between(FIRST, A), "path": "64512 64514"}, "A")
    with lab.without((FIRST, A)):
        longer = {"from": between(FIRST, B), "path": "64513 64512 64514"}
        until(lambda: best(router, SERVICE) == longer, "one AS more: by B and the fibre")
        until(lambda: answers(lab), "packets pass there and back")


def test_a_fibre_cut_moves_nothing(county: Slice) -> None:
    lab = county
    router = lab.routers[FIRST]
    direct = {"from": between(FIRST, A), "path": "64512 64514"}
    own(lab, "dc-a", SERVICE)
    until(lambda: best(router, SERVICE) == direct, "the direct way")
    with lab.without((A, B)):
        until(lambda: between(A, B) not in lab.routers[A].established(), "the fibre is cut")
        assert best(router, SERVICE) == direct
        assert answers(lab)


def test_a_router_without_circuits_is_served_by_its_partner(lab: Slice) -> None:
    """The second router's circuits lead to core routers outside of the slice."""
    own(lab, "dc-a", SERVICE)
    second = lab.routers[SECOND]
    until(lambda: best(second, SERVICE).get("from") == between(SECOND, FIRST), "by its partner")
    assert best(second, COUNTY)["from"] == between(SECOND, FIRST)


# ---- a provincial hospital -----------------------------------------------------------------------


def chosen(lab: Slice, name: str, prefix: str, neighbour: str, path: str) -> bool:
    """Whether a device takes this way to a prefix."""
    version = 6 if ":" in prefix else 4
    wanted = {"from": between(name, neighbour, version), "path": path}
    return best(lab.routers[name], prefix) == wanted


def test_each_member_asks_a_centre_by_who_has_its_circuit(lab: Slice) -> None:
    first, second = MEMBERS
    of_a, of_b = ("10.0.0.0/14", "2001:db8:a00::/52"), ("10.4.0.0/14", "2001:db8:a10::/52")
    for name, blocks, neighbour, path in (
        (first, of_a, A, "64512"),
        (first, of_b, second, "64513"),
        (second, of_b, B, "64513"),
        (second, of_a, first, "64512"),
    ):
        for block in blocks:
            there = partial(chosen, lab, name, block, neighbour, path)
            until(there, f"{name} leads {block} to {neighbour}")


def test_a_fibre_cut_moves_nothing_at_a_provincial_hospital(lab: Slice) -> None:
    """Packets of its first member find a service of B and come back; the centres are parted."""
    first, second = MEMBERS
    own(lab, "dc-b", SERVICE, SERVICE6)
    by_partner = "64513 64515"
    for service in (SERVICE, SERVICE6):
        there = partial(chosen, lab, first, service, second, by_partner)
        until(there, "by the partner's circuit")
    until(lambda: answers(lab, first, ASKING_ACTIVE), "the hospital's packets arrive")
    with lab.without((A, B)):
        until(lambda: between(A, B) not in lab.routers[A].established(), "the fibre is cut")
        until(lambda: "10.4.0.0/14" not in known(lab.routers[A]), "A knows no way to B any more")
        for service in (SERVICE, SERVICE6):
            assert chosen(lab, first, service, second, by_partner)
        assert answers(lab, first, ASKING_ACTIVE)
        assert "10.0.0.0/14" not in known(lab.routers[B])


def test_without_their_line_each_member_has_the_fibre(lab: Slice) -> None:
    first, second = MEMBERS
    own(lab, "dc-b", SERVICE)
    until(lambda: chosen(lab, first, SERVICE, second, "64513 64515"), "by the partner's circuit")
    with lab.without(MEMBERS):
        longer = "64512 64513 64515"
        until(lambda: chosen(lab, first, SERVICE, A, longer), "one AS more: by A and the fibre")
        until(lambda: answers(lab, first, ASKING_ACTIVE), "packets pass there and back")


def test_a_member_without_its_circuit_is_served_by_its_partner(lab: Slice) -> None:
    first, second = MEMBERS
    own(lab, "dc-a", SERVICE)
    until(lambda: chosen(lab, first, SERVICE, A, "64512 64514"), "by its own circuit")
    with lab.without((first, A)):
        longer = "64513 64512 64514"
        until(lambda: chosen(lab, first, SERVICE, second, longer), "by its partner and the fibre")
        until(lambda: answers(lab, first, ASKING_ACTIVE), "packets pass there and back")


def test_a_member_is_reached_from_the_centre_that_its_partner_leads_to(lab: Slice) -> None:
    """What is for the first member's loopback comes to the second, and crosses their line."""
    own(lab, "dc-b", SERVICE)
    until(lambda: chosen(lab, MEMBERS[0], SERVICE, MEMBERS[1], "64513 64515"), "by the partner")
    until(lambda: answers(lab, MEMBERS[0], LOOPBACK), "answers come back to its own address")
