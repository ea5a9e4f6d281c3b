"""How H3C's devices keep what is entered."""

from __future__ import annotations

import ipaddress

from tests.emulator.configuration import Dialect, Path
from tests.emulator.grammar import Refused, table_of
from tests.emulator.rewriting import (
    blob,
    dotted,
    interface,
    is_blob,
    length,
    next_number,
    wildcards,
)
from tests.emulator.tables_h3c import COMMON
from tests.emulator.tables_secpath import FIREWALL

INTERFACES = {
    "GigabitEthernet", "Ten-GigabitEthernet", "FortyGigE", "HundredGigE", "Bridge-Aggregation",
    "Route-Aggregation", "Vlan-interface", "LoopBack", "Tunnel", "NULL", "M-GigabitEthernet",
    "Twenty-FiveGigE", "Reth",
}  # fmt: skip


def rewrite(path: Path, words: list[str]) -> list[str]:  # noqa: C901, PLR0911, PLR0912 (an arm a form)
    """The line as it will be printed."""
    view = path[-1].view
    match words:
        case ["interface", *name]:
            return ["interface", interface(name, INTERFACES)]
        case ["import", "interface", *name] if "vlan" not in name:
            return ["import", "interface", interface(name, INTERFACES)]
        case ["ip", "address", address, mask, *rest]:
            return ["ip", "address", address, dotted(mask), *rest]
        case ["ip", "route-static", net, mask, *rest] if net != "vpn-instance":
            return ["ip", "route-static", net, length(mask), *rest]
        case ["network" | "aggregate" as head, net, mask, *rest] if view == "family":
            return [head, net, dotted(mask), *rest]
        case ["rule", "permit" | "deny", *_] if view == "acl":
            return rewrite(path, ["rule", next_number(path, first=0, step=5), *words[1:]])
        case ["rule", number, "permit" | "deny" as does, *rest] if view == "acl":
            return ["rule", number, does, *wildcards(rest)]
        case ["rule", "name", name] if view == "security":
            return ["rule", number_of(path, name), "name", name]
        case ["network" | "service", *_] if view in ("addresses", "services"):
            return rewrite(path, [next_number(path, first=0, step=10), *words])
        case [number, "network", *what] if view == "addresses":
            return unlike_others(path, [number, "network", *addresses(what)])
        case [number, "service", *what] if view == "services":
            return unlike_others(path, [number, "service", *ports(what)])
        case ["service-port", *what]:
            return ["service-port", *ports(what)]
        case ["source-ip-subnet" | "destination-ip-subnet" as head, net, mask]:
            return [head, net, dotted(mask)]
    return secret(words)


def number_of(path: Path, name: str) -> str:
    for key, node in path[-1].children.items():
        if node.words[2:] == ("name", name):
            return key[1]
    return next_number(path, first=0, step=1)


def addresses(what: list[str]) -> list[str]:
    """Hosts, subnets and ranges in the one form that the device prints."""
    match what:
        case ["subnet", net, mask]:
            if dotted(mask) == "255.255.255.255":
                return ["host", "address", net]
            return ["subnet", net, dotted(mask)]
        case ["range", first, last]:
            low, high = sorted((ipaddress.IPv4Address(first), ipaddress.IPv4Address(last)))
            (whole, *more) = ipaddress.summarize_address_range(low, high)
            if more:
                return ["range", str(low), str(high)]
            return addresses(["subnet", str(whole.network_address), str(whole.netmask)])
        case ["host" | "group-object" | "exclude", _, *_]:
            return what
    raise Refused("wrong", 2)


def ports(what: list[str]) -> list[str]:
    """Ranges of ports in the one form that the device prints."""
    out: list[str] = []
    rest = list(what)
    while rest:
        match rest:
            case ["range", first, last, *after] if first.isdecimal() and last.isdecimal():
                out += a_range(*sorted((int(first), int(last))))
                rest = after
            case ["lt", "1", *after]:
                out, rest = [*out, "eq", "0"], after
            case ["gt", "65534", *after]:
                out, rest = [*out, "eq", "65535"], after
            case [word, *after]:
                out, rest = [*out, word], after
    return out


def a_range(low: int, high: int) -> list[str]:
    if low == high:
        return ["eq", str(low)]
    if low == 0:
        return ["lt", str(high + 1)]
    return ["gt", str(low - 1)] if high == 65535 else ["range", str(low), str(high)]


def unlike_others(path: Path, words: list[str]) -> list[str]:
    for node in path[-1].children.values():
        if list(node.words[1:]) == words[1:] and node.words[0] != words[0]:
            raise Refused("says", 0, "The object already exists.")
    return words


def secret(words: list[str]) -> list[str]:
    """Secrets as the device shows them; what is ciphered already stays."""
    for at, word in enumerate(words[:-1]):
        if word not in ("cipher", "simple", "plaintext", "hash") or is_blob(words[at + 1]):
            continue
        local = words[0] == "password" and word in ("simple", "hash")
        form = ["hash", f"$h$6${blob(words[at + 1])}"] if local else [
            "cipher", f"$c$3${blob(words[at + 1])}"
        ]  # fmt: skip
        return secret([*words[:at], *form, *words[at + 2 :]])
    return words


USED_BY = {
    "object-group ip address": (
        "source-ip", "destination-ip", "group-object", "source object-group",
        "destination object-group",
    ),
    "object-group service": ("service", "group-object"),
    "traffic classifier": ("classifier",),
    "traffic behavior": ("behavior",),
    "qos policy": ("qos apply policy",),
    "ipsec transform-set": ("transform-set",),
    "ipsec policy": ("ipsec apply policy",),
    "ike proposal": ("proposal",),
    "ike keychain": ("keychain",),
    "ike profile": ("ike-profile",),
}  # fmt: skip
MISSING = {"rule": "The specified rule does not exist."}
ALIASES = {"rule name": "rule name"}

COMWARE = Dialect(
    table=table_of(COMMON), undo="undo", separator="#", rewrite=rewrite, indent_globals=True,
    finds_global=False,
    aliases=ALIASES, used_by=USED_BY, missing=MISSING,
)  # fmt: skip
SECPATH = Dialect(
    table=table_of(COMMON, FIREWALL), undo="undo", separator="#", rewrite=rewrite,
    indent_globals=True,
    finds_global=False, aliases=ALIASES, used_by=USED_BY, missing=MISSING,
)  # fmt: skip
