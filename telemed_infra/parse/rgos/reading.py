"""How RGOS reads a line, and a whole text: abbreviations, views, banners.

Words may be as short as those of IOS; other abbreviations are unread, since a device knows more
words than the tables. Source: docs/reference/platforms.md.
"""

from __future__ import annotations

import re
from dataclasses import replace

from telemed_infra.parse.frr.engine import Grammar
from telemed_infra.parse.ios.dialect import IOS
from telemed_infra.parse.ios.reading import read_ios
from telemed_infra.parse.ios.state import Ios
from telemed_infra.parse.reading import Reading

RGOS = replace(
    IOS,
    leaving=frozenset({"exit", "ex", "quit"}),
    opening=(
        *("aaa", "class-map", "control-plane", "cwmp", "expert", "interface", "ip", "ipv6", "key"),
        *("line", "mac", "monitor", "nfpp", "policy-map", "redundancy", "route-map", "router"),
        *("switch", "time-range", "track", "vlan", "voice", "vrf"),
    ),
    secret=re.compile(
        r"(?i)(\b(?:pas(?!\w* policy\b)\w*|secret|key|community|md5|sha\d?(?:-\d+)?|auth|priv"
        r"|snmp-server host \S+)(?: \d+)? )\S.*"
    ),
    shortest={**IOS.shortest, "port-group": "port-g"},
)


def read_rgos(grammar: Grammar[Ios], state: Ios, text: str) -> Reading:
    """Apply every line of the text to the state; never raises for any text."""
    return read_ios(grammar, state, text, dialect=RGOS)
