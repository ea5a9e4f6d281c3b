"""The key that signs updates, from a file as `tsig-keygen` writes it; never shown."""

from __future__ import annotations

import re
import stat
from base64 import b64decode
from pathlib import Path

import dns.exception
import dns.name
import dns.tsig

ALGORITHMS = frozenset(("hmac-sha256", "hmac-sha384", "hmac-sha512"))
FIELD = re.compile(r'\b(key|algorithm|secret)\s+"?([^\s";{}]+)"?')
SECRET_BYTES_MIN = 16
READERS = stat.S_IRWXO | stat.S_IWGRP


class KeyUnusable(Exception):
    """Why a key file cannot be used; in words for a person, without what is in it."""


class TsigKey:
    """A name, an algorithm, and a secret that no text of this shows."""

    __slots__ = ("_key", "name")

    def __init__(self, key: dns.tsig.Key) -> None:
        self._key = key
        self.name = key.name.to_text()

    def __repr__(self) -> str:
        return f"TsigKey({self.name})"

    @property
    def key(self) -> dns.tsig.Key:
        """For the signing library alone."""
        return self._key


def read_key(path: Path) -> TsigKey:
    """Reads `key "name" { algorithm hmac-sha256; secret "…"; };`.

    Raises:
        KeyUnusable: No such file, readable for others, or not such a key.
    """
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise KeyUnusable(f"{path}: {error}") from error
    if mode & READERS:
        raise KeyUnusable(f"{path}: its mode is {mode:04o}: others may use it; chmod 640 {path}")
    said = dict(FIELD.findall(text))
    missing = [name for name in ("key", "algorithm", "secret") if name not in said]
    if missing:
        raise KeyUnusable(f"{path}: there is no `{missing[0]}` in it")
    algorithm = said["algorithm"].lower().rstrip(".")
    if algorithm not in ALGORITHMS:
        raise KeyUnusable(f"{path}: algorithm {algorithm}; one of {', '.join(sorted(ALGORITHMS))}")
    try:
        secret = b64decode(said["secret"], validate=True)
        if len(secret) < SECRET_BYTES_MIN:
            raise ValueError
        return TsigKey(dns.tsig.Key(said["key"], secret, algorithm))
    except (ValueError, dns.exception.DNSException):
        raise KeyUnusable(f"{path}: its name or secret is none, or too short") from None
