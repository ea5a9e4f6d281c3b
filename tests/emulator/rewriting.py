"""What several vendors do to a line before they keep it."""

from __future__ import annotations

import hashlib
import ipaddress
import re

from tests.emulator.configuration import Path
from tests.emulator.grammar import Refused

BLOB = re.compile(r"^(%\^%#|\$1a\$|\$c\$|\$h\$|\$[156890]\$)")


def blob(secret: str) -> str:
    """A stand-in for a cipher text: the same for the same secret, so that tests can compare."""
    return hashlib.sha256(b"emulator" + secret.encode()).hexdigest()[:32]


def is_blob(word: str) -> bool:
    return bool(BLOB.match(word))


def dotted(mask: str) -> str:
    """A length as a dotted mask."""
    if not mask.isdecimal():
        return mask
    if int(mask) > 32:
        raise Refused("wrong", 3)
    return str(ipaddress.ip_network(f"0.0.0.0/{mask}").netmask)


def length(mask: str) -> str:
    """A dotted mask as a length."""
    return mask if mask.isdecimal() else str(ipaddress.ip_network(f"0.0.0.0/{mask}").prefixlen)


def interface(words: list[str], kinds: set[str], between: str = "") -> str:
    """A port's full name; a kind may be abbreviated, and stand apart from its number."""
    word = r"(10GE|25GE|40GE|100GE|[A-Za-z][A-Za-z-]*?(?:1q-[A-Za-z]+)?)(-?)([\d/.:]+)"
    said = re.fullmatch(word, "".join(words), re.IGNORECASE)
    if said is None:
        raise Refused("wrong", 1)
    kind = {"ge": "gigabitethernet", "xge": "xgigabitethernet"}.get(
        said[1].lower(), said[1].lower()
    )
    found = [each for each in sorted(kinds) if each.lower() == kind] or [
        each for each in sorted(kinds) if each.lower().startswith(kind)
    ]
    if not found:
        raise Refused("wrong", 1)
    return found[0] + between + said[3]


def next_number(path: Path, *, first: int, step: int) -> str:
    """The number that a device gives to an entry that was entered without one."""
    used = [int(word) for key in path[-1].children for word in key[:2] if word.isdecimal()]
    return str((max(used) // step + 1) * step if used else first)


def wildcards(words: list[str]) -> list[str]:
    """Parts of an access rule in the order of print, `any` dropped, a host's wildcard as 0."""
    parts: dict[str, list[str]] = {}
    head, now = words[:1], ""
    for word in words[1:]:
        if word in ("source", "destination", "source-port", "destination-port"):
            now = word
            parts[now] = [word]
        elif now in ("source", "destination") and len(parts[now]) == 1 and word == "any":
            del parts[now]
            now = "rest"
        elif (now in ("source", "destination") and len(parts[now]) == 3) or (
            now.endswith("port") and len(parts[now]) >= (4 if parts[now][1:2] == ["range"] else 3)
        ):
            now = "rest"
            parts.setdefault(now, []).append(word)
        else:
            parts.setdefault(now or "rest", []).append("0" if word == "0.0.0.0" and now in
                ("source", "destination") and len(parts[now]) == 2 else word)  # fmt: skip
    order = ("source", "destination", "source-port", "destination-port", "rest")
    return [*head, *(word for part in order for word in parts.get(part, []))]
