"""Secrets are references, never literals; the texts are searched, comments too."""

from __future__ import annotations

import re
from collections.abc import Iterator

from telemed_infra.model.finding import WHOLE, Finding

_WORDS = (
    r"passw(?:or)?d|passphrase|passwd|secret|psk|community|token|(?:shared|private|api)[-_ ]?key"
)
_NAMED = re.compile(
    rf"\b(?P<key>[\w-]*(?:{_WORDS})[\w-]*)[\"']?[ \t]*[:=][ \t]*"
    r"(?!\s|[\"']?(?:vault:|env:)|[\[{|>#]|null\b|~)(?P<value>[^\s,}#]+)",
    re.IGNORECASE,
)
_SHAPES = (
    (re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"), "a private key"),
    (re.compile(r"\$(?:1|2[aby]|5|6|y|argon2id?)\$[./A-Za-z0-9$,=]{8,}"), "a password's hash"),
    (re.compile(r"\$ANSIBLE_VAULT;"), "an encrypted text"),
    (re.compile(r"%\^%#|\$c\$[0-9]\$"), "a device's ciphered password"),
)
_ANY = re.compile(_WORDS, re.IGNORECASE)
# A plain search is twenty times faster than the patterns, and nearly every text has none of these.
_TRACES = (
    "passw",
    "passphrase",
    "secret",
    "psk",
    "community",
    "token",
    "key",
    "-----begin",
    "$",
    "%^%#",
)
_HINT = "keep it in the vault and write a reference: `vault:name` or `env:NAME`"


def literal_secrets(file: str, text: str) -> Iterator[Finding]:
    """A finding for each literal that looks like a secret; its value is never shown."""
    small = text.lower()
    if not any(trace in small for trace in _TRACES):
        return
    for pattern, what in _SHAPES:
        for shape in pattern.finditer(text):
            yield Finding(file, WHOLE, f"{what} stands here", _HINT, _line(text, shape.start()))
    for word in _ANY.finditer(text):
        start = text.rfind("\n", 0, word.start()) + 1
        found = _NAMED.search(text, max(start, word.start() - 40), _end(text, word.end()))
        if found and found.start("key") <= word.start() < found.end("key"):
            yield Finding(
                file,
                WHOLE,
                f"`{found['key'][:40]}` is a secret in plain text",
                _HINT,
                _line(text, word.start()),
            )


def _end(text: str, start: int) -> int:
    end = text.find("\n", start)
    return len(text) if end < 0 else end


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1
