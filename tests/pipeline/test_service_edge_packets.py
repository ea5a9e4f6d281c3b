"""A service edge with all that is loaded on it, in the kernel: clients, backends, failover.

The edge has its routing text's addresses and routes, its filter and its guard's table; whoever is
elsewhere in the network is in one namespace behind the three gateways. Order tells what was
dropped: packets of one cable arrive one after the other, so when a heartbeat that was sent later is
there, what was sent before has been judged.
"""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import pytest

from failover.laboratory.network import inside, ip, owner_token, remove
from telemed_infra.compile.routing import RoutingConfig
from telemed_infra.compile.service_edge import edge_config
from telemed_infra.model.load import load
from telemed_infra.pipeline.layout import Part
from telemed_infra.pipeline.meaning import Meaning
from telemed_infra.plan.prefix import Prefix, address_text
from telemed_infra.resources import shipped
from tests.plan.building import maker

pytestmark = [pytest.mark.root, pytest.mark.debian("nft"), pytest.mark.debian("ip")]

EDGE = "GZ-DCA-SE01"
PORTAL, CONSULTATION = "10.12.0.0", "10.12.2.5"
IMAGING6 = "2001:db8:c00::405"
HEALTH, PEER, WITNESS = "10.0.100.70", "10.4.100.70", "10.8.0.17"
FIBRE, PEER_FIBRE = "10.0.140.70", "10.4.140.70"
ARCHIVE6 = "2001:db8:a00:28::9"  # in zone IMAGING of the centre
BACKEND, MONITOR = "10.0.110.9", "10.0.150.50"
REGISTER = ("10.0.150.70", "10.4.150.70", WITNESS)
BEAT, SECONDS_MAX = 7947, 10.0


@dataclass(frozen=True)
class Lab:
    """Names of the two namespaces, and hosts of a township of Bijie."""

    edge: str
    beyond: str
    ward: str
    terminal: str
    monitors: str


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    meaning = Meaning(load(shipped("inventory"), as_of=None))
    (device,) = (one for one in meaning.network.devices if one.name == EDGE)
    config = edge_config(meaning.network, meaning.plan, meaning.routing, device)
    rules = [
        one.rendered.text
        for one in maker(meaning).of(device.site)
        if one.device is device and one.part in (Part.DEVICE, Part.GUARD)
    ]
    zones = meaning.plan.sites["weining-caohai"].zones
    token = owner_token(os.getpid())
    made = Lab(
        f"{token}-edge",
        f"{token}-beyond",
        *(text(zones[name].v4.host(9)) for name in ("CLINICAL", "VIDEO", "IOMT")),
    )
    try:
        lay(made, config)
        for one in rules:
            nft(made, one)
        yield made
    finally:
        remove((made.edge, made.beyond))


def lay(lab: Lab, config: RoutingConfig) -> None:
    """Cables to the gateways, addresses and routes as the routing text has them."""
    ip(f"netns add {lab.edge}\nnetns add {lab.beyond}\n")
    gateways: list[str] = []
    for one in config.interfaces:
        assert one.v4 is not None
        assert one.v6 is not None
        name = one.name
        ip(f"link add {name} netns {lab.edge} type veth peer name {name} netns {lab.beyond}\n")
        ip(cabled(name, one.v4, one.v6), lab.edge)
        gateways.append(cabled(name, gateway(one.v4), gateway(one.v6)))
    ip("link set lo up\n" + "".join(gateways), lab.beyond)
    far = (PEER, PEER_FIBRE, BACKEND, MONITOR, ARCHIVE6, *REGISTER)
    for host in (*far, lab.ward, lab.terminal, lab.monitors):
        ip(f"address add {host} dev lo{' nodad' if ':' in host else ''}\n", lab.beyond)
    ip(f"route add 10.12.0.0/20 via {HEALTH}\n", lab.beyond)
    ip("route add 2001:db8:c00::/116 via 2001:db8:a00:64::46\n", lab.beyond)
    routes = [
        f"route add {one.to.text} via {text(one.gateway)}" for one in config.routes if one.gateway
    ]
    ip("link set lo up\n" + "".join(f"{one}\n" for one in routes), lab.edge)
    for address in (PORTAL, CONSULTATION, IMAGING6):
        ip(f"address add {address} dev lo{' nodad' if ':' in address else ''}\n", lab.edge)


def cabled(name: str, v4: Prefix, v6: Prefix) -> str:
    return (
        f"address add {v4.text} dev {name}\naddress add {v6.text} dev {name} nodad\n"
        f"link set {name} up\n"
    )


def gateway(own: Prefix) -> Prefix:
    """The first host of a network."""
    bits = own.family.bits - own.length
    return own._replace(first=(own.first >> bits << bits) + 1)


def text(address: Prefix) -> str:
    return address_text(address.family, address.first)


def nft(lab: Lab, commands: str) -> None:
    with inside(lab.edge):
        subprocess.run(["nft", "-f", "-"], input=commands, text=True, check=True, timeout=60)


@contextmanager
def door(lab: Lab, address: str) -> Iterator[None]:
    """Open as the guard opens it: armed with a timeout, and live."""
    family = "v6" if ":" in address else "v4"
    armed, live = (f"inet telemed_guard {name}_{family}" for name in ("armed0", "live0"))
    nft(lab, f"add element {armed} {{ {address} timeout 5m }}\n")
    nft(lab, f"add element {live} {{ {address} }}\n")
    try:
        yield
    finally:
        nft(lab, "".join(f"delete element {one} {{ {address} }}\n" for one in (armed, live)))


class Hosts(ExitStack):
    """Sockets in one namespace or the other, closed together."""

    def opened(self, space: str, own: str, port: int, kind: int) -> socket.socket:
        """A socket of that kind at an address."""
        family = socket.AF_INET6 if ":" in own else socket.AF_INET
        with inside(space):
            made = self.enter_context(socket.socket(family, kind))
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((own, port))
        made.settimeout(SECONDS_MAX)
        return made

    def listener(self, space: str, own: str, port: int) -> socket.socket:
        made = self.opened(space, own, port, socket.SOCK_STREAM)
        made.listen()
        made.setblocking(False)
        return made

    def calls(self, space: str, own: str, to: str, port: int) -> None:
        """A connection, which must come about; from any address if `own` is that of nobody."""
        self.opened(space, own, 0, socket.SOCK_STREAM).connect((to, port))

    def tries(self, space: str, own: str, to: str, port: int) -> None:
        """The first packet of a connection, and no word of what became of it."""
        made = self.opened(space, own, 0, socket.SOCK_STREAM)
        made.setblocking(False)
        with pytest.raises(BlockingIOError):
            made.connect((to, port))

    def beats(self, source: tuple[str, str], target: tuple[str, str], port: int = BEAT) -> None:
        """A heartbeat from (namespace, address) to another, which must arrive."""
        hears = self.opened(*target, port, socket.SOCK_DGRAM)
        says = self.opened(*source, 0, socket.SOCK_DGRAM)
        says.sendto(b"beat", (target[1], port))
        assert hears.recvfrom(100) == (b"beat", says.getsockname())
        hears.close()


@pytest.fixture
def hosts() -> Iterator[Hosts]:
    with Hosts() as made:
        yield made


def callers(listener: socket.socket) -> list[str]:
    """Whose connections wait at a listener."""
    found: list[str] = []
    while True:
        try:
            made, (address, *_) = listener.accept()
        except BlockingIOError:
            return found
        made.close()
        found.append(address)


def test_a_client_reaches_an_instance_by_what_a_policy_names(lab: Lab, hosts: Hosts) -> None:
    named, other = (hosts.listener(lab.edge, PORTAL, port) for port in (443, 8443))
    with door(lab, PORTAL):
        hosts.tries(lab.beyond, lab.monitors, PORTAL, 443)  # a zone that no policy names
        hosts.tries(lab.beyond, BACKEND, PORTAL, 443)
        hosts.tries(lab.beyond, lab.ward, PORTAL, 8443)
        hosts.calls(lab.beyond, lab.ward, PORTAL, 443)
        assert callers(named) == [lab.ward]
        assert callers(other) == []


def test_a_shut_door_stays_shut_whatever_the_filter_opens(lab: Lab, hosts: Hosts) -> None:
    listener = hosts.listener(lab.edge, PORTAL, 443)
    hosts.tries(lab.beyond, lab.ward, PORTAL, 443)
    hosts.beats((lab.beyond, PEER), (lab.edge, HEALTH))
    assert callers(listener) == []


def test_the_same_by_ipv6(lab: Lab, hosts: Hosts) -> None:
    named, other = (hosts.listener(lab.edge, IMAGING6, port) for port in (8443, 443))
    with door(lab, IMAGING6):
        hosts.tries(lab.beyond, ARCHIVE6, IMAGING6, 443)
        hosts.calls(lab.beyond, ARCHIVE6, IMAGING6, 8443)
        assert (callers(named), callers(other)) == ([ARCHIVE6], [])


def test_an_instance_calls_whom_a_policy_lets_it_call(lab: Lab, hosts: Hosts) -> None:
    terminal = hosts.listener(lab.beyond, lab.terminal, 5061)
    ward = hosts.listener(lab.beyond, lab.ward, 5061)
    with door(lab, CONSULTATION):
        hosts.tries(lab.edge, CONSULTATION, lab.ward, 5061)
        hosts.calls(lab.edge, CONSULTATION, lab.terminal, 5061)
        assert (callers(terminal), callers(ward)) == ([CONSULTATION], [])


def test_services_call_applications_from_the_edges_own_address(lab: Lab, hosts: Hosts) -> None:
    listeners = [hosts.listener(lab.beyond, BACKEND, port) for port in (5432, 8446)]
    hosts.tries(lab.edge, "0.0.0.0", BACKEND, 5432)
    hosts.calls(lab.edge, "0.0.0.0", BACKEND, 8446)
    assert [callers(one) for one in listeners] == [[], [HEALTH]]


@pytest.mark.parametrize(("own", "peer"), [(HEALTH, PEER), (FIBRE, PEER_FIBRE)])
def test_heartbeats_pass_both_ways(lab: Lab, hosts: Hosts, own: str, peer: str) -> None:
    """Each is the first of its connection: none is an answer."""
    hosts.beats((lab.edge, own), (lab.beyond, peer))
    hosts.beats((lab.beyond, peer), (lab.edge, own))


def test_the_witness_and_observers_are_heard_and_nobody_else(lab: Lab, hosts: Hosts) -> None:
    hosts.beats((lab.edge, HEALTH), (lab.beyond, WITNESS))
    hosts.beats((lab.beyond, WITNESS), (lab.edge, HEALTH))
    hears = hosts.opened(lab.edge, HEALTH, BEAT, socket.SOCK_DGRAM)
    for source in (lab.ward, WITNESS):
        says = hosts.opened(lab.beyond, source, 0, socket.SOCK_DGRAM)
        says.sendto(source.encode(), (HEALTH, BEAT))
    assert hears.recv(100) == WITNESS.encode()


@pytest.mark.parametrize("member", REGISTER)
def test_the_agent_reaches_each_member_of_the_register(lab: Lab, hosts: Hosts, member: str) -> None:
    """By the address that policies name, though managers are answered elsewhere."""
    listener = hosts.listener(lab.beyond, member, 2379)
    hosts.calls(lab.edge, "0.0.0.0", member, 2379)
    assert callers(listener) == [HEALTH]


def test_monitoring_reads_the_agents_metrics(lab: Lab, hosts: Hosts) -> None:
    listener = hosts.listener(lab.edge, "10.0.10.70", 9742)
    hosts.tries(lab.beyond, lab.ward, "10.0.10.70", 9742)
    hosts.calls(lab.beyond, MONITOR, "10.0.10.70", 9742)
    assert callers(listener) == [MONITOR]
