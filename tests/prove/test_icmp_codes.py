"""Of an ICMP type the assigned codes must pass; the others may."""

from __future__ import annotations

import pytest

from telemed_infra.intent.openings import AddressGroup, Member, Opening
from telemed_infra.intent.services import AppServices
from telemed_infra.model.schema.base import Origin
from telemed_infra.model.schema.network_file import App
from telemed_infra.packets import ICMP, ICMP6, Family, Service, icmp
from telemed_infra.parse.behaviour import Action
from telemed_infra.plan.prefix import prefix
from telemed_infra.prove.firewall import meant
from telemed_infra.prove.sweep import Judge, Kind, Step, compare

APPS = {
    "ping": App(title="echo", dscp="oam", icmp=(8,), icmp6=(128,)),
    "errors": App(title="unreachable", dscp="oam", icmp=(3,)),
}
HERE = Origin("inventory/policies/x.yml:1")
ENDS = AddressGroup("ends", (Member("a", prefix("10.1.0.0/24"), prefix("2001:db8::/64"), HERE),))


def opening(app: str, *, tolerated: bool = False) -> Opening:
    return Opening(
        policy="P0001", origin=HERE, zone_in="WAN", zone_out="LOCAL", sources=ENDS,
        destinations=ENDS, apps=(app,), sense="x", tolerated=tolerated,
    )  # fmt: skip


def kinds(
    app: str, *passes: Service, family: Family = Family.V4, tolerated: bool = False
) -> set[Kind]:
    """How a text that lets these messages pass departs from what is meant."""
    way = meant([opening(app, tolerated=tolerated)], AppServices(APPS))["WAN", "LOCAL"]
    ends = ENDS.ranges(family)
    step = Step((ends, ends, passes), Action.PERMIT, line=1)
    judge = Judge((step,), Action.DENY)
    return {
        one.kind
        for one in compare(
            family, way.must[family], way.may[family], [judge], whole=way.whole[family]
        )
    }


@pytest.mark.parametrize(
    ("passes", "departs"),
    [
        (icmp(ICMP, 8, 0), set()),
        (icmp(ICMP, 8), set()),
        (icmp(ICMP, 8, 1), {Kind.MISSING}),
        (Service(ICMP << 16 | 8 << 8, ICMP << 16 | 9 << 8), {Kind.EXCESS}),
    ],
)
def test_echo_is_code_0(passes: Service, departs: set[Kind]) -> None:
    assert kinds("ping", passes) == departs


def test_the_same_in_ipv6() -> None:
    assert kinds("ping", icmp(ICMP6, 128, 0), family=Family.V6) == set()
    assert kinds("ping", icmp(ICMP6, 128, 7), family=Family.V6) == {Kind.MISSING}


def test_a_type_of_many_codes_is_needed_whole() -> None:
    assert kinds("errors", icmp(ICMP, 3)) == set()
    assert kinds("errors", icmp(ICMP, 3, 0)) == {Kind.MISSING}


def test_what_is_tolerated_need_not_pass() -> None:
    assert kinds("ping", icmp(ICMP, 8, 1), tolerated=True) == set()
