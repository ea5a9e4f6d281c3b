"""Who logs in at a device, and by what: a password, a key file or an agent.

A file of logins; the first one that fits a device counts:

    - {tier: township, user: rollout, key_file: ~/.ssh/rollout, passphrase: vault:rollout-key}
    - {platform: huawei_usg, user: rollout, password: vault:usg-login}
    - {user: env:ROLLOUT_USER, agent: true}

It holds references and no secret. What is wrong with it is told by place and never by value:
somebody may have written a password where its reference belongs.

Source: docs/concepts/deploy.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import yaml

from telemed_infra.deploy.secrets import REFERENCE, Missing, Secret, Stores, find
from telemed_infra.deploy.waves import TIER_OF_KIND
from telemed_infra.model.schema.network_file import Platform
from telemed_infra.problem import InputError, Problem

CENTER = "data centre"  # nobody has another account for each of the two
WAYS = ("password", "key_file", "agent")

Logins = Mapping[str, str]
"""Keys of one login and what they say; all are checked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """By what somebody logs in. One of password, key file and agent is there."""

    user: str
    password: Secret | None = None
    key_file: Path | None = None
    passphrase: Secret | None = None  # of the key file
    agent: bool = False
    enable: Secret | None = None  # what the device asks for before it lets anybody change it


class Credentials:
    """Who logs in where, by reference."""

    def __init__(self, file: str, logins: tuple[tuple[int, Logins], ...]) -> None:
        self._file, self._logins = file, logins

    @classmethod
    def read(cls, path: Path) -> Credentials:
        """The logins of a file.

        Raises:
            InputError: what is wrong with it, all of it.
            OSError: it cannot be read.
        """
        return cls.parse(path.read_text("utf-8"), str(path))

    @classmethod
    def parse(cls, text: str, file: str) -> Credentials:
        """The logins of a text; `file`: how it is called in errors.

        Raises:
            InputError: what is wrong with it, all of it.
        """
        problems: list[Problem] = []
        logins: list[tuple[int, Logins]] = []
        for node in _items(text, file):
            line = node.start_mark.line + 1
            wrong = [Problem(file, at, *one) for at, *one in _wrong(node)]
            problems += wrong
            if not wrong:
                logins.append((line, _said(node)))
        if problems:
            raise InputError(problems)
        return cls(file, tuple(logins))

    def of(self, device: str, platform: str, kind: str, stores: Stores) -> Login:
        """The login for a device, with its secrets.

        `kind`: of its site.

        Raises:
            InputError: no login fits, a reference has no value, or others may read the key file.
            StoreUnreadable: a store cannot be read at all.
        """
        tier = TIER_OF_KIND[kind].value if kind in TIER_OF_KIND else CENTER
        for line, login in self._logins:
            if login.get("platform", platform) == platform and login.get("tier", tier) == tier:
                return self._login(line, login, stores)
        problem = f"no login fits {device} ({platform}, {tier})"
        hint = "add one without `platform` and `tier`, as the last"
        raise InputError([Problem(self._file, 1, "logins", problem, hint)])

    def _login(self, line: int, login: Logins, stores: Stores) -> Login:
        found = {
            key: find(word, stores)
            for key, word in login.items()
            if key in _SECRETS or (key == "user" and REFERENCE.fullmatch(word))
        }
        problems = [
            Problem(self._file, line, f"{key}: {login[key]}", one.why, one.hint)
            for key, one in found.items()
            if isinstance(one, Missing)
        ]
        path = Path(login["key_file"]).expanduser() if "key_file" in login else None
        if path and (why := _unfit(path)):
            problems.append(Problem(self._file, line, "key_file", f"{path} {why}"))
        if problems:
            raise InputError(problems)
        secrets = {key: one for key, one in found.items() if isinstance(one, Secret)}
        return Login(
            user=secrets["user"].reveal() if "user" in secrets else login["user"],
            password=secrets.get("password"),
            key_file=path,
            passphrase=secrets.get("passphrase"),
            agent=login.get("agent") == "true",
            enable=secrets.get("enable"),
        )


def _items(text: str, file: str) -> list[yaml.Node]:
    """Nodes and not values: they know their lines."""
    try:
        node = yaml.compose(text, yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line, problem = (mark.line + 1 if mark else 1), "this is not YAML"
    else:
        if isinstance(node, yaml.SequenceNode) and node.value:
            return list(node.value)
        line, problem = 1, "this is no list of logins"
    hint = "write `- {user: NAME, password: vault:NAME}`"
    raise InputError([Problem(file, line, "logins", problem, hint)])


_PLATFORMS = get_args(Platform)
_TIERS = tuple(dict.fromkeys((*(tier.value for tier in TIER_OF_KIND.values()), CENTER)))
_REFERENCE = "where it is kept, never itself: `vault:NAME` or `env:NAME`"
_CHECKS: Mapping[str, tuple[Callable[[str], object], str]] = {
    "platform": (_PLATFORMS.__contains__, f"one of {', '.join(_PLATFORMS)}"),
    "tier": (_TIERS.__contains__, f"one of {', '.join(_TIERS)}"),
    "user": (bool, "a name, or where it is kept: `env:NAME`"),
    "key_file": (bool, "where the private key lies"),
    "agent": (lambda word: word == "true", "`true`, or leave it out"),
    "password": (REFERENCE.fullmatch, _REFERENCE),
    "passphrase": (REFERENCE.fullmatch, _REFERENCE),
    "enable": (REFERENCE.fullmatch, _REFERENCE),
}
_SECRETS = ("password", "passphrase", "enable")


def _wrong(node: yaml.Node) -> list[tuple[int, str, str, str]]:
    """Line, field, problem and hint of all that is wrong with a login."""
    line = node.start_mark.line + 1
    if not isinstance(node, yaml.MappingNode):
        return [(line, "login", "is no list of keys and words", "write `{user: NAME, …}`")]
    found = []
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode) or key.value not in _CHECKS:
            hint = f"known are {', '.join(_CHECKS)}"
            found.append((key.start_mark.line + 1, "login", "has a key that is not known", hint))
            continue
        fits, hint = _CHECKS[key.value]
        if not isinstance(value, yaml.ScalarNode) or not fits(value.value):
            found.append((value.start_mark.line + 1, key.value, "is not what belongs here", hint))
    said = _said(node)
    if "user" not in said:
        found.append((line, "user", "is not there", "say who logs in"))
    if sum(way in said for way in WAYS) != 1:
        hint = "one of `password`, `key_file` and `agent`"
        found.append((line, "login", "needs one way to log in", hint))
    if "passphrase" in said and "key_file" not in said:
        found.append((line, "passphrase", "belongs to a `key_file`", ""))
    return found


def _said(node: yaml.Node) -> Logins:
    return {
        key.value: str(value.value)
        for key, value in node.value
        if isinstance(key, yaml.ScalarNode) and key.value in _CHECKS
    }


def _unfit(path: Path) -> str:
    try:
        mode = path.stat().st_mode
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    return "may be read by others: chmod 600" if mode & 0o077 else ""
