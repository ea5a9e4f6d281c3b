"""The algorithms of a tunnel, from the lines of its proposals.

What a line leaves out holds by default; where the default differs between releases, the tunnel
lacks it. Source: docs/reference/platforms.md, "Tunnels, as they are read".
"""

from __future__ import annotations

from collections.abc import Mapping

from telemed_infra.parse.tunnels import group_number
from telemed_infra.parse.vrp.tunnels_state import Lack, Part
from telemed_infra.tunnels import AEAD, EspSuite, IkeSuite

_CIPHERS = {
    "aes-256": "aes-256", "aes-cbc-256": "aes-256", "aes-192": "aes-192", "aes-cbc-192": "aes-192",
    "aes-128": "aes-128", "aes-cbc-128": "aes-128", "3des": "3des", "des": "des", "sm4": "sm4",
    "sm1": "sm1", "aes-256-gcm": "aes-256-gcm", "aes-256-gcm-128": "aes-256-gcm",
    "aes-gcm-256": "aes-256-gcm", "aes-128-gcm-128": "aes-128-gcm", "aes-gcm-128": "aes-128-gcm",
}  # fmt: skip
_COMBINED = AEAD | {"aes-128-gcm"}
_DIGESTS = {
    "sha2-256": "sha-256", "sha2-384": "sha-384", "sha2-512": "sha-512", "sm3": "sm3",
    "sha1": "sha", "md5": "md5",
}  # fmt: skip
_HMACS = {
    **{f"hmac-{word}": plain for word, plain in _DIGESTS.items()},
    "hmac-sha1-96": "sha", "hmac-md5-96": "md5",
}  # fmt: skip


def ike_suite(proposal: Part, peer: Part) -> IkeSuite:
    """What protects the negotiation: IKEv2 alone, by a shared secret."""
    if "version 1" not in peer.off:
        raise Lack(peer.line, "IKEv1 is answered, too: write `undo version 1`")
    if "version 2" in peer.off:
        raise Lack(peer.place("version 2"), "IKEv2 is off")
    if proposal.first("authentication-method") not in ("", "pre-share"):
        line = proposal.place("authentication-method")
        raise Lack(line, "a shared secret is what is modelled: `pre-share`")
    cipher = _algorithm(proposal, "encryption-algorithm", _CIPHERS)
    combined = cipher in _COMBINED
    integrity = "" if combined else _algorithm(proposal, "integrity-algorithm", _HMACS)
    return IkeSuite(
        cipher, integrity, _algorithm(proposal, "prf", _HMACS), _group(proposal, "dh", "group")
    )


def esp_suite(transform: Part, entry: Part, defaults: Mapping[str, str]) -> EspSuite:
    """What protects the packets; `defaults`: the platform's, by head, as far as they are known."""
    if transform.first("transform") not in ("", "esp"):
        raise Lack(transform.place("transform"), "ESP alone is modelled")
    cipher = _of_esp(transform, "esp encryption-algorithm", _CIPHERS, defaults)
    combined = cipher in _COMBINED
    digest = (
        "" if combined else _of_esp(transform, "esp authentication-algorithm", _DIGESTS, defaults)
    )
    return EspSuite(cipher, digest, _group(entry, "pfs", "dh-group") if "pfs" in entry.said else 0)


def _of_esp(
    transform: Part, head: str, known: Mapping[str, str], defaults: Mapping[str, str]
) -> str:
    if head in defaults and head not in transform.said:
        return defaults[head]
    return _algorithm(transform, head, known)


def _algorithm(part: Part, head: str, known: Mapping[str, str]) -> str:
    word = _single(part, head)
    if word not in known:
        raise Lack(part.place(head), f"{word} is no algorithm that is known here")
    return known[word]


def _group(part: Part, head: str, prefix: str) -> int:
    try:
        return group_number(_single(part, head), prefix)
    except ValueError as error:
        raise Lack(part.place(head), str(error)) from None


def _single(part: Part, head: str) -> str:
    said = part.said.get(head)
    if said is None:
        raise Lack(part.line, f"the default differs between releases: write `{head}`")
    if len(said.words) != 1:
        raise Lack(said.line, "of several algorithms, the other end takes its choice")
    return said.words[0]
