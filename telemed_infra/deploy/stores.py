"""Where secrets are kept: the environment, files of ansible-vault, what a command prints.

Nothing of a secret goes into a process's arguments, and what a failing command says is not shown:
it may say what it should not.

Source: docs/concepts/deploy.md.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path

import yaml

from telemed_infra.deploy.secrets import Missing, Secret, StoreUnreadable

COMMAND_S_MAX = 30.0  # somebody may have to touch a key

Decrypt = Callable[[str], str]


class Environment:
    """Variables of this process; a variable of that name, to the letter."""

    def __init__(self, variables: Mapping[str, str] = os.environ) -> None:
        self._variables = variables

    def find(self, name: str) -> Secret | Missing:
        """The variable's value."""
        value = self._variables.get(name)
        if value is None:
            return Missing("no such variable is set", f"export `{name}` first")
        return Secret(value)


class Command:
    """A program that prints a secret; it gets the name as its last argument.

    `argv`: program and first arguments, no shell. An end other than 0: it has no such secret.
    """

    def __init__(self, argv: Sequence[str], *, timeout_s: float = COMMAND_S_MAX) -> None:
        self._argv, self._timeout_s = tuple(argv), timeout_s

    def find(self, name: str) -> Secret | Missing:
        """What it prints on its standard output, without the last line's end.

        Raises:
            StoreUnreadable: there is no such program, or it does not end.
        """
        if name.startswith("-"):
            return Missing("a name that begins with `-` would be an option of the command")
        ended, secret = _printed([*self._argv, name], self._timeout_s)
        if ended:
            return Missing(
                f"`{self._argv[0]}` ended with {ended}", "run it by hand with this name to see why"
            )
        return secret


class AnsibleVault:
    """A YAML file of names and values, encrypted whole or value by value (`!vault`).

    `password`: of the vault; asked for once, when the first secret is.
    """

    def __init__(self, path: Path, password: Callable[[], Secret]) -> None:
        self._path, self._password = path, password

    def find(self, name: str) -> Secret | Missing:
        """The value of this key.

        Raises:
            StoreUnreadable: no such file, not YAML, or not to be decrypted with this password.
        """
        value = self._values.get(name)
        if value is None:
            return Missing(
                f"{self._path} has no such key", f"add it by `ansible-vault edit {self._path}`"
            )
        if isinstance(value, _Encrypted):
            return Secret(self._decrypt(value.text))
        return Secret(value)

    @cached_property
    def _values(self) -> Mapping[str, str | _Encrypted]:
        text = _text(self._path)
        if text.startswith("$ANSIBLE_VAULT;"):
            text = self._decrypt(text)
        return _values(self._path, text)

    @cached_property
    def _decrypt(self) -> Decrypt:
        return _decrypter(self._path, self._password())


def password_of_file(path: Path) -> Secret:
    """A vault's password as Ansible takes it: the file's text, or what it prints if it can be run.

    Raises:
        StoreUnreadable: there is no such file, it is empty, or its program failed.
    """
    if os.access(path, os.X_OK) and path.is_file():
        return password_of_command([str(path.absolute())])
    return _some(Secret(_text(path).strip()), str(path))


def password_of_command(argv: Sequence[str], *, timeout_s: float = COMMAND_S_MAX) -> Secret:
    """A vault's password as a program prints it.

    Raises:
        StoreUnreadable: there is no such program, it does not end, failed, or printed nothing.
    """
    ended, secret = _printed(argv, timeout_s)
    if ended:
        raise StoreUnreadable(f"`{argv[0]}` ended with {ended}", "run it by hand to see why")
    return _some(secret, f"`{argv[0]}`")


def password_of_variable(name: str, variables: Mapping[str, str] = os.environ) -> Secret:
    """A vault's password from a variable of this process.

    Raises:
        StoreUnreadable: it is not set, or empty.
    """
    return _some(Secret(variables.get(name, "")), f"the variable `{name}`")


class _Encrypted:
    """A value that is encrypted by itself."""

    def __init__(self, text: str) -> None:
        self.text = text


class _Loader(yaml.SafeLoader):
    """YAML with Ansible's tag for encrypted values."""


def _encrypted(loader: _Loader, node: yaml.ScalarNode) -> _Encrypted:
    return _Encrypted(str(loader.construct_scalar(node)))


_Loader.add_constructor("!vault", _encrypted)


def _values(path: Path, text: str) -> Mapping[str, str | _Encrypted]:
    """Nothing of the text goes into an error, nor hangs on one: it may be a secret."""
    try:
        values = yaml.load(text, _Loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{path}:{mark.line + 1}" if mark else str(path)
    else:
        if isinstance(values, dict):
            return {str(key): _value(path, str(key), one) for key, one in values.items()}
        place = str(path)
    raise StoreUnreadable(f"{place}: inside, it is no YAML of names and values")


def _value(path: Path, key: str, value: object) -> str | _Encrypted:
    if isinstance(value, str | _Encrypted):
        return value
    raise StoreUnreadable(f"{path}: {key}: no text", "put the value in quotes")


def _decrypter(path: Path, password: Secret) -> Decrypt:
    """Ansible's own, imported here: it takes half a second."""
    try:
        from ansible.errors import AnsibleError  # type: ignore[import-untyped]  # noqa: PLC0415
        from ansible.parsing.vault import (  # type: ignore[import-untyped]  # noqa: PLC0415
            VaultLib,
            VaultSecret,
        )
    except ImportError:
        raise StoreUnreadable(
            f"{path} needs Ansible to be read", "pip install 'telemed-infra[ansible]'"
        ) from None
    vault = VaultLib([("default", VaultSecret(password.reveal().encode()))])

    def decrypt(text: str) -> str:
        with suppress(AnsibleError, UnicodeDecodeError):
            return str(vault.decrypt(text).decode())
        raise StoreUnreadable(
            f"{path}: this password does not open it",
            "see with `ansible-vault view` whether it is the right one, and the file whole",
        )

    return decrypt


def _printed(argv: Sequence[str], timeout_s: float) -> tuple[int, Secret]:
    try:
        done = subprocess.run(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=timeout_s,
            check=False,
        )
        return done.returncode, Secret(done.stdout.decode().removesuffix("\n").removesuffix("\r"))
    except subprocess.TimeoutExpired:
        says = f"did not end in {timeout_s:g} s"
    except (OSError, UnicodeDecodeError) as error:
        says = _reason(error)
    raise StoreUnreadable(f"`{argv[0]}`: {says}", "run it by hand to see why")


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        says = _reason(error)
    raise StoreUnreadable(f"{path}: {says}")


def _reason(error: OSError | UnicodeDecodeError) -> str:
    return error.strerror or "cannot be read" if isinstance(error, OSError) else "is not UTF-8"


def _some(secret: Secret, where: str) -> Secret:
    if not secret:
        raise StoreUnreadable(f"{where}: holds no password")
    return secret
