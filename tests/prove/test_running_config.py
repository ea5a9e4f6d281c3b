"""What FRR says of a loaded router is proven too, and means what we wrote."""

from __future__ import annotations

import pytest

from telemed_infra.parse.frr import parse_frr
from telemed_infra.pipeline.device import prover
from tests.parse.frr.daemons import OF_BGP, routers
from tests.parse.frr.test_bgpd import meaning
from tests.prove.rendered import province, texts

pytestmark = [pytest.mark.root, pytest.mark.debian("vtysh"), pytest.mark.debian("ip")]


@pytest.mark.parametrize(
    ("site", "name"),
    [
        ("dc-a", "GZ-DCA-SE01.frr"),
        ("tongren-h1", "TR-H1-AR01.frr"),
        ("tongren-h1", "TR-H1-FW01.frr"),
        ("tongren-h1", "TR-H1-FW02.frr"),
    ],
)
def test_a_running_configuration(site: str, name: str) -> None:
    """One text of each shape; tests/test_province.py compares."""
    (one,) = (one for one in texts(site, "frr") if one.name == name)
    with routers("r", daemons=(*OF_BGP, "pimd")) as (router,):
        router.load(one.rendered.text)
        listing = router.says("show running-config")
    read, again = parse_frr(one.rendered.text), parse_frr(listing)
    assert read.unread == again.unread == ()
    assert meaning(again) == meaning(read)
    proof = prover(province()).prove(one.device, listing, one.part)
    assert [str(finding) for finding in proof.findings] == []
