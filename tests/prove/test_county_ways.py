"""A county hospital is not cut off by the loss of one router, line or member above it.

By the texts of the small province; tests/test_province.py asks some counties of the shipped one.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from telemed_infra.model.network import Site
from telemed_infra.packets import Family
from telemed_infra.prove.propagation import Loss
from tests.prove.county_ways import faults, gateway, losses_above
from tests.prove.read_routing import without, without_lines
from tests.prove.test_reachability import SERVICE_A, VARIANTS, Whole, damaged, province

FIRST, SECOND = "BJ-WN-H1-FW01", "BJ-WN-H1-FW02"
HEAD_FIRST, HEAD_SECOND = "BJ-WN-C-FW01", "BJ-WN-C-FW02"


@pytest.fixture(params=VARIANTS)
def made(request: pytest.FixtureRequest) -> Whole:
    return province(request.param)


def hospitals(made: Whole) -> list[Site]:
    return [one for one in made.meaning.network.sites.values() if one.kind == "county-hospital"]


def found(made: Whole, site: Site, loss: Loss) -> Iterator[str]:
    fabric, normal = made.fabrics[Family.V4], made.normal(Family.V4)
    routes = fabric.settled(loss, made.services, normal)
    return faults(made.meaning, fabric, routes, loss, site, SERVICE_A)


def test_whatever_one_thing_is_lost_packets_come_back_by_who_knows_them(made: Whole) -> None:
    for site in hospitals(made):
        scenes = list(losses_above(made.meaning, site))
        assert len(scenes) == 2 + 4 + 2 + 2 + 2  # lines, then routers and members
        for one in scenes:
            assert list(found(made, site, one.loss)) == [], (site.id, one.name)


@pytest.mark.parametrize(
    ("loss", "member"),
    [
        (without_lines((FIRST, HEAD_FIRST)), SECOND),
        (without_lines((FIRST, HEAD_SECOND)), FIRST),
        (without_lines((FIRST, HEAD_FIRST), (FIRST, HEAD_SECOND)), SECOND),
        (without_lines((SECOND, HEAD_FIRST), (SECOND, HEAD_SECOND)), FIRST),
        (without(HEAD_FIRST), FIRST),
        (without(FIRST), SECOND),
        (without("BJ-H1-AR01"), FIRST),
    ],
    ids=[
        "line to the head's first member",
        "line to the head's second member",
        "both lines of the first member",
        "both lines of the second member",
        "head's first member",
        "hospital's first member",
        "first router of the aggregation",
    ],
)
def test_who_has_the_hosts(made: Whole, loss: Loss, member: str) -> None:
    site = made.meaning.network.sites["weining-h1"]
    assert gateway(made.meaning, site, loss).name == member
    assert list(found(made, site, loss)) == []


@pytest.mark.parametrize(
    ("device", "line", "loss", "says"),
    [
        (FIRST, "  peer 10.80.237.6 enable\n", without("BJ-H1-AR01"), "no default route"),
        (HEAD_SECOND, "  peer 10.80.237.7 enable\n", without(HEAD_FIRST), "no default route"),
        (
            HEAD_SECOND,
            "  peer 10.80.237.3 route-policy METRIC-200 export\n",
            without(FIRST),
            "there by",
        ),
    ],
    ids=["no crossed session", "none at the head", "no metric"],
)
def test_what_a_text_lacks_is_seen(device: str, line: str, loss: Loss, says: str) -> None:
    made = damaged(device, line, "")
    site = made.meaning.network.sites["weining-h1"]
    assert any(says in one for one in found(made, site, loss))
