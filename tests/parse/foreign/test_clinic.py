"""One policy, typed in the manner of each platform: read whole, and equal packet by packet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import permutations

import pytest

from telemed_infra.parse.behaviour import FirewallBehaviour
from telemed_infra.parse.ios import parse_ios_firewall
from telemed_infra.parse.secpath import parse_secpath
from telemed_infra.parse.vrp import parse_usg
from tests.parse.foreign import clinic
from tests.parse.foreign.reading import differences, unread
from tests.parse.foreign.terms import Term

Reader = Callable[[str], FirewallBehaviour]
TYPED: tuple[tuple[Reader, str, Mapping[str, str]], ...] = (
    (parse_usg, clinic.USG, clinic.USG_PORTS),
    (parse_secpath, clinic.SECPATH, clinic.SECPATH_PORTS),
    (parse_ios_firewall, clinic.IOS, clinic.IOS_PORTS),
)
NAMES = ("usg", "secpath", "ios")


def on(ports: Mapping[str, str]) -> tuple[Term, ...]:
    """The clinic's terms with a device's own names of interfaces."""
    return tuple(
        replace(term, ingress=ports.get(term.ingress, ""), egress=ports.get(term.egress, ""))
        for term in clinic.TERMS
    )


@pytest.mark.parametrize(("reader", "text", "ports"), TYPED, ids=NAMES)
def test_it_is_read_whole(reader: Reader, text: str, ports: Mapping[str, str]) -> None:
    assert list(unread(reader(text))) == []


@pytest.mark.parametrize(("reader", "text", "ports"), TYPED, ids=NAMES)
def test_it_means_the_policy(reader: Reader, text: str, ports: Mapping[str, str]) -> None:
    ways = list(permutations(ports.values(), 2))
    assert differences(reader(text), on(ports), ways) == []
