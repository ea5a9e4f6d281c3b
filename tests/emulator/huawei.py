"""How Huawei's devices keep what is entered: masks, names, numbers, secrets."""

from __future__ import annotations

import re

from tests.emulator.configuration import Dialect, Path
from tests.emulator.grammar import Refused, table_of
from tests.emulator.rewriting import blob, dotted, interface, is_blob, next_number, wildcards
from tests.emulator.tables_huawei import SYSTEM
from tests.emulator.tables_huawei_ip import IP_VIEWS
from tests.emulator.tables_usg import FIREWALL

INTERFACES = {
    "GigabitEthernet", "XGigabitEthernet", "10GE", "25GE", "40GE", "100GE", "MEth",
    "Ethernet", "Eth-Trunk", "Vlanif", "LoopBack", "Tunnel", "NULL", "Virtual-if", "MultiGE",
    "Virtual-Template", "Dot1q-Termination",
}  # fmt: skip
SECRETS = ("cipher", "irreversible-cipher")
NAMED_ACL = {"advance": "3999", "basic": "2999"}


def rewrite(path: Path, words: list[str]) -> list[str]:  # noqa: C901, PLR0911, PLR0912 (an arm a form)
    """The line as it will be printed."""
    match words:
        case ["interface", *name]:
            return ["interface", interface(name, INTERFACES)]
        case ["add", "interface", *name]:
            return ["add", "interface", interface(name, INTERFACES)]
        case ["ip", "address", address, mask, *rest]:
            return ["ip", "address", address, dotted(mask), *rest]
        case ["ip", "route-static", "vpn-instance", name, net, mask, *rest]:
            return ["ip", "route-static", "vpn-instance", name, net, dotted(mask), *rest]
        case ["ip", "route-static", net, mask, *rest]:
            return ["ip", "route-static", net, dotted(mask), *rest]
        case ["network" | "aggregate" as head, net, mask, *rest] if path[-1].view != "area":
            return [head, net, dotted(mask), *rest]
        case ["acl", number] if number.isdecimal():
            return ["acl", "number", number]
        case ["acl", "name", name, kind] if kind in NAMED_ACL:
            return ["acl", "name", name, NAMED_ACL[kind]]
        case ["rule", "permit" | "deny", *_] if path[-1].view == "acl":
            return rewrite(path, ["rule", next_number(path, first=5, step=5), *words[1:]])
        case ["rule", number, "permit" | "deny" as does, *rest]:
            return ["rule", number, does, *wildcards(rest)]
        case ["address" | "service", *rest] if path[-1].view in ("addresses", "services"):
            return member(path, words[0], rest)
        case ["source-address" | "destination-address" as head, net, bits] if bits.isdecimal():
            return [head, net, "mask", dotted(bits)] if "." in net else words
        case ["rename", *_]:
            raise Refused("unknown", 0)
    return judged(path, secret(words))


def member(path: Path, head: str, rest: list[str]) -> list[str]:
    if not rest[0].isdecimal():
        rest = [next_number(path, first=0, step=1), *rest]
    number, *what = rest
    if not what:
        raise Refused("incomplete", 2)
    if len(what) == 3 and what[1] == "mask" and "." in what[2]:
        bits = re.fullmatch("1*0*", "".join(f"{int(each):08b}" for each in what[2].split(".")))
        if bits:
            what[2] = str(bits[0].count("1"))
    return [head, number, *what]


def judged(path: Path, words: list[str]) -> list[str]:
    """What is refused because of other lines."""
    here = path[-1]
    heads = {key[0] for key in here.children}
    if here.view == "natrule":
        translated = any(
            node.words[:2] == ("action", "destination-nat") for node in here.children.values()
        )
        says = (
            "The destination-zone or egress-interface configuration conflicts with the "
            "Destination NAT action."
        )
        if words[:2] == ["action", "destination-nat"] and heads & {
            "destination-zone", "egress-interface",
        }:  # fmt: skip
            raise Refused("says", 0, says)
        if words[0] in ("destination-zone", "egress-interface") and translated:
            raise Refused("says", 0, says)
    if "address-set" in words[1:2] and here.view in ("rule", "natrule"):
        sets = {key[2] for key in path[0].children if key[:2] == ("ip", "address-set")}
        if any(name not in sets for name in words[2:]):
            raise Refused("says", 0, "The address or address set does not exist.")
    return words


def secret(words: list[str]) -> list[str]:
    """Secrets as the device shows them; what is ciphered already stays."""
    if words[0] == "pre-shared-key" and len(words) == 2:
        words = ["pre-shared-key", "cipher", words[1]]
    for at, word in enumerate(words[:-1]):
        if word in SECRETS and not is_blob(words[at + 1]):
            long = "$1a$" if word == "irreversible-cipher" else "%^%#"
            return [*words[: at + 1], long + blob(words[at + 1]) + long[::-1], *words[at + 2 :]]
    return words


ALIASES = {"nat server name": "nat server", "acl ipv6": "acl ipv6"}
USED_BY = {
    "acl number": ("acl", "traffic-filter inbound acl", "traffic-filter outbound acl"),
    "acl name": ("acl name", "security acl name"),
    "ip address-set": ("address-set",),
    "ip service-set": ("service", "service-set"),
    "ip ip-prefix": ("ip-prefix",),
    "route-policy": ("route-policy",),
    "traffic classifier": ("classifier",),
    "traffic behavior": ("behavior",),
    "traffic policy": ("traffic-policy",),
    "ike peer": ("ike-peer",),
    "ike proposal": ("ike-proposal",),
    "ipsec proposal": ("proposal",),
    "ipsec policy": ("ipsec policy",),
    "nat address-group": ("address-group",),
}
ZONES = {"zone": ()}
ALWAYS = {"family": ("undo synchronization",), **ZONES}
MISSING = {"rule": "The specified rule does not exist.", "acl": "The ACL does not exist."}

VRP = Dialect(
    table=table_of(SYSTEM, IP_VIEWS), undo="undo", separator="#", rewrite=rewrite,
    finds_global=False,
    aliases=ALIASES, used_by=USED_BY, always=ALWAYS, missing=MISSING,
)  # fmt: skip
USG = Dialect(
    table=table_of(SYSTEM, IP_VIEWS, FIREWALL), undo="undo", separator="#", rewrite=rewrite,
    indent_globals=True, finds_global=False,
    aliases=ALIASES, used_by=USED_BY, always=ALWAYS, missing=MISSING,
)  # fmt: skip
