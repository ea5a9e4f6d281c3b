"""One text of each platform and kind, from the small province: a person reads what changes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from telemed_infra.pipeline.meaning import Meaning
from tests.plan.building import texts
from tests.plan.variants import network, small

FOLDER = Path(__file__).resolve().parent / "configs"
KEPT = (
    "BJ-WN-H1-FW01.usg",  # a county hospital's firewall
    "BJ-WN-C-FW01.usg",  # a county's head
    "BJ-H1-FW01.usg",  # a city hospital's firewall, with IPv6
    "BJ-WN-CH-GW01.nft",  # a township's gateway
    "GZ-DCA-SE01.nft",  # a host, with IPv6
    "GZ-DCA-SE01.guard.nft",  # the doors of a service edge
    "GZ-DCA-SE01.frr",  # its routing
    "BJ-WN-CH-ASW01.vrp",  # an access switch
    "BJ-WN-C-CSW01.vrp",  # a core switch
    "GZ-DCA-CR01.vrp",  # a core router
    "BJ-H1-IDS01.suricata/suricata.yaml",  # a sensor
)


@pytest.fixture(scope="module")
def written() -> dict[str, str]:
    return {name: text for _, name, text in texts(Meaning(network(small())))}


@pytest.mark.parametrize("name", KEPT)
def test_a_configuration(
    golden: Callable[[Path, str], None], written: dict[str, str], name: str
) -> None:
    golden(FOLDER / name, written[name])


def test_nothing_else_is_kept() -> None:
    kept = {str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*") if path.is_file()}
    assert kept == set(KEPT)
