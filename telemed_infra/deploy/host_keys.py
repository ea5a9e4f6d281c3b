"""The host keys that the inventory knows: a device that shows another one is told nothing.

`inventory/known_hosts` has OpenSSH's format, so that `ssh` and the driver believe the same. It is
read here and not by paramiko, which passes over in silence what it does not understand, revoked
keys among it. Three things of the format are refused, each with its line: hashed names (who reviews
a change must see whose key it is), patterns (a key belongs to one device), and authorities.

Source: sshd(8) SSH_KNOWN_HOSTS FILE FORMAT; docs/concepts/deploy.md.
"""

from __future__ import annotations

import binascii
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from telemed_infra.deploy.port import HostKeyDiffers
from telemed_infra.problem import InputError, Problem

# By the kind of key, what a server may call the algorithm by which it signs.
ALGORITHMS: Mapping[str, tuple[str, ...]] = {
    "ssh-ed25519": ("ssh-ed25519",),
    "ecdsa-sha2-nistp256": ("ecdsa-sha2-nistp256",),
    "ecdsa-sha2-nistp384": ("ecdsa-sha2-nistp384",),
    "ecdsa-sha2-nistp521": ("ecdsa-sha2-nistp521",),
    "ssh-rsa": ("rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"),
}
HOW_TO_ADD = (
    "read the key at the device's console (or take it from the installer's sheet), never from the "
    "network unseen, and add a line `{name} KIND KEY` to {file}"
)


class HostKeyUnknown(HostKeyDiffers):
    """The inventory knows no key for this device; nothing was sent."""


@dataclass(frozen=True, slots=True)
class HostKey:
    """A public key as SSH sends it."""

    kind: str  # ssh-ed25519
    blob: bytes

    @property
    def fingerprint(self) -> str:
        """As OpenSSH and the devices' consoles show it."""
        return "SHA256:" + b64encode(sha256(self.blob).digest()).decode().rstrip("=")

    def __str__(self) -> str:
        return f"{self.kind} {self.fingerprint}"


@dataclass(frozen=True, slots=True)
class _Line:
    names: frozenset[str]
    key: HostKey
    revoked: bool


class HostKeys:
    """Known keys by name and address."""

    def __init__(self, file: str, lines: Iterable[_Line]) -> None:
        self._file = file
        self._keys: dict[str, list[HostKey]] = {}
        self._revoked: dict[str, set[HostKey]] = {}
        for line in lines:
            for name in line.names:
                if line.revoked:
                    self._revoked.setdefault(name, set()).add(line.key)
                else:
                    self._keys.setdefault(name, []).append(line.key)

    @classmethod
    def read(cls, path: Path) -> HostKeys:
        """The keys of a file.

        Raises:
            InputError: lines that are refused, or not understood: all of them.
            OSError: it cannot be read.
        """
        return cls.parse(path.read_text("utf-8"), str(path))

    @classmethod
    def parse(cls, text: str, file: str) -> HostKeys:
        """The keys of a text; `file`: how it is called in errors.

        Raises:
            InputError: lines that are refused, or not understood: all of them.
        """
        problems: list[Problem] = []
        lines: list[_Line] = []
        for number, words in _lines(text):
            try:
                lines.append(_line(words))
            except _Refused as error:
                problems.append(Problem(file, number, error.field, error.says, error.mend))
        if problems:
            raise InputError(problems)
        return cls(file, lines)

    def of(self, device: str, addresses: Iterable[str]) -> tuple[HostKey, ...]:
        """Keys of this device, by its name or one of its addresses, without revoked ones.

        `addresses`: with a port other than 22 as OpenSSH writes it, `[10.0.0.1]:2222`.

        Raises:
            HostKeyUnknown: there is none.
        """
        names = [_name(one) for one in (device, *addresses)]
        listed = dict.fromkeys(key for name in names for key in self._keys.get(name, ()))
        revoked = self._revoked_of(names)
        keys = tuple(key for key in listed if key not in revoked)
        if keys:
            return keys
        says = "all its keys are revoked" if listed else "its host key is not known"
        mend = HOW_TO_ADD.format(name=device, file=self._file)
        raise HostKeyUnknown(device, f"{says}; nothing was sent", mend)

    def check(self, device: str, addresses: Iterable[str], shown: HostKey) -> None:
        """Whether the key that somebody shows at one of these addresses is the device's.

        Raises:
            HostKeyDiffers: it is not, or is revoked; both fingerprints are told.
            HostKeyUnknown: the inventory knows none.
        """
        addresses = tuple(addresses)
        if shown in self._revoked_of(_name(one) for one in (device, *addresses)):
            raise HostKeyDiffers(
                device,
                f"it shows {shown}, which {self._file} says is revoked; nothing was sent",
                "somebody may have its private key: make a new one at the console",
            )
        known = self.of(device, addresses)
        if shown not in known:
            listed = ", ".join(map(str, known))
            raise HostKeyDiffers(
                device,
                f"it shows {shown}, and {self._file} knows {listed}; nothing was sent",
                "another device answers there, or it has a new key: look at its console before "
                f"you change {self._file}",
            )

    def algorithms_off(self, device: str, addresses: Iterable[str]) -> dict[str, list[str]]:
        """For paramiko's `disabled_algorithms`: the device then shows the key that is known.

        Raises:
            HostKeyUnknown: the inventory knows none.
        """
        kinds = {key.kind for key in self.of(device, addresses)}
        return {"keys": [one for kind in ALGORITHMS.keys() - kinds for one in ALGORITHMS[kind]]}

    def policy(self, device: str, addresses: Iterable[str]) -> Any:
        """For paramiko's `set_missing_host_key_policy`, on a client that loaded no keys of its own.

        It raises what `check` raises, before anybody logs in.
        """
        from paramiko import MissingHostKeyPolicy  # type: ignore[import-untyped]  # noqa: PLC0415

        keys, addresses = self, tuple(addresses)

        class Policy(MissingHostKeyPolicy):  # type: ignore[misc]  # paramiko has no types
            def missing_host_key(self, client: object, hostname: str, key: Any) -> None:  # noqa: ARG002
                keys.check(device, addresses, HostKey(key.get_name(), key.asbytes()))

        return Policy()

    def _revoked_of(self, names: Iterable[str]) -> set[HostKey]:
        none: set[HostKey] = set()
        return none.union(*(self._revoked.get(name, none) for name in (*names, "*")))


class _Refused(Exception):
    def __init__(self, field: str, says: str, mend: str = "") -> None:
        super().__init__(says)
        self.field, self.says, self.mend = field, says, mend


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    for number, line in enumerate(text.splitlines(), start=1):
        if (words := line.split()) and not words[0].startswith("#"):
            yield number, words


def _line(words: list[str]) -> _Line:
    marker = words.pop(0) if words[0].startswith("@") else ""
    if marker not in ("", "@revoked"):
        raise _Refused(marker, "is not understood", "name each device's own key")
    if len(words) < 3:
        raise _Refused("line", "is not `NAMES KIND KEY`")
    names = frozenset(_checked(name, revoked=bool(marker)) for name in words[0].split(","))
    return _Line(names, _key(words[1], words[2]), bool(marker))


def _checked(name: str, *, revoked: bool) -> str:
    if name.startswith("|"):
        raise _Refused(
            "names", "are hashed: nobody sees whose key this is", "write the device's name"
        )
    if set("*?!") & set(name) and not (revoked and name == "*"):
        raise _Refused(name, "is a pattern", "name each device: a key belongs to one")
    return _name(name)


def _key(kind: str, text: str) -> HostKey:
    if kind == "ssh-dss":
        raise _Refused(kind, "is not taken: DSA is broken", "make an ECDSA or RSA key there")
    if kind not in ALGORITHMS:
        raise _Refused(kind, "is no kind of key that is taken", f"one of {', '.join(ALGORITHMS)}")
    try:
        blob = b64decode(text, validate=True)
    except binascii.Error:
        raise _Refused(kind, "the key is not whole", "copy the line again") from None
    if not _whole(kind, blob):
        raise _Refused(kind, "the key is not whole, or of another kind", "copy the line again")
    return HostKey(kind, blob)


def _whole(kind: str, blob: bytes) -> bool:
    """Fields with their lengths before them, to the last byte; the first one is the kind."""
    fields: list[bytes] = []
    while len(blob) >= 4:
        end = 4 + int.from_bytes(blob[:4], "big")
        if end > len(blob):
            return False
        fields.append(blob[4:end])
        blob = blob[end:]
    return not blob and len(fields) > 1 and fields[0] == kind.encode()


def _name(name: str) -> str:
    """One way to write a name; an address as the standard writes it."""
    try:
        return str(ip_address(name))
    except ValueError:
        return name.lower()
