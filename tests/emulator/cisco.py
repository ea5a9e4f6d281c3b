"""How IOS and RGOS keep what is entered."""

from __future__ import annotations

from tests.emulator.configuration import Dialect, Path, Rewrite, shown_vlans, vlans
from tests.emulator.grammar import Refused, table_of
from tests.emulator.rewriting import blob, interface, is_blob, next_number
from tests.emulator.tables_cisco import IOS as IOS_TABLE
from tests.emulator.tables_cisco import RGOS as RGOS_TABLE

INTERFACES = {
    "GigabitEthernet", "TenGigabitEthernet", "FastEthernet", "Vlan", "Loopback", "Tunnel",
    "Port-channel", "Serial", "TwentyFiveGigE", "HundredGigE", "Null",
}  # fmt: skip
RGOS_INTERFACES = {
    "GigabitEthernet", "TenGigabitEthernet", "FastEthernet", "VLAN", "Loopback", "Tunnel",
    "AggregatePort", "Mgmt", "Null",
}  # fmt: skip
PORTS = {"53": "domain", "80": "www", "22": "22", "25": "smtp", "21": "ftp", "23": "telnet"}
UDP_PORTS = {"53": "domain", "67": "bootps", "68": "bootpc", "69": "tftp", "123": "ntp",
             "161": "snmp", "162": "snmptrap", "514": "syslog"}  # fmt: skip


def rewriter(kinds: set[str], between: str) -> Rewrite:
    """For names of ports as the platform writes them."""

    def rewrite(path: Path, words: list[str]) -> list[str]:
        view = path[-1].view
        match words:
            case ["interface", *name]:
                return ["interface", *interface(name, kinds, between).split()]
            case ["permit" | "deny", *_] if view == "acl":
                number = next_number(path, first=10, step=10)
                return [number, words[0], *access(words[1:])]
            case [number, "permit" | "deny" as does, *rest] if view == "acl":
                refuse_again(path, words)
                return [number, does, *access(rest)]
            case ["switchport", "trunk", "allowed", "vlan", *rest]:
                return [*words[:4], allowed(path, rest)]
            case ["class-map", "type", "inspect", *_] | ["class-map", "match-any", *_]:
                return words
        return secret(words)

    return rewrite


def refuse_again(path: Path, words: list[str]) -> None:
    for node in path[-1].children.values():
        if node.words[0] == words[0] and list(node.words[2:]) != access(words[2:]):
            raise Refused("says", 0, "Duplicate sequence number")


def access(words: list[str]) -> list[str]:
    """Hosts and well-known ports as printed."""
    names = UDP_PORTS if words[:1] == ["udp"] else PORTS
    out: list[str] = []
    at = 0
    while at < len(words):
        if words[at + 1 : at + 2] == ["0.0.0.0"] and words[at] != "host":
            out += ["host", words[at]] if words[at] != "0.0.0.0" else words[at : at + 2]
            at += 2
        elif words[at - 1 : at] == ["eq"] and at:
            out.append(names.get(words[at], words[at]))
            at += 1
        else:
            out.append(words[at])
            at += 1
    return out


def allowed(path: Path, rest: list[str]) -> str:
    if rest[:1] in (["all"], ["none"]):
        return rest[0]
    old = path[-1].children.get(("switchport", "trunk", "allowed", "vlan"))
    had = vlans([old.words[4]]) if old and old.words[4] not in ("all", "none") else set()
    if rest[0] in ("add", "remove", "only", "except"):
        new = vlans(rest[1:])
        sums = {"add": had | new, "remove": (had or set(range(1, 4095))) - new, "only": new}
        new = sums.get(rest[0], set(range(1, 4095)) - new)
    else:
        new = vlans(rest)
    return ",".join(" ".join(shown_vlans(new)).replace(" to ", "-").split())


def secret(words: list[str]) -> list[str]:
    """Passwords as shown; a key is shown as typed unless it is enciphered with 7."""
    for at, word in enumerate(words[:-1]):
        if word != "secret" or words[0] not in ("enable", "username"):
            continue
        form, *rest = words[at + 1 :]
        if form.isdecimal() and rest and form != "0":
            return words
        plain = rest[0] if form == "0" and rest else form
        kept = plain if is_blob(plain) else f"$1$emul${blob(plain)[:22]}"
        return [*words[: at + 1], "5", kept]
    return words


USED_BY = {
    "object-group network": ("object-group", "group-object"),
    "object-group service": ("object-group", "group-object"),
    "class-map type inspect match-any": ("class type inspect",),
    "class-map type inspect match-all": ("class type inspect",),
    "policy-map type inspect": ("service-policy type inspect",),
    "zone security": ("source", "destination"),
}

IOS = Dialect(
    table=table_of(IOS_TABLE), undo="no", separator="!", rewrite=rewriter(INTERFACES, ""),
    finds_global=True, used_by=USED_BY,
)  # fmt: skip
RGOS = Dialect(
    table=table_of(IOS_TABLE, RGOS_TABLE), undo="no", separator="!",
    rewrite=rewriter(RGOS_INTERFACES, " "), finds_global=True,
)  # fmt: skip
