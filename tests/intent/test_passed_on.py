"""What crosses the line between the two firewalls of a provincial hospital."""

from __future__ import annotations

from functools import cache

from telemed_infra.intent.network import written
from telemed_infra.intent.openings import Opening
from telemed_infra.pipeline.meaning import Meaning
from tests.plan.variants import network, small

WITHIN = ("WAN", "WAN")


@cache
def meaning() -> Meaning:
    """The small province in which operators reach every firewall."""
    files = dict(small())
    policies = [dict(one) for one in files["policies/network.yml"]]
    policies[1]["to"] = {"devices": "FW"}
    return Meaning(network({**files, "policies/network.yml": policies}))


def openings(site: str) -> list[Opening]:
    return written(meaning().intent.at(site))


def sides(some: list[Opening]) -> set[tuple[str, object, object, tuple[str, ...]]]:
    return {(one.policy, one.sources.key, one.destinations.key, one.apps) for one in some}


def test_the_other_member_passes_on_what_leaves_and_what_is_for_the_first_itself() -> None:
    found = openings("guizhou-h1")
    leaving = [one for one in found if one.zone_out == "WAN" and one.zone_in != "WAN"]
    own = [one for one in found if one.way == ("WAN", "LOCAL")]
    assert {one.policy for one in leaving} == {"N0001"}
    assert {one.policy for one in own} == {"N0002"}
    assert sides([one for one in found if one.way == WITHIN]) == sides(leaving + own)


def test_no_other_pair_passes_anything_on() -> None:
    for site in ("bijie-h1", "weining-c", "weining-h1", "dc-a"):
        assert WITHIN not in {one.way for one in openings(site)}


def test_rules_of_one_policy_have_names_of_their_own() -> None:
    within = [one for one in openings("guizhou-h1") if one.way == WITHIN]
    assert len({(one.policy, one.sense, one.apps) for one in within}) == len(within) > 2
