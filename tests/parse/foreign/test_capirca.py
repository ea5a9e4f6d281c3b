"""What Capirca wrote, kept as files: it is no longer looked after, so it is no dependency.

Its nftables writer loses the destination ports of IPv4 terms that have no source ports. The reader
says what the text does, and the comparison with the policy names the packets.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from telemed_infra.parse.behaviour import LOCAL
from telemed_infra.parse.ios import parse_ios_firewall
from telemed_infra.parse.nftables import parse_nftables
from tests.parse.foreign.policy import LAN, ROUTER, TERMS, WAN
from tests.parse.foreign.reading import differences, unread
from tests.parse.foreign.terms import Term

TEXTS = Path(__file__).parent / "texts"
TO_THE_BOX = [(LAN, LOCAL)]


def test_cisco() -> None:
    read = parse_ios_firewall((TEXTS / "capirca_mixed.acl").read_text() + ROUTER)
    assert unread(read) == []
    assert differences(read, TERMS, [(LAN, WAN)]) == []


def test_nftables_is_read_as_it_stands() -> None:
    read = parse_nftables((TEXTS / "capirca_mixed.nft").read_text())
    assert unread(read) == []
    assert differences(read, [one for term in TERMS for one in written(term)], TO_THE_BOX) == []


def test_the_ports_that_it_loses_are_missed() -> None:
    read = parse_nftables((TEXTS / "capirca_mixed.nft").read_text())
    found = differences(read, TERMS, TO_THE_BOX)
    assert {(one.family, one.protocol) for one in found} == {(4, 6), (4, 17)}
    web = (Term(name="web", destinations=("10.1.2.3/32",), protocol="tcp", ports=((443, 443),)),)
    read = parse_nftables((TEXTS / "capirca_inet.nft").read_text())
    found = [one for one in differences(read, web, TO_THE_BOX) if one.family == 4]
    assert {(one.protocol, one.port) for one in found} == {(6, 0), (6, 444)}


def written(term: Term) -> Iterator[Term]:
    """The terms that the generator made of one."""
    if not term.ports or term.source_ports:
        yield term
        return
    for colon, ports in ((False, ()), (True, term.ports)):
        sources, destinations = (
            tuple(one for one in some if (":" in one) is colon)
            for some in (term.sources, term.destinations)
        )
        if bool(sources) >= bool(term.sources) and bool(destinations) >= bool(term.destinations):
            yield replace(term, sources=sources, destinations=destinations, ports=ports)
