from __future__ import annotations

from bisect import bisect

import pytest
import yaml
from jinja2 import FileSystemLoader

from telemed_infra.render.suricata import NOWHERE, sensor_files
from telemed_infra.render.text import environment
from tests.suricata.sensors import KINDS, TEMPLATES, config_of, files_of, network, plan, sensors


def variable(kind: str, name: str) -> set[str]:
    (found,) = (one for one in config_of(kind).addresses if one.name == name)
    return {entry.prefix.text for entry in found.entries}


def test_each_kind_of_the_inventory_has_a_sensor() -> None:
    assert set(sensors()) == set(network().ids.sensors) == set(KINDS)


def test_a_county_centre_guards_its_site_and_all_below() -> None:
    site = sensors()["county-center"].site
    assert site.county_id is not None
    county = network().counties[site.county_id]
    below = [county.center, *county.hospitals, *county.townships]
    home = variable("county-center", "HOME_NET")
    assert home == {plan().sites[one.id].block4.text for one in below}
    townships = variable("county-center", "TOWNSHIP_NET")
    assert townships == {plan().sites[one.id].block4.text for one in county.townships}


@pytest.mark.parametrize("kind", ["provincial-hospital", "city-hospital"])
def test_a_hospital_guards_itself(kind: str) -> None:
    own = plan().sites[sensors()[kind].site.id]
    assert variable(kind, "HOME_NET") == {own.block4.text, own.block6.text}


def test_a_centre_guards_itself_and_the_service_pool() -> None:
    own = plan().sites[sensors()["data-center"].site.id]
    pool = network().addresses.service_pool
    home = variable("data-center", "HOME_NET")
    assert home == {own.block4.text, own.block6.text, pool.v4, pool.v6}


def test_an_aggregation_guards_its_prefecture() -> None:
    site = sensors()["city-aggregation"].site
    assert site.prefecture is not None
    home = variable("city-aggregation", "HOME_NET")
    (v4,) = (one for one in home if "." in one)
    assert v4 == f"10.{16 * site.prefecture.num}.0.0/12"
    assert len(home) == 2


def test_the_townships_of_a_prefecture_are_those_of_its_counties() -> None:
    site = sensors()["city-aggregation"].site
    found = [
        entry.prefix.range
        for one in config_of("city-aggregation").addresses
        if one.name == "TOWNSHIP_NET"
        for entry in one.entries
    ]
    for other in network().sites.values():
        if other.kind == "township":
            low, high = plan().sites[other.id].block4.range
            inside = any(first <= low and high <= last for first, last in found)
            assert inside == (other.prefecture == site.prefecture), other.id


@pytest.mark.parametrize("kind", KINDS)
def test_each_interface_is_a_mirrored_one(kind: str) -> None:
    device = sensors()[kind]
    mirrored = [one for one in device.blueprint.links if one.mirror]
    assert config_of(kind).interfaces
    assert len(config_of(kind).interfaces) * device.blueprint.devices[device.role].count == len(
        mirrored
    )


@pytest.mark.parametrize("kind", KINDS)
def test_every_value_has_an_origin_in_the_inventory(kind: str) -> None:
    config = config_of(kind)
    origins = [entry.origins for one in config.addresses for entry in one.entries]
    origins += [one.origins for one in config.rule_sets]
    origins += [one.origins for one in config.trusted]
    origins += [one.origins for one in config.ports]
    assert all(origins)
    assert all(":" in origin for some in origins for origin in some)


@pytest.mark.parametrize("kind", KINDS)
def test_every_line_of_a_value_leads_to_its_origin(kind: str) -> None:
    config = config_of(kind)
    templates = environment(FileSystemLoader(TEMPLATES))
    rendered = dict(sensor_files(templates, config))["suricata.yaml"]
    lines = [line.strip(" [],") for line in rendered.text.splitlines()]
    starts = [line for line, _ in rendered.origins]
    for entry in config.addresses[0].entries:
        line = 1 + lines.index(entry.prefix.text)
        assert rendered.origins[bisect(starts, line) - 1][1] == " ".join(entry.origins)


@pytest.mark.parametrize("kind", KINDS)
def test_the_configuration_is_yaml_and_holds_every_variable(kind: str) -> None:
    text = {file.path.name: file.text for file in files_of(kind)}["suricata.yaml"]
    read = yaml.safe_load(text)
    groups = read["vars"]["address-groups"]
    assert set(groups) == {one.name for one in config_of(kind).addresses}
    assert all(value.startswith("[") and value.endswith("]") for value in groups.values())


def test_a_group_without_addresses_holds_one_that_is_on_no_wire() -> None:
    text = {file.path.name: file.text for file in files_of("data-center")}["suricata.yaml"]
    assert yaml.safe_load(text)["vars"]["address-groups"]["IOMT_NET"] == f"[{NOWHERE}]"


def test_no_event_carries_contents() -> None:
    text = {file.path.name: file.text for file in files_of("data-center")}["suricata.yaml"]
    (log,) = (one["eve-log"] for one in yaml.safe_load(text)["outputs"])
    (alert,) = (one["alert"] for one in log["types"] if isinstance(one, dict) and "alert" in one)
    contents = ("payload", "payload-printable", "packet", "http-body", "http-body-printable")
    assert not any(alert[name] for name in contents)
