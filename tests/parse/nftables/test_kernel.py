"""The kernel as a judge: what nft lists of a loaded text means what the text means."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from msgspec.structs import replace

from telemed_infra.parse.behaviour import Chain
from telemed_infra.parse.nftables import parse_nftables
from tests.parse.nftables.packet import forward_chain
from tests.parse.nftables.test_conditions import MATCHING, NOT_MATCHING, SETS
from tests.parse.nftables.test_foreign import TEXTS
from tests.parse.nftables.test_text import OWN_STYLE

pytestmark = [pytest.mark.root, pytest.mark.debian("nft"), pytest.mark.debian("unshare")]

LISTINGS = ("nft list ruleset", "nft -n list ruleset", "nft -s list ruleset")
SEPARATOR = "# ---- next listing"
# nft 1.0.6 forgets a difference when it lists: `==` before several states, and a protocol that
# stood before a type of ICMP, so that the kernel did not ask for the family.
FORGOTTEN = {"ct state == new,established", "meta l4proto ipv6-icmp icmpv6 type 128"}
# These want a counter and interfaces that are not there.
WANTING = {
    "counter packets 7 bytes 420 tcp dport 443 counter name hits", "iif lan0", "oif wan0",
}  # fmt: skip
REFUSED = {"tcp dport 22 tcp dport 443"} | WANTING | FORGOTTEN


def listings(text: str) -> list[str]:
    """What nft prints of a text that it loaded into an empty network namespace."""
    script = f" && echo '{SEPARATOR}' && ".join(("nft -f -", *LISTINGS))
    run = subprocess.run(
        ["unshare", "--net", "sh", "-c", script],
        input=text, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    return run.stdout.split(SEPARATOR)[1:]


def meaning(text: str) -> list[Chain]:
    """Chains without the places that they have in the text; all of it must be read."""
    behaviour = parse_nftables(text)
    assert behaviour.unread == ()
    return [
        replace(chain, line=0, rules=tuple(replace(rule, line=0) for rule in chain.rules))
        for chain in behaviour.chains
    ]


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_listings_of_foreign_texts(path: Path) -> None:
    text = path.read_text()
    for listing in listings(text):
        assert meaning(listing) == meaning(text)


def test_listings_of_our_style() -> None:
    for listing in listings(OWN_STYLE):
        assert meaning(listing) == meaning(OWN_STYLE)


def test_listings_of_every_condition() -> None:
    conditions = [condition for condition, _ in MATCHING + NOT_MATCHING if condition not in REFUSED]
    text = forward_chain(*(f"{condition} accept" for condition in conditions), before=SETS)
    for listing in listings(text):
        assert meaning(listing) == meaning(text)


def test_what_nft_forgets() -> None:
    """Should this fail with a newer nft, its listings became more faithful."""
    for condition in sorted(FORGOTTEN):
        text = forward_chain(f"{condition} accept")
        assert all(meaning(listing) != meaning(text) for listing in listings(text))


def test_nft_reads_its_own_name_of_a_dicom_port_as_another() -> None:
    """Why `dicom` is no name for the parser: 11112 is listed as it, and it is read as 104."""
    (listing, *_) = listings(forward_chain("tcp dport dicom accept"))
    assert "tcp dport 104 accept" in listing


def test_names_of_ports_that_nft_prints() -> None:
    text = forward_chain("tcp dport { 22, 53, 80, 104, 443, 514, 636, 2575, 5432 } accept")
    run = subprocess.run(
        ["unshare", "--net", "sh", "-c", "nft -f - && nft -S list ruleset"],
        input=text, capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    assert '"ssh"' in run.stdout
    assert meaning(run.stdout) == meaning(text)
