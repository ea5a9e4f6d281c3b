"""Arguments of the commands of IPsec on SecPath (Comware 7), as values.

Every function takes words and returns a value, or raises `Unreadable`.
Source: docs/reference/platforms.md, "Tunnels, as they are read".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from telemed_infra.parse.ipsec import Match
from telemed_infra.parse.secpath.arguments import interface
from telemed_infra.parse.vrp.arguments import ipv4, nothing, number, one
from telemed_infra.parse.vrp.engine import Unreadable, Words

IKE_CIPHERS = {
    "des-cbc": "des", "3des-cbc": "3des", "aes-cbc-128": "aes-128", "aes-cbc-192": "aes-192",
    "aes-cbc-256": "aes-256", "aes-ctr-128": "aes-128-ctr", "aes-ctr-192": "aes-192-ctr",
    "aes-ctr-256": "aes-256-ctr", "camellia-cbc-128": "camellia-128",
    "camellia-cbc-192": "camellia-192", "camellia-cbc-256": "camellia-256",
}  # fmt: skip
ESP_CIPHERS = {
    **IKE_CIPHERS, "gcm-128": "aes-128-gcm", "gcm-192": "aes-192-gcm", "gcm-256": "aes-256-gcm",
    "null": "null",
}  # fmt: skip
DIGESTS = {
    "md5": "md5", "sha1": "sha-1", "sha256": "sha-256", "sha384": "sha-384", "sha512": "sha-512",
    "aes-xcbc-mac": "aes-xcbc",
}  # fmt: skip
"""The national algorithms are for IKEv1 alone."""
_GROUPS = (1, 2, 5, 14, 15, 16, 19, 20, 21, 24)


def title(words: Words) -> str:
    """The name of an object, which knows no case."""
    return one(words).lower()


def listed(known: Mapping[str, str], words: Words) -> tuple[str, ...]:
    """Algorithms, the best first."""
    for word in words:
        if word not in known:
            raise Unreadable(f"{word} is no algorithm that is known here")
    if not words or len(set(words)) < len(words):
        raise Unreadable("algorithms are expected, each once")
    return tuple(known[word] for word in words)


def group(word: str, prefix: str) -> int:
    """The number of a group that is called `<prefix><n>`."""
    digits = word.removeprefix(prefix)
    if not word.startswith(prefix) or digits not in map(str, _GROUPS):
        raise Unreadable(f"{word} is no group that is known here")
    return int(digits)


def ike_groups(words: Words) -> tuple[int, ...]:
    """`dh group19 …`."""
    found = tuple(group(word, "group") for word in words)
    if not found:
        raise Unreadable("a group is expected")
    return found


def place(words: Words) -> int | str:
    """`match local address {<port> | <ip>}`."""
    if words[:1] != ("address",):
        raise Unreadable("`address` is expected")
    return ipv4(words[1]) if len(words) == 2 and words[1][:1].isdigit() else interface(words[1:])


def fqdn(words: Words) -> str:
    """`fqdn <name>`."""
    if words[:1] != ("fqdn",):
        raise Unreadable("an identity that is no name is not modelled")
    return one(words[1:])


def remote(words: Words) -> Match:
    """`match remote identity fqdn <name>`."""
    if words[:1] != ("identity",):
        raise Unreadable("who has a certificate is not modelled")
    return Match("name", fqdn(words[1:]))


def liveness(words: Words) -> int:
    """`interval <s> [retry <s>] {on-demand|periodic}`; on demand, silence alone asks nobody."""
    if words[:1] != ("interval",) or len(words) not in (3, 5):
        raise Unreadable("`interval`, seconds and when are expected")
    seconds = number(words[1], 10, 3600)
    if len(words) == 5 and words[2] == "retry":
        number(words[3], 2, 60)
    elif len(words) == 5:
        raise Unreadable("`retry` is expected")
    if words[-1] not in ("on-demand", "periodic"):
        raise Unreadable("`on-demand` or `periodic` is expected")
    return seconds if words[-1] == "periodic" else 0


def bounded(low: int, high: int) -> Callable[[Words], int]:
    """A reader of one number between two bounds."""
    return lambda words: number(one(words), low, high)


def is_tunnel(words: Words) -> bool:
    """`encapsulation-mode {tunnel|transport}`."""
    if words not in (("tunnel",), ("transport",)):
        raise Unreadable("`tunnel` or `transport` is expected")
    return words == ("tunnel",)


def yes(words: Words) -> bool:
    """A bare command that turns something on."""
    nothing(words)
    return True


def list_name(words: Words) -> str:
    """`[ipv6] {<n> | name <list>}`; how one tunnel serves several rules is not modelled."""
    six = words[:1] == ("ipv6",)
    words = words[1:] if six else words
    words = words[1:] if words[:1] == ("name",) else words
    title = one(words).lower()
    return f"ipv6 {title}" if six else title


def end(words: Words) -> str:
    """`source {<ip>|<port>}`, `destination <ip>`."""
    if not words:
        raise Unreadable("an address or an interface is expected")
    return words[0] if len(words) == 1 and words[0][:1].isdigit() else interface(words)
