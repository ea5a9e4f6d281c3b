"""Prefix lists of a VRP router, against an oracle too."""

from __future__ import annotations

from ipaddress import IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemed_infra.parse.vrp import parse_vrp_routes
from tests.parse.vrp.one_exchange import MEMBERS, PEER, exchange, members, nets


def listed(*entries: str) -> set[IPv4Network]:
    """What a prefix list lets in, of a handful of networks."""
    tail = "\n".join(f"ip ip-prefix L {one}" for one in entries)
    return members(exchange(f"peer {PEER} ip-prefix L import", tail=tail).accepts)


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        (("permit 10.0.0.0 8",), nets("10.0.0.0/8")),
        (("permit 10.16.1.1 12",), nets("10.16.0.0/12")),
        (("permit 10.0.0.0 8 greater-equal 10 less-equal 12",),
         nets("10.0.0.0/10", "10.64.0.0/10", "10.0.0.0/12", "10.16.0.0/12")),
        (("permit 10.16.0.0 12 greater-equal 24",),
         nets("10.16.1.0/24", "10.16.1.1/32", "10.16.1.2/32")),
        (("permit 0.0.0.0 0",), nets("0.0.0.0/0")),
        (("permit 0.0.0.0 0 less-equal 32",), set(MEMBERS)),
        # An address of zeros stands for any, of those lengths.
        (("permit 0.0.0.0 8",), nets("0.0.0.0/8", "10.0.0.0/8", "11.0.0.0/8")),
        (("permit 0.0.0.0 8 match-network",), nets("0.0.0.0/8")),
        (("permit 0.0.0.7 8",), nets("0.0.0.0/8", "10.0.0.0/8", "11.0.0.0/8")),
        (("deny 10.0.0.0 8", "permit 0.0.0.0 8"), nets("0.0.0.0/8", "11.0.0.0/8")),
        # By index, not by place; without one an entry goes to the end.
        (("index 20 permit 0.0.0.0 8", "index 5 deny 11.0.0.0 8"),
         nets("0.0.0.0/8", "10.0.0.0/8")),
        (("index 20 permit 10.0.0.0 8", "deny 0.0.0.0 8"), nets("10.0.0.0/8")),
        # A known index is replaced.
        (("index 10 permit 10.0.0.0 8", "index 10 permit 11.0.0.0 8"), nets("11.0.0.0/8")),
        (("deny 10.0.0.0 8",), set()),
    ],
)  # fmt: skip
def test_prefix_lists(entries: tuple[str, ...], expected: set[IPv4Network]) -> None:
    assert listed(*entries) == expected


@pytest.mark.parametrize(
    "entry",
    ["permit 10.0.0.0 33", "permit 10.0.0.0", "allow 10.0.0.0 8", "permit 10.0.0.0 8 less-equal 7",
     "permit 10.0.0.0 8 greater-equal 20 less-equal 10", "permit 10.0.0.0 8 match-network",
     "permit 2001:db8:: 32", "index x permit 10.0.0.0 8", "permit 10.0.0.0 8 less-equal",
     "permit 10.0.0.0 8 greater-equal 9 greater-equal 9", ""],
)  # fmt: skip
def test_entries_that_a_device_refuses(entry: str) -> None:
    (unread,) = parse_vrp_routes(f"ip ip-prefix L {entry}").unread
    assert unread.why


def test_entries_and_lists_are_removed() -> None:
    entries = "ip ip-prefix L index 10 permit 10.0.0.0 8\nip ip-prefix L index 20 permit 11.0.0.0 8"
    bound = f"peer {PEER} ip-prefix L import"
    one = exchange(bound, tail=f"{entries}\nundo ip ip-prefix L index 10")
    assert members(one.accepts) == nets("11.0.0.0/8")
    gone = parse_vrp_routes(f"bgp 1\n peer {PEER} as-number 2\n {bound}\n{entries}\n"
                            "undo ip ip-prefix L")  # fmt: skip
    assert [(one.line, one.name) for one in gone.missing] == [(3, "ip-prefix L")]


entries = st.builds(
    lambda permits, network, low, high, index: (permits, network, low, high, index),
    st.booleans(),
    st.sampled_from(MEMBERS),
    st.none() | st.integers(0, 32),
    st.none() | st.integers(0, 32),
    st.none() | st.integers(1, 60),
)
Entry = tuple[bool, IPv4Network, int | None, int | None, int | None]


def spelled(entry: Entry) -> str:
    permits, network, low, high, index = entry
    words = [
        f"index {index}" if index else "",
        "permit" if permits else "deny",
        f"{network.network_address} {network.prefixlen}",
        f"greater-equal {low}" if low is not None else "",
        f"less-equal {high}" if high is not None else "",
    ]
    return "ip ip-prefix L " + " ".join(filter(None, words))


def judged(some: list[Entry], route: IPv4Network) -> bool:
    """The oracle: one route against the entries, one by one."""
    placed: dict[int, Entry] = {}
    for one in some:
        placed[one[4] or max(placed, default=0) + 10] = one
    for _, (permits, network, low, high, _) in sorted(placed.items()):
        shortest = network.prefixlen if low is None else low
        longest = high if high is not None else (network.prefixlen if low is None else 32)
        anywhere = str(network.network_address) == "0.0.0.0"
        inside = anywhere or route.subnet_of(network)
        if inside and shortest <= route.prefixlen <= longest:
            return permits
    return False


def readable(entry: Entry) -> bool:
    _, network, low, high, _ = entry
    low = network.prefixlen if low is None else low
    return network.prefixlen <= low <= (32 if high is None else high)


@given(st.lists(entries.filter(readable), min_size=1, max_size=6))
def test_prefix_lists_against_an_oracle(some: list[Entry]) -> None:
    tail = "\n".join(map(spelled, some))
    found = members(exchange(f"peer {PEER} ip-prefix L import", tail=tail).accepts)
    assert found == {one for one in MEMBERS if judged(some, one)}
