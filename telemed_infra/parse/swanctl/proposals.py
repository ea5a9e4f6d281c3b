"""Proposals: the keywords of algorithms between dashes.

A proposal that leaves a choice leaves it to the other end, so it is not read: the weakest of what
it names would have to be assumed. Source: strongSwan's documentation, "IKEv2 Cipher Suites".
"""

from __future__ import annotations

from collections.abc import Mapping

from telemed_infra.parse.braces import Unreadable
from telemed_infra.tunnels import AEAD, EspSuite, IkeSuite

_CIPHERS = {
    "aes128": "aes-128", "aes192": "aes-192", "aes256": "aes-256", "3des": "3des",
    "aes128gcm16": "aes-128-gcm", "aes128gcm128": "aes-128-gcm", "aes128gcm": "aes-128-gcm",
    "aes256gcm16": "aes-256-gcm", "aes256gcm128": "aes-256-gcm", "aes256gcm": "aes-256-gcm",
}  # fmt: skip
_COMBINED = AEAD | {"aes-128-gcm"}
_DIGESTS = {
    "sha256": "sha-256", "sha2_256": "sha-256", "sha384": "sha-384", "sha2_384": "sha-384",
    "sha512": "sha-512", "sha2_512": "sha-512", "sha1": "sha", "sha": "sha", "md5": "md5",
}  # fmt: skip
_PRFS = {
    "prfsha256": "sha-256", "prfsha384": "sha-384", "prfsha512": "sha-512", "prfsha1": "sha",
    "prfmd5": "md5",
}  # fmt: skip
_GROUPS = {
    "modp1024": 2, "modp1536": 5, "modp2048": 14, "modp3072": 15, "modp4096": 16, "modp6144": 17,
    "modp8192": 18, "ecp256": 19, "ecp384": 20, "ecp521": 21, "curve25519": 31, "x25519": 31,
    "curve448": 32, "x448": 32,
}  # fmt: skip
_KINDS: Mapping[str, Mapping[str, str | int]] = {
    "cipher": _CIPHERS,
    "digest": _DIGESTS,
    "function": _PRFS,
    "group": _GROUPS,
}


def ike_proposal(value: str) -> IkeSuite:
    """The one suite of `proposals`; the digest serves for the pseudo-random function, too."""
    cipher, digest, prf, group = _words(value)
    if not group:
        raise Unreadable("a proposal of IKE needs a Diffie–Hellman group")
    if not (prf or digest):
        raise Unreadable("a cipher that brings its own integrity needs a pseudo-random function")
    return IkeSuite(cipher, digest, prf or digest, group)


def esp_proposal(value: str) -> EspSuite:
    """The one suite of `esp_proposals`; without a group there is no perfect forward secrecy."""
    cipher, digest, prf, group = _words(value)
    if prf:
        raise Unreadable("ESP has no pseudo-random function")
    return EspSuite(cipher, digest, group)


def _words(value: str) -> tuple[str, str, str, int]:
    """Cipher, digest, pseudo-random function and group; of the last three, "" or 0 if not said."""
    if "," in value:
        raise Unreadable("more than one proposal: which one is taken is up to the other end")
    if value == "default":
        raise Unreadable("`default` leaves the algorithms to the release of strongSwan")
    found: dict[str, str | int] = {}
    for word in value.lower().split("-"):
        if word == "noesn":
            continue  # the default
        kind, known = next((one for one in _KINDS.items() if word in one[1]), ("", {}))
        if not kind:
            raise Unreadable(f"{word} is no algorithm that is known here")
        if kind in found:
            raise Unreadable(f"two of one kind ({kind}): the other end takes its choice")
        found[kind] = known[word]
    cipher, digest = str(found.get("cipher", "")), str(found.get("digest", ""))
    if not cipher or bool(digest) == (cipher in _COMBINED):
        raise Unreadable("a cipher is expected, and a digest unless the cipher brings its own")
    return cipher, digest, str(found.get("function", "")), int(found.get("group", 0))
