"""What the kernel says of a loaded gateway is proven too, and means what we wrote."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from telemed_infra.parse.guard import parse_guard
from telemed_infra.parse.nftables import parse_nftables
from telemed_infra.pipeline.device import prover
from telemed_infra.pipeline.layout import Part
from tests.parse.meaning import meaning
from tests.prove.rendered import SITES, province, texts

pytestmark = [pytest.mark.root, pytest.mark.debian("nft"), pytest.mark.debian("unshare")]
OPTIONS = {"plain": (), "numeric": ("-n",), "stateless": ("-s",)}


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
@pytest.mark.parametrize("site", SITES)
def test_a_loaded_ruleset_as_nft_lists_it(
    site: str, options: tuple[str, ...], tmp_path: Path
) -> None:
    """Proven from the listing alone, and its parse is that of our text."""
    seen = 0
    for one in texts(site, "nftables"):
        path = tmp_path / one.name
        path.write_text(one.rendered.text)
        listing = loaded(path, options)
        assert listing != one.rendered.text
        proof = prover(province()).prove(one.device, listing, one.part)
        assert [str(finding) for finding in proof.findings] == []
        reader = parse_guard if one.part is Part.GUARD else parse_nftables
        assert meaning(reader(listing)) == meaning(reader(one.rendered.text))
        seen += 1
    assert seen


def loaded(path: Path, options: tuple[str, ...]) -> str:
    """`nft list ruleset` in a network namespace where the file was loaded."""
    script = 'nft -f "$0" && exec nft "$@" list ruleset'
    command = ["unshare", "-n", "sh", "-c", script, str(path), *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout
