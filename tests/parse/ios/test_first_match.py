"""Access lists against a small first-match reading of the test's own."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address

from hypothesis import given
from hypothesis import strategies as st

from tests.parse.ios.judge import LAN, OUT, PLAIN, WAN, filtered, firewall, passes, read_whole

NETWORKS = tuple(f"10.0.0.{number}" for number in range(8))
PORTS = (22, 53, 80, 443, 8080)


@dataclass(frozen=True)
class Line:
    """One line in the words of this test: numbers, no text of the reader."""

    permits: bool
    protocol: str
    source: tuple[str, str]
    destination: tuple[str, str]
    low: int
    high: int
    established: bool

    def text(self) -> str:
        ports = ""
        if self.protocol in ("tcp", "udp"):
            ports = f" range {self.low} {self.high}" if self.low < self.high else f" eq {self.low}"
        words = ["permit" if self.permits else "deny", self.protocol, *self.source,
                 *self.destination]  # fmt: skip
        return " ".join(words) + ports + (" established" if self.established else "")

    def takes(self, protocol: str, source: str, destination: str, port: int) -> bool:
        """Whether a first packet is meant."""
        if self.established:
            return False
        if self.protocol not in ("ip", protocol):
            return False
        if self.protocol != "ip" and not self.low <= port <= self.high:
            return False
        return _in(source, self.source) and _in(destination, self.destination)


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


@st.composite
def lines(draw: st.DrawFn) -> Line:
    protocol = draw(st.sampled_from(("ip", "tcp", "udp")))
    low, high = sorted(draw(st.tuples(st.sampled_from(PORTS), st.sampled_from(PORTS))))
    return Line(
        draw(st.booleans()), protocol, draw(addresses), draw(addresses), low, high,
        protocol == "tcp" and draw(st.integers(0, 3)) == 0,
    )  # fmt: skip


packets = st.tuples(
    st.sampled_from(("tcp", "udp")), st.sampled_from(NETWORKS), st.sampled_from(NETWORKS),
    st.sampled_from(PORTS),
)  # fmt: skip


def first_match(listed: list[Line], packet: tuple[str, str, str, int]) -> bool:
    return next((one.permits for one in listed if one.takes(*packet)), False)


@given(st.lists(lines(), min_size=1, max_size=6), st.lists(packets, min_size=5, max_size=20))
def test_a_list_on_an_interface_is_its_first_match(
    listed: list[Line], some: list[tuple[str, str, str, int]]
) -> None:
    read = filtered(*(one.text() for one in listed))
    assert read_whole(read)
    for protocol, source, destination, port in some:
        expected = first_match(listed, (protocol, source, destination, port))
        assert passes(read, OUT, f"{protocol}/{port}", source, destination) is expected


@given(
    st.lists(lines(), min_size=1, max_size=5),
    st.lists(lines(), min_size=1, max_size=5),
    st.lists(packets, min_size=5, max_size=20),
)
def test_a_class_is_what_its_list_permits(
    first: list[Line], second: list[Line], some: list[tuple[str, str, str, int]]
) -> None:
    """A list of a class hands on what it denies: to the second class, and then to the end."""
    named = "\n".join(
        "\n".join([f"ip access-list extended A-{place}", *(f" {one.text()}" for one in listed)])
        for place, listed in enumerate((first, second))
    )
    read = firewall(
        PLAIN,
        named,
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
        protocol, source, destination, port = packet
        expected = not first_match(first, packet) and first_match(second, packet)
        assert passes(read, OUT, f"{protocol}/{port}", source, destination) is expected
