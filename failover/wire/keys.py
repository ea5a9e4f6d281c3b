"""The keys: one for each pair of speakers, in one file on each machine.

    # who        use     key: at least 32 random bytes, as `openssl rand -base64 32` prints them
    dc-b         send    3q2+7w…
    dc-b         accept  AAEC…
    witness-1    send    …

`send` seals what is said to them and is accepted from them; `accept` is accepted besides. To
change a key: add the new one as `accept` at both ends; then, at both, make it `send` and the old
one `accept`; then remove the old one. A step is finished at both ends before the next begins, and
within it one end may be long before the other. `pairs` does so for a whole plan; for it the newer
of two keys stands below the older.

The file is its owner's alone (mode 0600 or 0400). Messages never show what stands in a key's place.
"""

from __future__ import annotations

import hmac
import os
import stat
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Callable, Iterable, Mapping
from hmac import compare_digest
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from failover.plan_file.shape import ID
from failover.wire.problem import WireProblem

KEY_BYTES_MIN = 32
KEY_BYTES_MAX = 128
# Of 32 random bytes about 30 differ; fewer than 16 do not happen in the life of the universe.
KEY_BYTES_THAT_DIFFER_MIN = 16
FILE_BYTES_MAX = 200_000  # a centre has 258 pairs at most, two keys each
SEND, ACCEPT = "send", "accept"
MAKE = "make one with `openssl rand -base64 32`"


class Secret:
    """A key that no output shows."""

    __slots__ = ("_content", "_keyed")

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._keyed = hmac.new(content, digestmod="sha256")  # each code begins from here

    def __repr__(self) -> str:
        return "Secret(hidden)"

    def code(self, content: bytes) -> bytes:
        """The code of some bytes under this key: HMAC-SHA-256, 32 bytes."""
        keyed = self._keyed.copy()
        keyed.update(content)
        return keyed.digest()

    def same(self, other: Secret) -> bool:
        """Whether both are one key."""
        return compare_digest(self._content, other._content)

    def for_file(self) -> str:
        """The key as it stands in the file of keys, and nowhere else."""
        return b64encode(self._content).decode("ascii")


class Keys(NamedTuple):
    """The keys of one pair."""

    sends: Secret
    accepts: tuple[Secret, ...] = ()  # besides the one that sends
    newer_accepted: bool = False  # the accepted key is the newer one: it will send

    def accept(self, content: bytes, code: bytes) -> bool:
        """Whether one of them makes this code."""
        if compare_digest(self.sends.code(content), code):
            return True
        return any(compare_digest(key.code(content), code) for key in self.accepts)


class Keyring:
    """The keys of one speaker, by whom it shares them with."""

    def __init__(self, keys: Mapping[str, Keys]) -> None:
        self._keys = dict(keys)

    def of(self, name: str) -> Keys | None:
        """The keys shared with this speaker; None: none, and nothing of it is believed."""
        return self._keys.get(name)

    @property
    def content(self) -> Mapping[str, Keys]:
        """All keys by whom they are shared with, in the order of the file."""
        return MappingProxyType(self._keys)

    def missing(self, names: Iterable[str]) -> tuple[str, ...]:
        """Those of the names that there is no key for."""
        return tuple(name for name in names if name not in self._keys)


def fresh_secret(random_bytes: Callable[[int], bytes]) -> Secret:
    """A new key, from a source like `secrets.token_bytes`."""
    return Secret(random_bytes(KEY_BYTES_MIN))


def fresh_key(random_bytes: Callable[[int], bytes]) -> str:
    """A new key as it stands in the file."""
    return fresh_secret(random_bytes).for_file()


def file_content(keyring: Keyring) -> bytes:
    """The file of keys that reads as this keyring. It is for its owner alone: mode 0600."""
    lines = ["# who use key: made and changed by `telemed-failover keys`"]
    for name, keys in keyring.content.items():
        both = [f"{name} {SEND} {keys.sends.for_file()}"]
        both += [f"{name} {ACCEPT} {key.for_file()}" for key in keys.accepts]
        lines += both if keys.newer_accepted else reversed(both)
    return ("\n".join(lines) + "\n").encode("ascii")


def read_keyring(path: Path) -> Keyring:
    """The keys in a file.

    Raises:
        WireProblem: it cannot be read, others may read it, or a line is not as it should be.
    """
    try:
        return _Lines(str(path)).keyring(_content(path))
    except OSError as error:
        raise WireProblem(
            str(path), f"cannot be read: {error.strerror}", "keys are a text file of this process's"
        ) from error


def _content(path: Path) -> bytes:
    # Not to be held up by a pipe of that name; what counts is what was opened.
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as stream:
        state = os.fstat(stream.fileno())
        if not stat.S_ISREG(state.st_mode):
            raise WireProblem(str(path), "is no file", "keys are a text file")
        mode = stat.S_IMODE(state.st_mode)
        if mode & 0o077:
            raise WireProblem(
                str(path),
                f"others than its owner have rights to it (mode {mode:04o})",
                f"`chmod 600 {path}`, and change the keys if others could have read them",
            )
        if state.st_uid not in (0, os.geteuid()):
            raise WireProblem(
                str(path),
                f"belongs to user {state.st_uid}, who is neither root nor this process's",
                f"`chown {os.geteuid()} {path}`",
            )
        content = stream.read(FILE_BYTES_MAX + 1)
    if len(content) > FILE_BYTES_MAX:
        raise WireProblem(str(path), f"is larger than {FILE_BYTES_MAX} bytes", "no keyring is")
    return content


class _Lines:
    """Reads the lines of one file and remembers what stood in those before."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._number = 0
        self._sends: dict[str, Secret] = {}
        self._accepts: dict[str, Secret] = {}
        self._newer_accepted: set[str] = set()
        self._whose: dict[bytes, str] = {}

    def keyring(self, content: bytes) -> Keyring:
        try:
            lines = content.decode("ascii").splitlines()
        except UnicodeDecodeError as error:
            raise WireProblem(self._file, "is not ASCII", "keys are a text file") from error
        for self._number, line in enumerate(lines, start=1):
            if line.strip() and not line.lstrip().startswith("#"):
                self._line(line.split())
        for name in self._accepts:
            if name not in self._sends:
                raise WireProblem(
                    self._file, f"no key to send to `{name}`", f"name one `{name} {SEND} …`"
                )
        if not self._sends:
            raise WireProblem(self._file, "has no key", f"`NAME {SEND} KEY`, a line for each pair")
        return Keyring(
            {
                name: Keys(
                    key,
                    (self._accepts[name],) if name in self._accepts else (),
                    newer_accepted=name in self._newer_accepted,
                )
                for name, key in self._sends.items()
            }
        )

    def _line(self, words: list[str]) -> None:
        if len(words) != 3:
            raise self._problem(f"has {len(words)} words", f"it is `NAME {SEND}|{ACCEPT} KEY`")
        name, use, word = words
        if len(name) > ID.most or not ID.pattern.fullmatch(name):
            raise self._problem("the first word is no name of the plan", "like `dc-b`, `bijie-h1`")
        if use not in (SEND, ACCEPT):
            raise self._problem(f"the second word is neither {SEND} nor {ACCEPT}")
        known = self._sends if use == SEND else self._accepts
        if name in known:
            raise self._problem(
                f"`{name}` has a key to {use} already",
                f"two keys at most: one `{SEND}` and, while it is changed, one `{ACCEPT}`",
            )
        content = self._key(word)
        if content in self._whose:
            raise self._problem(
                f"this key stands for `{self._whose[content]}` already",
                f"each pair has its own, and so has each use: {MAKE}",
            )
        if use == ACCEPT and name in self._sends:
            self._newer_accepted.add(name)
        self._whose[content] = name
        known[name] = Secret(content)

    def _key(self, word: str) -> bytes:
        try:
            content = b64decode(word, validate=True)
        except NotBase64 as error:
            raise self._problem("the third word is not base64", MAKE) from error
        if not KEY_BYTES_MIN <= len(content) <= KEY_BYTES_MAX:
            raise self._problem(
                f"the key has {len(content)} bytes, not {KEY_BYTES_MIN} to {KEY_BYTES_MAX}", MAKE
            )
        if len(set(content)) < KEY_BYTES_THAT_DIFFER_MIN:
            raise self._problem("the key is not random", MAKE)
        return content

    def _problem(self, message: str, hint: str = "") -> WireProblem:
        return WireProblem(f"{self._file}:{self._number}", message, hint)
