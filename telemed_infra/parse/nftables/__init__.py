"""Reads nftables text: files that people or templates write, and what `nft list ruleset` prints.

The text is taken as the whole ruleset. Only packets that open a connection are judged
(`ct state new`); what becomes of their replies is `Chain.stateful`. Nat chains judge nothing: they
are read where they change prefixes one to one (see `translations`). What is not modelled is an
`Unread`, never an error. Source: nft(8), and nft 1.0.6 itself (`nft --debug=netlink`).
"""

from __future__ import annotations

from telemed_infra.parse.behaviour import FirewallBehaviour
from telemed_infra.parse.nftables.commands import read_commands
from telemed_infra.parse.nftables.report import Report
from telemed_infra.parse.nftables.tokens import Cursor, without_comments

__all__ = ["parse_nftables"]


def parse_nftables(text: str) -> FirewallBehaviour:
    """What a ruleset does with packets that open a connection. Never raises."""
    lines = without_comments(text)
    cursor = Cursor("\n".join(lines))
    report = Report(read_commands(cursor))
    return report.behaviour(lines, cursor.continued)
