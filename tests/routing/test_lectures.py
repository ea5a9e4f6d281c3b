"""A lecture on its way: FRR's pimd and nft with the texts of a build, in namespaces.

    studio ── core ── ar: TR-H1-AR01 ── fw: TR-H1-FW01 ── room

The core is written by hand; routes are static, as BGP would have them.
"""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass

import pytest

from failover.laboratory.network import inside
from telemed_infra.model.load import load
from telemed_infra.pipeline.meaning import Meaning
from telemed_infra.resources import shipped
from tests.failover.actuators.routers import Router, until
from tests.failover.guard.namespaces import ip, nft
from tests.plan.building import maker

pytestmark = [
    pytest.mark.xdist_group("waiting"),
    pytest.mark.root,
    pytest.mark.debian("vtysh"),
    pytest.mark.debian("nft"),
    pytest.mark.debian("ip"),
]

PLACES = ("studio", "core", "ar", "fw", "room")
STUDIO, ROOM = "10.0.170.10", "10.99.12.150"
OTHER_STUDIO = "10.0.171.10"  # no network of lecturers
LECTURE, OTHER_GROUP = "232.52.0.1", "232.53.0.1"
PORT, OTHER_PORT = 21_000, 21_100
CORE = """\
frr defaults traditional
interface eth0
 ip pim
exit
interface teach
 ip pim
exit
"""
CABLES = {  # both ends: place, interface, addresses
    "studio": (("studio", "eth0", (f"{STUDIO}/24", f"{OTHER_STUDIO}/24")),
               ("core", "teach", ("10.0.170.2/24", "10.0.171.2/24"))),
    "above": (("core", "eth0", ("10.99.13.16/31",)), ("ar", "gre-eth0", ("10.99.13.17/31",))),
    "line": (("ar", "gre-eth40", ("10.99.13.0/31",)), ("fw", "gre-eth0", ("10.99.13.1/31",))),
    "zone": (("fw", "eth1.170", ("10.99.12.130/26",)), ("room", "eth0", (f"{ROOM}/26",))),
}  # fmt: skip
ROUTES = {
    "studio": "10.0.0.0/8 via 10.0.170.2",
    "core": "10.99.0.0/16 via 10.99.13.17",
    "ar": "10.0.0.0/14 via 10.99.13.16",
    "fw": "default via 10.99.13.0",
    "room": "default via 10.99.12.130",
}
SOURCE_MEMBERSHIP = 39  # IP_ADD_SOURCE_MEMBERSHIP, ip(7)


@dataclass(frozen=True)
class Lectures:
    """The laboratory; `spaces` are the namespaces' names by place."""

    spaces: dict[str, str]
    routers: dict[str, Router]

    def asks(self, source: str, group: str, port: int) -> socket.socket:
        """A host of the room asks for a group of a source."""
        with inside(self.spaces["room"]):
            one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        one.bind((group, port))
        words = b"".join(map(socket.inet_aton, (group, ROOM, source)))
        one.setsockopt(socket.IPPROTO_IP, SOURCE_MEMBERSHIP, words)
        one.setblocking(False)
        return one

    def hears(self, one: socket.socket, source: str, group: str, port: int) -> bool:
        """Whether what the studio sends now, or has sent, is heard."""
        with inside(self.spaces["studio"]):
            sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        with sender:
            sender.bind((source, 0))
            sender.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 16)
            sender.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(source))
            sender.sendto(b"lecture", (group, port))
        with suppress(BlockingIOError):
            return one.recv(64) == b"lecture"
        return False


@pytest.fixture(scope="module")
def made() -> Iterator[Lectures]:
    with laid() as lectures:
        yield lectures


@contextmanager
def laid() -> Iterator[Lectures]:
    spaces = {place: f"lecture-{place}-{os.getpid()}" for place in PLACES}
    written = texts_of("tongren-h1")
    with ExitStack() as stack:
        for space in spaces.values():
            done = subprocess.run(
                ["ip", "netns", "add", space], check=False, capture_output=True, text=True
            )
            if done.returncode:
                pytest.skip(f"no namespaces here: {done.stderr.strip()}")
            stack.callback(subprocess.run, ["ip", "netns", "del", space], check=True)
        cable(spaces)
        frr = {"core": CORE, "ar": written["TR-H1-AR01.frr"], "fw": written["TR-H1-FW01.frr"]}
        routers = {}
        for place, text in frr.items():
            routers[place] = Router(spaces[place], text)
            stack.callback(routers[place].close)
            routers[place].start("zebra", "pimd")
            routers[place].load()
        nft(spaces["fw"], written["TR-H1-FW01.nft"])
        yield Lectures(spaces, routers)


def texts_of(site: str) -> dict[str, str]:
    meaning = Meaning(load(shipped("inventory"), as_of=None))
    made = maker(meaning).of(meaning.network.sites[site])
    return {one.name: one.rendered.text for one in made}


def cable(spaces: dict[str, str]) -> None:
    for one, other in CABLES.values():
        place, name, _ = one
        there, other_name, _ = other
        ip(spaces[place], f"link add {name} type veth peer {other_name} netns {spaces[there]}\n")
    for place, name, addresses in (end for ends in CABLES.values() for end in ends):
        lines = [f"address add {address} dev {name}" for address in addresses]
        ip(spaces[place], "\n".join([*lines, f"link set {name} up", "link set lo up", ""]))
    for place, route in ROUTES.items():
        ip(spaces[place], f"route add {route}\n")


def neighbours(router: Router) -> dict[str, set[str]]:
    found = router.show("show ip pim neighbor", "pimd")
    return {name: set(some) for name, some in found.items() if some}


def test_neighbours_speak_through_the_filter(made: Lectures) -> None:
    until(
        lambda: (
            neighbours(made.routers["fw"]) == {"gre-eth0": {"10.99.13.0"}}
            and neighbours(made.routers["ar"])
            == {"gre-eth0": {"10.99.13.16"}, "gre-eth40": {"10.99.13.1"}}
        ),
        "neighbours know each other",
    )


def test_interfaces_are_what_the_text_says(made: Lectures) -> None:
    firewall = made.routers["fw"]
    asking = firewall.show("show ip igmp interface", "pimd")
    queried = {name: one["version"] for name, one in asking.items() if one.get("querier")}
    assert queried == {"eth1.170": 3}  # elsewhere it answers traces alone
    zone = firewall.show("show ip pim interface", "pimd")["eth1.170"]
    assert zone["pimDesignatedRouter"] == "10.99.12.130"
    running = firewall.running("pimd")
    assert "ip pim ssm prefix-list LECTURES" in running
    assert " ip pim drpriority 10" in running


def test_a_lecture_is_heard(made: Lectures) -> None:
    with made.asks(STUDIO, LECTURE, PORT) as host:
        until(lambda: made.hears(host, STUDIO, LECTURE, PORT), "a lecture is heard")


@pytest.mark.parametrize(
    ("source", "group", "port"),
    [(STUDIO, LECTURE, OTHER_PORT), (STUDIO, OTHER_GROUP, PORT), (OTHER_STUDIO, LECTURE, PORT)],
)
def test_nothing_else_is(made: Lectures, source: str, group: str, port: int) -> None:
    """Beside a lecture that is heard: by then the other has had its time."""
    with made.asks(source, group, port) as other, made.asks(STUDIO, "232.52.0.9", PORT) as host:

        def both() -> bool:
            assert not made.hears(other, source, group, port)
            return made.hears(host, STUDIO, "232.52.0.9", PORT)

        until(both, "a lecture is heard")
