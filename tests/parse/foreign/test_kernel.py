"""The kernel's own listing of what generators write means what the text means."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from telemed_infra.parse.nftables import parse_nftables
from tests.parse.foreign.generators import nftables
from tests.parse.foreign.policy import LAN, TERMS, WAN
from tests.parse.foreign.reading import differences
from tests.parse.foreign.test_capirca import TEXTS
from tests.parse.nftables.test_kernel import listings, meaning

pytestmark = [pytest.mark.root, pytest.mark.debian("nft"), pytest.mark.debian("unshare")]

# Of a protocol without ports Aerleon writes pairs of one family's address and the other's protocol
# as well: they match nothing, and nft refuses them.
LOADED = tuple(term for term in TERMS if term.protocol != "esp")


@pytest.mark.parametrize(
    "text",
    [
        lambda: nftables({"mixed forward": LOADED}),
        (TEXTS / "capirca_mixed.nft").read_text,
        (TEXTS / "capirca_inet.nft").read_text,
    ],
    ids=["aerleon", "capirca-mixed", "capirca-inet"],
)
def test_listings(text: Callable[[], str]) -> None:
    for listing in listings(text()):
        assert meaning(listing) == meaning(text())


def test_a_listing_means_the_policy() -> None:
    """Past our reader of the generator's text: policy, generator, kernel, reader."""
    for listing in listings(nftables({"mixed forward": LOADED})):
        assert differences(parse_nftables(listing), LOADED, [(LAN, WAN)]) == []
