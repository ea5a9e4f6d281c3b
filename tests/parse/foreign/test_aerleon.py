"""What Aerleon writes, read by our readers, means what the policy means: packet by packet."""

from __future__ import annotations

import pytest

from telemed_infra.parse.behaviour import LOCAL, FirewallBehaviour
from telemed_infra.parse.ios import parse_ios_firewall
from telemed_infra.parse.nftables import parse_nftables
from tests.parse.foreign.generators import cisco, nftables
from tests.parse.foreign.policy import CLINICS, DMZ, LAN, ROUTER, TERMS, WAN
from tests.parse.foreign.reading import differences, unread
from tests.parse.foreign.terms import Term


@pytest.mark.parametrize(
    ("hook", "way"),
    [("forward", (LAN, WAN)), ("input", (LAN, LOCAL)), ("output", (LOCAL, LAN))],
)
def test_nftables(hook: str, way: tuple[str, str]) -> None:
    read = parse_nftables(nftables({f"mixed {hook}": TERMS}))
    assert unread(read) == []
    assert differences(read, TERMS, [way]) == []
    (chain,) = read.chains
    assert chain.stateful
    assert chain.logs_denied


def test_nftables_with_interfaces() -> None:
    terms = (
        Term(name="out", ingress=LAN, egress=WAN, protocol="tcp", ports=((443, 443),)),
        Term(name="never", permits=False, ingress=DMZ),
        Term(name="inward", egress=DMZ, sources=CLINICS, protocol="udp"),
    )
    read = parse_nftables(nftables({"mixed forward": terms}))
    assert unread(read) == []
    ways = [(one, other) for one in (LAN, DMZ, WAN) for other in (LAN, DMZ, WAN) if one != other]
    assert differences(read, terms, ways) == []


def test_nftables_that_permits_what_no_term_names() -> None:
    terms = (Term(name="never", permits=False, sources=CLINICS, protocol="tcp"),)
    read = parse_nftables(nftables({"mixed forward ACCEPT": terms}))
    assert unread(read) == []
    rest = Term(name="rest")
    assert differences(read, (*terms, rest), [(LAN, WAN)]) == []


def router(lists: str) -> FirewallBehaviour:
    """A router whose LAN takes what the generated lists permit."""
    return parse_ios_firewall(lists + ROUTER)


def test_cisco() -> None:
    read = router(cisco({"clinics mixed": TERMS}))
    assert unread(read) == []
    assert differences(read, TERMS, [(LAN, WAN), (LAN, LOCAL)]) == []


def test_cisco_of_one_family() -> None:
    text = cisco({"clinics extended": TERMS})
    read = router(text + "ipv6 access-list ipv6-clinics\n deny ipv6 any any\n")
    assert unread(read) == []
    four = (Term(name="no-6", permits=False, sources=("::/0",)), *TERMS)
    assert differences(read, four, [(LAN, WAN)]) == []


def test_groups_that_ios_does_not_have_are_unread() -> None:
    """Aerleon writes groups for IOS XR (`net-group`); a list of them is closed and not proven."""
    text = cisco({"clinics object-group": TERMS})
    assert "net-group" in text
    left = unread(router(text))
    assert left
    assert any("net-group" in line for line in left)


# What Aerleon writes wrong is read as it stands ---------------------------------------------------


def test_an_address_that_the_generator_forgets_is_missed() -> None:
    """`inet6` and a term of IPv4 alone: the addresses are gone, and every host is open."""
    terms = (Term(name="web", destinations=("10.9.0.7/32",), protocol="tcp", ports=((443, 443),)),)
    read = parse_nftables(nftables({"inet6 input": terms}))
    assert unread(read) == []
    found = differences(read, terms, [(LAN, LOCAL)])
    assert {(one.protocol, one.port) for one in found if one.family == 6} == {(6, 443)}


def test_a_protocol_that_the_generator_forgets_is_missed() -> None:
    """`inet6` and a term of ICMP: the protocol is gone, and everything of these hosts is open."""
    terms = (Term(name="ping", sources=CLINICS, protocol="icmp",
                  types=("echo-request", "timestamp-request")),)  # fmt: skip
    read = parse_nftables(nftables({"inet6 input": terms}))
    assert unread(read) == []
    found = differences(read, terms, [(LAN, LOCAL)])
    assert {one.protocol for one in found if one.family == 6} >= {6, 17, 50, 58}
