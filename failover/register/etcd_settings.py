"""How a member of etcd was set up: what its command line or its configuration file says. Pure.

etcd reads one of two: with `--config-file` it goes by the file alone, and flags and environment
count for nothing (tried on 3.4.23). So the file is what must be judged then, and it must not have
changed since the process started.

The file is JSON, which is YAML too: our renderer writes it so, and this reads it with the standard
library. In a file the JSON gateway is off unless it says `"enable-grpc-gateway": true` (3.4).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

CONFIG_FILE = "config-file"
COMMAND_LINE = "command line"
SWITCHES = frozenset({"pre-vote", "enable-grpc-gateway"})
NAMES = SWITCHES | {
    CONFIG_FILE,
    "auto-compaction-mode",
    "auto-compaction-retention",
    "election-timeout",
    "heartbeat-interval",
    "quota-backend-bytes",
}
TRUTHS = frozenset({"1", "t", "T", "TRUE", "true", "True"})  # Source: Go, strconv.ParseBool


class Unreadable(Exception):
    """A configuration file that is not the JSON object that we render."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings that matter here, as words, by the flag's name; a switch is true or false.

    What is missing was not said: etcd's default holds, and that differs between its versions
    (pre-vote: off in 3.4, on from 3.5).
    """

    source: str  # the file's path, or `COMMAND_LINE`
    words: Mapping[str, str] = field(default_factory=dict)

    @property
    def from_flags(self) -> bool:
        """Not from a file."""
        return self.source == COMMAND_LINE

    def word(self, name: str) -> str:
        """What is said; empty: nothing."""
        return self.words.get(name, "")

    def switch(self, name: str) -> bool:
        """Whether it is said to be on."""
        return self.words.get(name) in TRUTHS

    def number(self, name: str) -> int:
        """A whole number; 0 when it is not said, or is none."""
        word = self.word(name)
        return int(word) if word.isascii() and word.isdigit() and len(word) < 20 else 0

    @property
    def config_file(self) -> str:
        """The file that was read instead of these flags; empty: none."""
        return self.word(CONFIG_FILE)


def settings_of_flags(arguments: Sequence[str]) -> Settings:
    """Settings of a command line (its first word is the program's name).

    One dash or two, `--flag=value` or `--flag value`; a switch alone is true. Of a flag that stands
    twice the last counts. Source: Go, package flag.
    """
    words: dict[str, str] = {}
    for place, argument in enumerate(arguments[1:], start=1):
        if not argument.startswith("-"):
            continue
        name, equals, value = argument.lstrip("-").partition("=")
        if name not in NAMES:
            continue
        if equals:
            words[name] = value
        elif name in SWITCHES:
            words[name] = "true"
        else:
            words[name] = next(iter(arguments[place + 1 : place + 2]), "")
    return Settings(COMMAND_LINE, words)


def settings_of_file(path: str, text: str) -> Settings:
    """Settings of a configuration file with this text.

    Raises:
        Unreadable: It is not JSON, no object, or names something twice.
    """
    try:
        found = json.loads(text, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"it is not JSON ({error})") from error
    if not isinstance(found, dict):
        raise Unreadable("it is not a JSON object")
    return Settings(path, {name: _word(found[name]) for name in NAMES & found.keys()})


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
