"""What the kernel says of a loaded gateway is proven too, not only what we wrote."""

from __future__ import annotations

import subprocess
from pathlib import Path

import jinja2
import pytest

from telemed_infra.model.load import load
from telemed_infra.pipeline.device import prover
from telemed_infra.pipeline.meaning import Meaning
from telemed_infra.pipeline.texts import Texts
from telemed_infra.render.text import environment
from telemed_infra.resources import shipped

INVENTORY = Path(__file__).resolve().parents[2] / "inventory"
GATEWAYS = ("weining-caohai", "dc-a")


@pytest.fixture(scope="module")
def meaning() -> Meaning:
    return Meaning(load(INVENTORY, as_of=None))


@pytest.mark.root
@pytest.mark.debian("nft")
@pytest.mark.parametrize("options", [(), ("-n",), ("-s",)], ids=["plain", "numeric", "stateless"])
@pytest.mark.parametrize("site", GATEWAYS)
def test_a_loaded_ruleset_as_nft_lists_it_is_proven(
    meaning: Meaning, site: str, options: tuple[str, ...], tmp_path: Path
) -> None:
    texts = Texts(meaning, environment(jinja2.FileSystemLoader(shipped("templates"))))
    proven = 0
    for one in texts.of(meaning.network.sites[site]):
        if one.platform != "nftables":
            continue
        path = tmp_path / one.name
        path.write_text(one.rendered.text)
        listing = loaded(path, options)
        assert listing != one.rendered.text
        proof = prover(meaning).prove(one.device, listing, one.part)
        assert [str(finding) for finding in proof.findings] == []
        assert proof.rules > 0
        proven += 1
    assert proven


def loaded(path: Path, options: tuple[str, ...]) -> str:
    """`nft list ruleset` in a network namespace where the file was loaded."""
    script = 'nft -f "$0" && exec nft "$@" list ruleset'
    command = ["unshare", "-n", "sh", "-c", script, str(path), *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout
