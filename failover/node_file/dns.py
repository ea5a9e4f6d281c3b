"""The tables `[dns.GROUP]` of a node file: names that lead to this centre while it owns the group.

[dns.portal]
server = "10.0.150.53"                  # the zone's primary, by address
zone = "tele.example"
key = "tls/move.key"                    # as `tsig-keygen` writes it, mode 0600 or 0640

[dns.portal.names]                      # absolute, with the addresses that they have here
"portal.tele.example" = ["10.0.12.1", "2001:db8::12:1"]

Besides: `port` 53, `ttl_s` 5, and `timeout_s` 2 of one exchange with the server.
"""

from __future__ import annotations

import re
from ipaddress import ip_address
from pathlib import Path

from failover.node_file.content import Dns
from failover.plan_file.values import Number, Text, Value

NEEDED = ("server", "zone", "key", "names")
NUMBERS = ("port", "ttl_s")
OPTIONAL = (*NUMBERS, "timeout_s")
LABEL = r"(?!-)[a-z0-9_-]{1,63}(?<!-)"
NAME = Text("the name of a zone or a host", re.compile(rf"{LABEL}(?:\.{LABEL})*\.?", re.I), 240)
PATH = Text("a path", re.compile(r"[^\0]+"), 4096)
ADDRESS = Text("an address", re.compile(r"[0-9A-Fa-f:.]+"), 45)
TIMEOUT_S = Number(0, 30, above=True)
PORT_MAX, TTL_S_MAX = 65_535, 86_400
NAMES_MAX = ADDRESSES_MAX = 64


def read_dns(value: Value, folder: Path) -> Dns:
    """One table; relative paths are of `folder`.

    Raises:
        PlanProblem: Something in it is wrong; the place says where.
    """
    keys = value.keys(NEEDED, OPTIONAL)
    usual = Dns(server="", zone="", key=folder, names={})
    zone = _name(keys["zone"], keys["zone"].text(NAME))
    return Dns(
        server=_address(keys["server"]),
        port=keys["port"].whole(1, PORT_MAX) if "port" in keys else usual.port,
        zone=zone,
        key=folder / keys["key"].text(PATH),
        names=_names(keys["names"], zone),
        ttl_s=keys["ttl_s"].whole(0, TTL_S_MAX) if "ttl_s" in keys else usual.ttl_s,
        timeout_s=keys["timeout_s"].number(TIMEOUT_S) if "timeout_s" in keys else usual.timeout_s,
    )


def _names(value: Value, zone: str) -> dict[str, tuple[str, ...]]:
    members = value.members()
    if not 1 <= len(members) <= NAMES_MAX:
        raise value.problem(f"has {len(members)} names, not 1 to {NAMES_MAX}")
    found: dict[str, tuple[str, ...]] = {}
    for written, addresses in members.items():
        name = _name(addresses, written)
        if name != zone and not name.endswith(f".{zone}"):
            raise addresses.problem(f"is not in the zone {zone}", "write the whole name")
        if name in found:
            raise addresses.problem("stands there twice", "a name's case and last dot do not count")
        found[name] = tuple(map(_address, addresses.items(least=1, most=ADDRESSES_MAX)))
    return found


def _name(value: Value, written: str) -> str:
    """Absolute and in small letters."""
    if not NAME.pattern.fullmatch(written) or len(written) > NAME.most:
        raise value.problem(f"is not {NAME.noun}", "like portal.tele.example")
    return f"{written.lower().rstrip('.')}."


def _address(value: Value) -> str:
    try:
        return str(ip_address(value.text(ADDRESS)))
    except ValueError:
        hint = "no name server is asked for an address"
        raise value.problem(f"`{value.raw}` is no address", hint) from None
