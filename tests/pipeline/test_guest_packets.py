"""A township's gateway with its filter and the guide's routes, in the kernel: guests' packets.

A guest is in one namespace, the carrier and all the world in another. Order tells what was dropped:
packets of one cable arrive one after the other, so when one that may pass is there, what was sent
before it has been judged.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from failover.laboratory.network import inside, ip, owner_token, remove
from telemed_infra.model.load import load
from telemed_infra.pipeline.layout import Part
from telemed_infra.pipeline.meaning import Meaning
from telemed_infra.resources import shipped
from tests.plan.building import maker

pytestmark = [pytest.mark.root, pytest.mark.debian("nft"), pytest.mark.debian("ip")]

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guides" / "install-a-gateway.md"
GATEWAY = "BJ-WN-CH-GW01"
LINE, CARRIER = "10.87.24.49", "10.87.24.48"
GUEST, OWN = "172.31.0.10", "172.31.0.1"
PUBLIC = "8.8.8.8"
PRIVATE = ("10.0.0.1", "192.168.1.1", "100.64.0.1")
WEB, OTHER, SECONDS_MAX = 443, 4430, 10.0
IP_RECVERR = 11  # ip(7): a socket hears of all errors; Python does not name it


@dataclass(frozen=True)
class Lab:
    """Names of the namespaces: a guest, the gateway, and the carrier with the world behind it."""

    guest: str
    gateway: str
    world: str


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    meaning = Meaning(load(shipped("inventory"), as_of=None))
    (device,) = (one for one in meaning.network.devices if one.name == GATEWAY)
    (rules,) = (
        one.rendered.text
        for one in maker(meaning).of(device.site)
        if one.device is device and one.part is Part.DEVICE
    )
    token = owner_token(os.getpid())
    made = Lab(*(f"{token}-{name}" for name in ("guest", "gateway", "world")))
    try:
        lay(made)
        run(made.gateway, ["nft", "-f", "-"], rules)
        for command in of_the_guide():
            run(made.gateway, command.split())
        yield made
    finally:
        remove((made.guest, made.gateway, made.world))


def lay(lab: Lab) -> None:
    """Cables and addresses, and what Debian and the guide's earlier pages have set."""
    ip("".join(f"netns add {one}\n" for one in (lab.guest, lab.gateway, lab.world)))
    ip(f"link add eth1.80 netns {lab.gateway} type veth peer name home netns {lab.guest}\n")
    ip(f"link add eth0 netns {lab.gateway} type veth peer name customer netns {lab.world}\n")
    ip(
        f"address add {OWN}/23 dev eth1.80\nlink set eth1.80 up\n"
        f"address add {LINE}/31 dev eth0\nlink set eth0 up\nlink set lo up\n",
        lab.gateway,
    )
    ip(
        f"address add {GUEST}/23 dev home\nlink set home up\nroute add default via {OWN}\n",
        lab.guest,
    )
    ip(f"address add {CARRIER}/31 dev customer\nlink set customer up\nlink set lo up\n", lab.world)
    ip("".join(f"address add {one}/32 dev lo\n" for one in (PUBLIC, *PRIVATE)), lab.world)
    settings = ("ip_forward=1", "conf.all.rp_filter=0", "conf.eth0.rp_filter=2")
    run(lab.gateway, ["sysctl", "-qw", *(f"net.ipv4.{one}" for one in settings)])


def of_the_guide() -> list[str]:
    """The commands under `Guests`."""
    (part,) = re.findall(r"^## Guests\n(.*?)^## ", GUIDE.read_text("utf-8"), re.S | re.M)
    found = re.findall(r"^# (.+)$", part, re.M)
    assert len(found) == 4
    return list(found)


def run(space: str, command: list[str], text: str = "") -> str:
    with inside(space):
        done = subprocess.run(
            command, input=text, capture_output=True, text=True, check=True, timeout=60
        )
    return done.stdout


class Hosts(ExitStack):
    """Sockets in the namespaces, closed together."""

    def opened(self, space: str, own: str, port: int) -> socket.socket:
        with inside(space):
            made = self.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        made.bind((own, port))
        made.settimeout(SECONDS_MAX)
        return made


@pytest.fixture
def hosts() -> Iterator[Hosts]:
    with Hosts() as made:
        yield made


def waiting(hears: socket.socket) -> list[bytes]:
    """What has arrived by now."""
    found: list[bytes] = []
    hears.setblocking(False)
    while True:
        try:
            found.append(hears.recv(100))
        except BlockingIOError:
            return found


def test_a_guest_is_answered_and_bears_the_lines_address_out_there(lab: Lab, hosts: Hosts) -> None:
    says = hosts.opened(lab.guest, GUEST, 0)
    hears = hosts.opened(lab.world, PUBLIC, WEB)
    says.sendto(b"ask", (PUBLIC, WEB))
    content, sender = hears.recvfrom(100)
    assert (content, sender[0]) == (b"ask", LINE)
    hears.sendto(b"answer", sender)
    assert says.recvfrom(100) == (b"answer", (PUBLIC, WEB))


def test_nothing_else_arrives(lab: Lab, hosts: Hosts) -> None:
    """Not what is not public, though the carrier would take it; no other port; no stranger."""
    says = hosts.opened(lab.guest, GUEST, 0)
    closed = [hosts.opened(lab.world, one, WEB) for one in PRIVATE]
    closed.append(hosts.opened(lab.world, PUBLIC, OTHER))
    closed.append(hosts.opened(lab.gateway, OWN, WEB))
    for address in (*PRIVATE, OWN):
        says.sendto(b"no", (address, WEB))
    says.sendto(b"no", (PUBLIC, OTHER))
    hears = hosts.opened(lab.world, PUBLIC, WEB)
    says.sendto(b"yes", (PUBLIC, WEB))
    assert hears.recv(100) == b"yes"
    assert [waiting(one) for one in closed] == [[]] * len(closed)


def test_nobody_out_there_reaches_a_guest(lab: Lab, hosts: Hosts) -> None:
    ip(f"route add 172.31.0.0/23 via {LINE}\n", lab.world)
    hears = hosts.opened(lab.guest, GUEST, OTHER)
    out = hosts.opened(lab.world, PUBLIC, WEB)
    out.sendto(b"no", (GUEST, OTHER))
    hears.sendto(b"ask", (PUBLIC, WEB))
    _, sender = out.recvfrom(100)
    out.sendto(b"answer", sender)
    assert hears.recv(100) == b"answer"
    assert waiting(hears) == []


def test_without_the_line_they_go_no_other_way(lab: Lab, hosts: Hosts) -> None:
    """A default route of the host, as a tunnel's is, takes none of them: their table ends them."""
    says = hosts.opened(lab.guest, GUEST, 0)
    says.setsockopt(socket.IPPROTO_IP, IP_RECVERR, 1)
    says.connect((PUBLIC, WEB))
    hears = hosts.opened(lab.world, PUBLIC, WEB)
    ip(f"route del default via {CARRIER} table 80\nroute add default via {CARRIER}\n", lab.gateway)
    try:
        says.send(b"no")
        with pytest.raises(OSError, match="No route to host"):
            says.recv(100)
    finally:
        ip(f"route del default\nroute add default via {CARRIER} dev eth0 table 80\n", lab.gateway)
    says.send(b"yes")
    assert hears.recv(100) == b"yes"
