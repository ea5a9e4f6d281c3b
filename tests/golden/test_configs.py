"""One text of each platform and kind, from the small province: a person reads what changes."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from telemed_infra.pipeline.meaning import Meaning
from tests.plan.building import texts
from tests.plan.variants import Documents, mixed, network, small, with_cisco, with_ruijie
from tests.routing.province import written as routing_of_the_slice

FOLDER = Path(__file__).resolve().parent / "configs"
KEPT = (
    "BJ-WN-H1-FW01.usg",  # a county hospital's firewall
    "BJ-WN-C-FW01.usg",  # a county's head
    "BJ-H1-FW01.usg",  # a city hospital's firewall, with IPv6
    "GZ-H1-FW02.usg",  # the second of a provincial hospital's firewalls, which speak
    "BJ-WN-CH-GW01.nft",  # a township's gateway
    "BJ-WN-CH-GW01.swanctl",  # its tunnels
    "GZ-DCA-SE01.nft",  # a host, with IPv6
    "GZ-DCA-SE01.guard.nft",  # the doors of a service edge
    "GZ-DCA-SE01.frr",  # its routing
    "GZ-DCA-SE01.keepalived",  # the address that the pool of services is led to
    "BJ-WN-CH-ASW01.vrp",  # an access switch
    "BJ-WN-C-CSW01.vrp",  # a core switch
    "GZ-DCA-CR01.vrp",  # a core router
    "BJ-H1-AR01.vrp",  # a prefecture's router
    "BJ-NY-H1-FW01.frr",  # routing of a Linux firewall
    "BJ-NY-H1-FW01.keepalived",  # its zones' addresses
    "BJ-NY-H1-FW01.conntrackd",  # what it tells the other one of its pair
    "BJ-H1-IDS01.suricata/suricata.yaml",  # a sensor
)
KEPT_OF_H3C = (
    "GZ-DCB-FW01.secpath",  # a data centre's firewall, with IPv6
    "QN-GD-C-FW01.secpath",  # a county's head
    "QN-H1-FW02.secpath",  # the second of a city hospital's firewalls, with IPv6
    "GZ-H1-FW01.secpath",  # a provincial hospital's firewall, which speaks with the other
    "QN-GD-C-CSW01.comware",  # a core switch
    "QN-GD-CM-ASW01.comware",  # an access switch
    "GZ-DCB-CSW01.comware",  # with IPv6
)
KEPT_OF_CISCO = (
    "GZ-DCB-FW01.ios",  # a data centre's firewall, with IPv6
    "QN-GD-C-FW01.ios",  # a county's head
    "QN-H1-FW02.ios",  # the second of a city hospital's firewalls, with IPv6
    "QN-GD-C-CSW01.ios",  # a core switch
    "QN-GD-CM-ASW01.ios",  # an access switch
    "GZ-DCB-CSW01.ios",  # with IPv6
)
KEPT_OF_RUIJIE = ("BJ-WN-CH-ASW01.rgos",)  # an access switch
LINUX = FOLDER.parent / "linux"
ON_LINUX = (
    "GZ-DCA-CR01.frr",
    "BJ-H1-AR01.frr",
    "BJ-WN-C-FW01.frr",  # a county's head
    "GZ-H1-FW01.frr",  # a provincial hospital's firewall, which speaks with the other
    "GZ-DCA-FW01.frr",  # a centre's firewall: no session
)


PORTS: dict[str, dict[str, Any]] = {  # the small province says nothing of them
    "VIDEO": {"authentication": ["dot1x", "mac"], "addresses_max": 2, "admits": True},
    "IMAGING": {"authentication": ["mac"], "addresses_max": 2, "admits": True},
    "GUEST": {"addresses_max": 8},
}


def by_name(files: Documents) -> dict[str, str]:
    files = deepcopy(files)
    for zone, ports in PORTS.items():
        files["network.yml"]["zones"][zone]["ports"] = ports
    return {name: text for _, name, text in texts(Meaning(network(files)))}


@pytest.fixture(scope="module")
def written() -> dict[str, str]:
    return by_name(small())


@pytest.fixture(scope="module")
def written_by_h3c() -> dict[str, str]:
    return by_name(mixed())


@pytest.fixture(scope="module")
def written_by_cisco() -> dict[str, str]:
    return by_name(with_cisco())


@pytest.mark.parametrize("name", KEPT)
def test_a_configuration(
    golden: Callable[[Path, str], None], written: dict[str, str], name: str
) -> None:
    golden(FOLDER / name, written[name])


@pytest.mark.parametrize("name", KEPT_OF_H3C)
def test_a_configuration_of_h3c(
    golden: Callable[[Path, str], None], written_by_h3c: dict[str, str], name: str
) -> None:
    golden(FOLDER / name, written_by_h3c[name])


@pytest.mark.parametrize("name", KEPT_OF_CISCO)
def test_a_configuration_of_cisco(
    golden: Callable[[Path, str], None], written_by_cisco: dict[str, str], name: str
) -> None:
    golden(FOLDER / name, written_by_cisco[name])


@pytest.mark.parametrize("name", KEPT_OF_RUIJIE)
def test_a_configuration_of_ruijie(golden: Callable[[Path, str], None], name: str) -> None:
    golden(FOLDER / name, by_name(with_ruijie())[name])


@pytest.mark.parametrize("name", ON_LINUX)
def test_routing_on_linux(golden: Callable[[Path, str], None], name: str) -> None:
    """What the slice of the province in tests/routing runs."""
    golden(LINUX / name, routing_of_the_slice()[name.removesuffix(".frr")])


def test_nothing_else_is_kept() -> None:
    vendors = (*KEPT, *KEPT_OF_H3C, *KEPT_OF_CISCO, *KEPT_OF_RUIJIE)
    for folder, names in ((FOLDER, vendors), (LINUX, ON_LINUX)):
        kept = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
        assert kept == set(names)
