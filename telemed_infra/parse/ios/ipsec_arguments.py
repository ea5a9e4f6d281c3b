"""Arguments of the commands of IPsec on IOS XE, as values.

Every function takes what stands in a command's places and returns a value, or raises `Unreadable`.
Source: docs/reference/platforms.md, "Tunnels, as they are read".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from telemed_infra.parse.frr.engine import Args, Unreadable
from telemed_infra.parse.ios.values import interface, ipv4
from telemed_infra.parse.ipsec import Ipsec, TransformSet

CIPHERS = {
    "des": "des", "3des": "3des", "aes-cbc-128": "aes-128", "aes-cbc-192": "aes-192",
    "aes-cbc-256": "aes-256", "aes-gcm-128": "aes-128-gcm", "aes-gcm-256": "aes-256-gcm",
}  # fmt: skip
DIGESTS = {
    "md5": "md5", "sha1": "sha-1", "sha256": "sha-256", "sha384": "sha-384", "sha512": "sha-512",
}  # fmt: skip
_TRANSFORMS = {"esp-des": "des", "esp-3des": "3des", "esp-null": "null"}
_SIZED = {"esp-aes": "aes-{}", "esp-gcm": "aes-{}-gcm"}
_PACKET_DIGESTS = {
    "esp-md5-hmac": "md5", "esp-sha-hmac": "sha-1", "esp-sha256-hmac": "sha-256",
    "esp-sha384-hmac": "sha-384", "esp-sha512-hmac": "sha-512",
}  # fmt: skip
_GROUPS = ("1", "2", "5", "14", "15", "16", "19", "20", "21", "24")


def always(value: object) -> Callable[[Args], object]:
    """A reader of a bare command."""
    return lambda _args: value


def first_number(args: Args) -> int:
    """The number that stands first."""
    return int(args[0])


def listed(known: Mapping[str, str]) -> Callable[[Args], tuple[str, ...]]:
    """Algorithms, the best first."""

    def value(args: Args) -> tuple[str, ...]:
        words = args[0].lower().split()
        for word in words:
            if word not in known:
                raise Unreadable(f"{word} is no algorithm that is known here")
        return tuple(dict.fromkeys(known[word] for word in words))

    return value


def groups(args: Args) -> tuple[int, ...]:
    """`group N …`."""
    for word in args[0].split():
        if word not in _GROUPS:
            raise Unreadable(f"{word} is no group that is known here")
    return tuple(int(word) for word in args[0].split())


def pfs(args: Args) -> int:
    """`set pfs groupN`."""
    return groups((args[0].lower().removeprefix("group"),))[0]


def place(args: Args) -> tuple[object, ...]:
    """`{A | interface NAME}`."""
    word, _, rest = args[0].partition(" ")
    if word.lower() == "interface":
        return (interface(rest),)
    return (ipv4(args[0]),)


def liveness(args: Args) -> int:
    """`N RETRY {periodic|on-demand}`; on demand, silence alone asks nobody."""
    return int(args[0]) if args[2] == "periodic" else 0


def transforms(ipsec: Ipsec, args: Args, line: int) -> None:
    """`crypto ipsec transform-set NAME TRANSFORM …`."""
    name, words = args[0], args[1].lower().split()
    held = TransformSet(name, ipsec.sets[name].line if name in ipsec.sets else line)
    held.tunnels = name not in ipsec.sets or ipsec.sets[name].tunnels
    while words:
        word = words.pop(0)
        if word in _SIZED:
            size = words.pop(0) if words and words[0] in ("128", "192", "256") else "128"
            held.ciphers += (_SIZED[word].format(size),)
        elif word in _TRANSFORMS:
            held.ciphers += (_TRANSFORMS[word],)
        elif word in _PACKET_DIGESTS:
            held.digests += (_PACKET_DIGESTS[word],)
        else:
            raise Unreadable(f"{word} is no transform that is known here")
    ipsec.transforms = ipsec.sets[name] = held
