"""Aerleon as a writer of texts: the same policy for nftables and for IOS."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aerleon.lib.cisco import Cisco
from aerleon.lib.naming import Naming
from aerleon.lib.nftables import Nftables
from aerleon.lib.policy import ParsePolicy, Policy

from tests.parse.foreign.terms import Term, names, policy_text

WEEKS = 2  # before a term expires it warns; no term of ours expires


def nftables(filters: Mapping[str, Sequence[Term]]) -> str:
    """What Aerleon writes for nftables: a chain for each target, `mixed forward` for example."""
    return str(Nftables(_policy("nftables", filters), WEEKS))


def cisco(filters: Mapping[str, Sequence[Term]]) -> str:
    """What Aerleon writes for IOS: lists for each target, `clinics mixed` for example."""
    return str(Cisco(_policy("cisco", filters), WEEKS))


def _policy(platform: str, filters: Mapping[str, Sequence[Term]]) -> Policy:
    found = {f"{platform} {target}": terms for target, terms in filters.items()}
    naming = Naming()
    networks, services = names(found)
    naming.ParseNetworkList(networks)
    naming.ParseServiceList(services)
    return ParsePolicy(policy_text(found), naming)
