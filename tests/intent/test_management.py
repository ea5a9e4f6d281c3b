"""The selector `management`: single servers of the data centres."""

from __future__ import annotations

from typing import Any

import pytest

from telemed_infra.intent.ends import End
from telemed_infra.intent.expectations import NOTHING
from telemed_infra.intent.scope import label
from telemed_infra.model.schema.policy_file import Selector
from telemed_infra.pipeline.meaning import Meaning
from tests.intent.provinces import INVENTORY, TOWNSHIPS, Province, Words, allow, expect
from tests.model.small_province import write


@pytest.fixture(scope="module")
def real() -> Province:
    return Province(INVENTORY)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Province:
    return Province(write(tmp_path_factory.mktemp("small")))


def selector(**words: Any) -> Selector:
    return Selector.model_validate(words)


def facts(end: End) -> tuple[Any, ...]:
    addresses = tuple(one and one.text for one in (end.v4, end.v6))
    return (end.name, *addresses, end.places, end.site, end.county, end.prefecture, end.instance)


# SECOPS is VLAN 150 = 0x96 at 38400 of 10.0.0.0/14 and 10.4.0.0/14; bastion 10, nms 50 = 0x32.
def server(center: str, name: str, v4: str, v6: str) -> tuple[Any, ...]:
    place = ((center, "SECOPS"),)
    return (f"{center} {name}", v4, v6, place, center, None, None, False)


BASTION_A = server("dc-a", "bastion", "10.0.150.10/32", "2001:db8:a00:96::a/128")
NMS_A = server("dc-a", "nms", "10.0.150.50/32", "2001:db8:a00:96::32/128")
BASTION_B = server("dc-b", "bastion", "10.4.150.10/32", "2001:db8:a10:96::a/128")
NMS_B = server("dc-b", "nms", "10.4.150.50/32", "2001:db8:a10:96::32/128")


@pytest.mark.parametrize(
    ("words", "ends"),
    [
        ({"management": ["bastion"]}, [BASTION_A, BASTION_B]),
        ({"management": ["bastion", "nms"]}, [BASTION_A, NMS_A, BASTION_B, NMS_B]),
        ({"management": ["nms"], "site": "dc-b"}, [NMS_B]),
        ({"management": ["nms"], "kind": "data-center"}, [NMS_A, NMS_B]),
        ({"management": ["nms"], "kind": ["township", "data-center"]}, [NMS_A, NMS_B]),
        ({"management": ["nms"], "prefecture": "bijie"}, []),
    ],
)
def test_ends(real: Province, words: Words, ends: list[tuple[Any, ...]]) -> None:
    assert [facts(end) for end in real.ends.of(selector(**words))] == ends


def test_each_server_is_one_end_whoever_speaks_of_it(real: Province) -> None:
    one = real.ends.of(selector(management=["bastion"]))
    both = real.ends.of(selector(management=["nms", "bastion"]))
    assert [end for end in both if end in one] == list(one)
    assert {end.origin for end in both} == {real.network.management.origin}
    assert one[0].origin.startswith("inventory/network.yml:")


@pytest.mark.parametrize(
    ("words", "scope", "name"),
    [
        ({"management": ["bastion", "nms"]}, "", "MANAGEMENT-BASTION-NMS"),
        ({"management": ["bastion"]}, "dc-a", "MANAGEMENT-BASTION-dc-a"),
        ({"management": ["ntp"], "site": "dc-b"}, "", "MANAGEMENT-NTP-dc-b"),
        ({"management": ["ntp"], "kind": "data-center"}, "", "DC-MANAGEMENT-NTP"),
    ],
)
def test_labels(words: Words, scope: str, name: str) -> None:
    assert label(selector(**words), scope) == name


def test_a_bastion_opens_the_databases_of_its_own_centre_alone(real: Province) -> None:
    found = [one for one in Meaning(real.network).intent.at("dc-a") if one.policy == "N0010"]
    assert [(one.zone_in, one.zone_out) for one in found] == [("SECOPS", "DB")]
    assert [(one.name, one.v4.text) for one in found[0].sources.members if one.v4] == [
        ("dc-a bastion", "10.0.150.10/32")
    ]


def test_a_whole_zone_that_manages_devices_is_found(real: Province) -> None:
    policy = allow({"kind": "data-center", "zone": "SECOPS"}, {"devices": "GW"}, ["ssh"], "P9999")
    verdicts = real.judge(policies=[*real.network.policies, policy])
    failed = {one.expectation.id: one.witness for one in verdicts if not one.holds}
    assert set(failed) == {"E056"}
    assert "from `dc-a SECOPS` (shares addresses with `dc-a ntp`) to `" in failed["E056"]


def test_management_servers_lie_inside_their_zone(small: Province) -> None:
    zone, bastion = {"kind": "data-center", "zone": "SECOPS"}, {"management": ["bastion"]}
    to_zone, to_bastion = allow(TOWNSHIPS, zone, ["ssh"]), allow(TOWNSHIPS, bastion, ["ssh"])
    assert small.one(expect("never", TOWNSHIPS, bastion), to_zone).witness == (
        "P0001 opens `ssh` from `weining-caohai IMAGING` to "
        "`dc-a SECOPS` (shares addresses with `dc-a bastion`)"
    )
    assert not small.one(expect("never", TOWNSHIPS, zone), to_bastion).holds
    assert small.one(expect("never", TOWNSHIPS, {"management": ["nms", "dns"]}), to_bastion).holds
    assert small.one(expect("always", TOWNSHIPS, bastion, ["ssh"]), to_zone).holds
    assert not small.one(expect("always", TOWNSHIPS, zone, ["ssh"]), to_bastion).holds


def test_management_servers_of_one_centre_do_not_meet(small: Province) -> None:
    every = {"management": ["bastion", "nms"]}
    policy = allow(every, every, ["ssh"])
    assert small.one(expect("always", every, every, ["ssh"]), policy).pairs == 2 * 2 * 2
    alone = {**every, "within": "site"}
    assert small.one(expect("always", every, alone, ["ssh"]), policy).witness == NOTHING
