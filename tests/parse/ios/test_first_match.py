"""Access lists against a small first-match reading of the test's own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from ipaddress import IPv4Address
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from telemed_infra.parse.behaviour import FirewallBehaviour
from tests.parse.ios.judge import (
    LAN,
    OUT,
    PLAIN,
    WAN,
    chain,
    filtered,
    firewall,
    passes,
    read_whole,
)

NETWORKS = tuple(f"10.0.0.{number}" for number in range(8))
PORTS = (22, 53, 80, 443, 8080)
EVERY_PORT = (0, 65535)


class Packet(NamedTuple):
    """A packet; `answers` is one of an open connection, so that TCP has ACK."""

    protocol: str
    source: str
    source_port: int
    destination: str
    port: int
    answers: bool = False

    def answer(self) -> Packet:
        """What comes back."""
        return Packet(
            self.protocol, self.destination, self.port, self.source, self.source_port, answers=True
        )


@dataclass(frozen=True)
class Line:
    """One line in the words of this test: numbers, no text of the reader."""

    permits: bool
    protocol: str
    source: tuple[str, str]
    source_ports: tuple[int, int]
    destination: tuple[str, str]
    ports: tuple[int, int]
    established: bool

    def text(self) -> str:
        words = [
            "permit" if self.permits else "deny", self.protocol, *self.source,
            *self._ports(self.source_ports), *self.destination, *self._ports(self.ports),
        ]  # fmt: skip
        return " ".join(words) + (" established" if self.established else "")

    def _ports(self, ports: tuple[int, int]) -> list[str]:
        if self.protocol == "ip" or ports == EVERY_PORT:
            return []
        return ["range", *map(str, ports)] if ports[0] < ports[1] else ["eq", str(ports[0])]

    def takes(self, packet: Packet) -> bool:
        """Whether the line speaks of a packet."""
        if self.established and not packet.answers:
            return False
        if self.protocol not in ("ip", packet.protocol):
            return False
        if self.protocol != "ip" and not (
            self.source_ports[0] <= packet.source_port <= self.source_ports[1]
            and self.ports[0] <= packet.port <= self.ports[1]
        ):
            return False
        return _in(packet.source, self.source) and _in(packet.destination, self.destination)


def _in(address: str, written: tuple[str, str]) -> bool:
    head, tail = written
    if head == "host":
        return address == tail
    care = 0xFFFFFFFF ^ int(IPv4Address(tail))
    return int(IPv4Address(address)) & care == int(IPv4Address(head)) & care


addresses = st.one_of(
    st.sampled_from(NETWORKS).map(lambda one: ("host", one)),
    # Wildcards with gaps, too: 0.0.0.5 is every second address of a pair of pairs.
    st.tuples(st.sampled_from(NETWORKS), st.integers(0, 7).map(lambda bits: f"0.0.0.{bits}")),
)


ports = st.one_of(
    st.just(EVERY_PORT),
    st.tuples(st.sampled_from(PORTS), st.sampled_from(PORTS)).map(lambda two: (min(two), max(two))),
)


@st.composite
def lines(draw: st.DrawFn) -> Line:
    protocol = draw(st.sampled_from(("ip", "tcp", "udp")))
    return Line(
        draw(st.booleans()), protocol, draw(addresses), draw(ports), draw(addresses), draw(ports),
        protocol == "tcp" and draw(st.integers(0, 3)) == 0,
    )  # fmt: skip


packets = st.builds(
    Packet, st.sampled_from(("tcp", "udp")), st.sampled_from(NETWORKS), st.sampled_from(PORTS),
    st.sampled_from(NETWORKS), st.sampled_from(PORTS), st.just(False),
)  # fmt: skip


def first_match(listed: list[Line], packet: Packet) -> bool:
    return next((one.permits for one in listed if one.takes(packet)), False)


def through(read: FirewallBehaviour, packet: Packet) -> bool:
    """Whether the reader says that a first packet goes from the LAN to the WAN."""
    service = f"{packet.protocol}/{packet.port}"
    return passes(read, OUT, service, packet.source, packet.destination, packet.source_port)


def named(*listed: list[Line]) -> str:
    """Lines that define the access lists A-0, A-1 and so on."""
    return "\n".join(
        "\n".join([f"ip access-list extended A-{place}", *(f" {one.text()}" for one in some)])
        for place, some in enumerate(listed)
    )


@given(st.lists(lines(), min_size=1, max_size=6), st.lists(packets, min_size=5, max_size=20))
def test_a_list_on_an_interface_is_its_first_match(listed: list[Line], some: list[Packet]) -> None:
    read = filtered(*(one.text() for one in listed))
    assert read_whole(read)
    for packet in some:
        assert through(read, packet) is first_match(listed, packet)


@given(
    st.lists(lines(), min_size=1, max_size=5),
    st.lists(lines(), min_size=1, max_size=5),
    st.lists(packets, min_size=5, max_size=20),
)
def test_a_class_is_what_its_list_permits(
    first: list[Line], second: list[Line], some: list[Packet]
) -> None:
    """A list of a class hands on what it denies: to the second class, and then to the end."""
    read = firewall(
        PLAIN,
        named(first, second),
        f"""
        zone security LAN
        zone security WAN
        interface {LAN}
         zone-member security LAN
        interface {WAN}
         zone-member security WAN
        class-map type inspect C-0
         match access-group name A-0
        class-map type inspect C-1
         match access-group name A-1
        policy-map type inspect P
         class type inspect C-0
          drop
         class type inspect C-1
          inspect
        zone-pair security ZP source LAN destination WAN
         service-policy type inspect P
    """,
    )
    assert read_whole(read)
    for packet in some:
        expected = not first_match(first, packet) and first_match(second, packet)
        assert through(read, packet) is expected


PASSED = f"""
    zone security LAN
    zone security WAN
    interface {LAN}
     zone-member security LAN
    interface {WAN}
     zone-member security WAN
    class-map type inspect C-0
     match access-group name A-0
    class-map type inspect C-1
     match access-group name A-1
    policy-map type inspect P-0
     class type inspect C-0
      pass
    policy-map type inspect P-1
     class type inspect C-1
      pass
    zone-pair security ZP-0 source LAN destination WAN
     service-policy type inspect P-0
    zone-pair security ZP-1 source WAN destination LAN
     service-policy type inspect P-1
"""


@given(
    st.lists(lines(), min_size=1, max_size=3),
    st.lists(lines(), min_size=0, max_size=3),
    st.lists(packets, min_size=10, max_size=40),
)
def test_where_a_pass_is_called_answered_no_answer_is_lost(
    there: list[Line], back: list[Line], some: list[Packet]
) -> None:
    """Both ways: each way's list must pass the answers to what the other's lets begin."""
    mirrored = [*back, *(_mirror(one) for one in there)]
    read = firewall(PLAIN, named(there, mirrored), PASSED)
    assert read_whole(read)
    lost = [
        packet
        for packet in some
        for way, opposite in ((there, mirrored), (mirrored, there))
        if first_match(way, packet) and not first_match(opposite, packet.answer())
    ]
    if chain(read, "zones").stateful:
        assert not lost


def test_some_pass_is_called_answered() -> None:
    """So that the property above speaks of something."""
    line = Line(
        True, "tcp", ("host", "10.0.0.1"), EVERY_PORT, ("host", "10.0.0.2"), (22, 22), False
    )
    read = firewall(PLAIN, named([line], [replace(_mirror(line), established=True)]), PASSED)
    assert chain(read, "zones").stateful


def _mirror(line: Line) -> Line:
    """The same for what comes back."""
    return replace(
        line, source=line.destination, source_ports=line.ports, destination=line.source,
        ports=line.source_ports, established=False,
    )  # fmt: skip
