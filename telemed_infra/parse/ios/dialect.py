"""How IOS reads a line: comments, capitals, abbreviations, and what leads out of a view.

A device takes any abbreviation that is unique among *all* its commands; a reader that knows some
of them only cannot tell. So each word that may be shortened stands here with the shortest form
that is taken, and other abbreviations are unread. Source: docs/reference/platforms.md.
"""

from __future__ import annotations

import re

from telemed_infra.parse.frr.engine import Dialect

EXEC = "exec"
"""Where `end` leads: what stands there configures nothing."""

_SHORTEST = {
    "access": "ac",
    "access-class": "access-c",
    "access-group": "access-g",
    "access-list": "access-l",
    "accounting": "accou",
    "activate": "act",
    "address": "add",
    "aggregate-address": "agg",
    "allowed": "al",
    "authentication": "authe",
    "authorization": "autho",
    "bpduguard": "bpdug",
    "channel-group": "channel-g",
    "class-map": "class-m",
    "community": "com",
    "configure": "conf",
    "default": "def",
    "deny": "den",
    "description": "desc",
    "destination": "dest",
    "disable": "disa",
    "dot1q": "dot1",
    "enable": "en",
    "encapsulation": "enc",
    "exec-timeout": "exec-t",
    "extended": "ext",
    "group": "gr",
    "hostname": "host",
    "input": "inp",
    "inspect": "ins",
    "interface": "int",
    "local": "loc",
    "logging": "logg",
    "login": "logi",
    "match": "mat",
    "maximum": "max",
    "memory": "mem",
    "mode": "mo",
    "native": "nat",
    "neighbor": "nei",
    "network": "net",
    "new-model": "new",
    "nonegotiate": "non",
    "object-group": "obj",
    "permit": "per",
    "policy-map": "policy-m",
    "portfast": "portf",
    "prefix-list": "pref",
    "privilege": "priv",
    "protocol": "prot",
    "range": "ra",
    "redistribute": "red",
    "remark": "rem",
    "remote-as": "remot",
    "remove": "rem",
    "route-map": "route-m",
    "router": "rout",
    "running-config": "run",
    "secret": "sec",
    "security": "sec",
    "send-community": "send-c",
    "server": "ser",
    "service": "serv",
    "service-policy": "service-p",
    "shutdown": "sh",
    "snooping": "snoop",
    "source": "so",
    "spanning-tree": "span",
    "standard": "sta",
    "startup-config": "start",
    "switchport": "sw",
    "terminal": "t",
    "timestamps": "time",
    "transport": "trans",
    "trap-source": "trap-so",
    "traps": "tra",
    "trunk": "tr",
    "update-source": "upd",
    "username": "user",
    "version": "ver",
    "vlan": "vl",
    "write": "wr",
    "zone-member": "zone-m",
    "zone-pair": "zone-p",
}

IOS = Dialect(
    comments="!",
    leaving=frozenset({"exit", "ex", "quit", "exit-address-family", "exit-vrf", "exit-vrrp"}),
    opening=(
        *("aaa", "address-family", "archive", "call-home", "class", "class-map", "control-plane"),
        *("crypto", "flow", "interface", "ip", "ipv6", "key", "line", "monitor", "object-group"),
        *("parameter-map", "policy-map", "radius", "redundancy", "router", "spanning-tree"),
        *("tacacs", "template", "track", "vlan", "voice", "vrf", "zone", "zone-pair"),
    ),
    listing=re.compile(
        r"Building configuration\.\.\.|Current configuration ?:.*|Using \d+ out of \d+ bytes.*"
    ),
    secret=re.compile(
        r"(?i)(\b(?:pas(?!s log\b)\w*|secret|key|key-string|community|pre-shared-key|md5|sha\d*"
        r"|auth|priv|snmp-server host \S+)(?: \d+)? )\S.*"
    ),
    after_end=EXEC,
    any_case=True,
    shortest=_SHORTEST,
    negates=True,
    indents=True,
)


def is_word(typed: str, word: str) -> bool:
    """Whether a typed word stands for one of the tables: it, or a form that is short enough."""
    lower = typed.lower()
    return lower == word or (
        word in _SHORTEST and word.startswith(lower) and lower.startswith(_SHORTEST[word])
    )
