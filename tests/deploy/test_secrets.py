"""References become values, exactly and all or none; no error, word or trace tells a value."""

from __future__ import annotations

import copy
import json
import logging
import pickle
import sys
import traceback
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemed_infra.deploy.secrets import (
    Missing,
    Secret,
    StoreUnreadable,
    references,
    resolve,
)
from telemed_infra.deploy.stores import (
    AnsibleVault,
    Command,
    Environment,
    password_of_command,
    password_of_file,
    password_of_variable,
)
from telemed_infra.problem import InputError

VALUE = "kR7-never+shown/9Q=="


class Kept:
    """A store of what stands here."""

    def __init__(self, **values: str) -> None:
        self._values = values

    def find(self, name: str) -> Secret | Missing:
        return Secret(self._values[name]) if name in self._values else Missing("it is not there")


def told(error: BaseException) -> str:
    """All that a careless handler could print: words, chain, every local of ours."""
    trace = traceback.TracebackException.from_exception(error, capture_locals=True)
    ours = [frame for frame in trace.stack if frame.filename != __file__]
    assert ours
    chain = repr(error.__cause__) + repr(error.__context__)
    return str(error) + repr(error) + chain + "".join(traceback.StackSummary(ours).format())


def test_each_reference_is_replaced_and_nothing_else() -> None:
    text = ' password cipher vault:a\nsecret = "vault:a-b"\nkey env:A\n# myvault:a vault: env:\n'
    stores = {"vault": Kept(a="one", **{"a-b": "two"}), "env": Kept(A="three")}
    assert resolve(text, stores) == (
        ' password cipher one\nsecret = "two"\nkey three\n# myvault:a vault: env:\n'
    )
    assert references(text) == ("vault:a", "vault:a-b", "env:A")


@given(st.lists(st.from_regex(r"[A-Za-z][A-Za-z0-9_./-]{0,9}", fullmatch=True), unique=True))
def test_the_longest_name_counts(names: list[str]) -> None:
    text = "".join(f"key vault:{name}\n" for name in names)
    kept = Kept(**{name: f"value-{at}" for at, name in enumerate(names)})
    expected = "".join(f"key value-{at}\n" for at in range(len(names)))
    assert resolve(text, {"vault": kept}) == expected


def test_a_value_that_looks_like_a_reference_is_not_looked_up() -> None:
    assert resolve("vault:a", {"vault": Kept(a="vault:b", b="no")}) == "vault:b"


def test_all_that_is_missing_is_told_at_once() -> None:
    text = "x\nkey vault:b\nkey vault:a\n\nkey env:C\nkey vault:b\n"
    with pytest.raises(InputError) as error:
        resolve(text, {"vault": Kept(a=VALUE)}, "BJ-H1-FW01.usg")
    assert str(error.value).splitlines() == [
        "BJ-H1-FW01.usg:2: vault:b: it is not there",
        "BJ-H1-FW01.usg:5: env:C: nobody said where such secrets are kept",
        "hint: name a store for `env:`",
        "BJ-H1-FW01.usg:6: vault:b: it is not there",
    ]
    assert VALUE not in told(error.value)


@pytest.mark.parametrize(
    "bad",
    [
        "",
        " ",
        "two words",
        "a\nundo bgp 1",
        "a\r",
        "what?",
        'say"',
        "a#b",
        "a{b",
        "0xabc",
        "0s",
        "ä",
    ],
)
def test_a_value_that_a_device_would_not_take_whole_is_refused(bad: str) -> None:
    with pytest.raises(InputError, match=r"^t:1: vault:a: ") as error:
        resolve("key vault:a", {"vault": Kept(a=bad)}, "t")
    assert len(error.value.problems) == 1
    assert not bad or repr(bad) not in told(error.value)


def test_a_secret_shows_itself_to_nobody() -> None:
    secret = Secret(VALUE)
    for shown in (str(secret), repr(secret), f"{secret}", f"{[secret]!r:>99}", "%s" % secret):  # noqa: UP031
        assert VALUE not in shown
        assert "<secret>" in shown
    for written in (json.dumps, pickle.dumps, copy.deepcopy):
        with pytest.raises(TypeError) as error:
            written(secret)
        assert VALUE not in str(error.value)
    assert not hasattr(secret, "__dict__")
    assert secret == Secret(VALUE)
    assert secret != Secret("other")
    assert secret != VALUE
    assert len({secret, Secret(VALUE)}) == 1
    assert secret.reveal() == VALUE


def test_the_environment() -> None:
    store = Environment({"A": VALUE})
    assert store.find("A") == Secret(VALUE)
    assert store.find("a") == Missing("no such variable is set", "export `a` first")


def python(tmp_path: Path, body: str) -> list[str]:
    program = tmp_path / "keeper.py"
    program.write_text("import sys\n" + body)
    return [sys.executable, str(program)]


def test_a_command_gets_the_name_and_prints_the_value(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text(VALUE)
    body = (
        f"assert sys.argv[1:] == ['get', 'bgp; x']\nprint(open({str(tmp_path / 'kept')!r}).read())"
    )
    assert Command([*python(tmp_path, body), "get"]).find("bgp; x") == Secret(VALUE)


def test_what_a_failing_command_says_is_not_shown(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    argv = python(tmp_path, f"print('{VALUE}'); sys.exit('{VALUE}')")
    with pytest.raises(InputError) as error:
        resolve("key vault:a", {"vault": Command(argv)})
    assert f"vault:a: `{sys.executable}` ended with 1" in str(error.value)
    with pytest.raises(StoreUnreadable) as unreadable:
        password_of_command(argv)
    out = capfd.readouterr()
    shown = (told(error.value), told(unreadable.value), out.out, out.err, caplog.text)
    assert not [one for one in shown if VALUE in one]


def test_a_command_that_is_none_or_does_not_end(tmp_path: Path) -> None:
    with pytest.raises(StoreUnreadable, match="No such file"):
        Command([str(tmp_path / "none")]).find("a")
    argv = python(tmp_path, f"print('{VALUE}', flush=True)\nimport time\ntime.sleep(60)")
    with pytest.raises(StoreUnreadable, match=r"did not end in 0\.5 s") as error:
        Command(argv, timeout_s=0.5).find("a")
    assert VALUE not in told(error.value)


def test_a_name_is_never_an_option(tmp_path: Path) -> None:
    found = Command(python(tmp_path, "print('x')")).find("-rf")
    assert isinstance(found, Missing)
    assert "option" in found.why


PASSWORD = "the vault's own"


def encrypted(text: str) -> str:
    vault = pytest.importorskip("ansible.parsing.vault")
    made = vault.VaultLib([]).encrypt(text, vault.VaultSecret(PASSWORD.encode()))
    return str(made.decode())


@pytest.fixture(params=["whole", "by value"])
def vault(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / "secrets.yml"
    if request.param == "whole":
        path.write_text(encrypted(f"a: {VALUE}\nbgp-x/1: other\n"))
    else:
        block = "".join(f"  {line}\n" for line in encrypted(VALUE).splitlines())
        path.write_text(f"a: !vault |\n{block}bgp-x/1: other\n")
    return path


def test_a_vault_of_ansible(vault: Path) -> None:
    store = AnsibleVault(vault, lambda: Secret(PASSWORD))
    assert resolve("vault:a vault:bgp-x/1", {"vault": store}) == f"{VALUE} other"
    missing = store.find("b")
    assert missing == Missing(f"{vault} has no such key", f"add it by `ansible-vault edit {vault}`")


def test_a_vault_and_another_password(vault: Path) -> None:
    with pytest.raises(StoreUnreadable, match="this password does not open it") as error:
        AnsibleVault(vault, lambda: Secret("guessed-word")).find("a")
    assert "guessed-word" not in told(error.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (f"a: {VALUE}\n b: ]{VALUE}", ":2: inside, it is no YAML"),
        (f"- {VALUE}", "no YAML of names and values"),
        (f"a: {VALUE}\nb: [{VALUE}]", ": b: no text"),
        ("a: 12345678", ": a: no text"),
    ],
)
def test_a_vault_that_holds_something_else(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "secrets.yml"
    path.write_text(encrypted(text))
    with pytest.raises(StoreUnreadable) as error:
        AnsibleVault(path, lambda: Secret(PASSWORD)).find("a")
    assert says in str(error.value)
    shown = "".join(traceback.format_exception(error.value)) + repr(error.value.__context__)
    assert VALUE not in shown
    with pytest.raises(StoreUnreadable, match="No such file"):
        AnsibleVault(tmp_path / "none", lambda: Secret(PASSWORD)).find("a")


def test_a_vaults_password_as_ansible_takes_it(tmp_path: Path) -> None:
    path = tmp_path / "password"
    path.write_text(f"{PASSWORD}\n")
    assert password_of_file(path) == Secret(PASSWORD)
    path.write_text(f"#!/bin/sh\necho {VALUE}\n")
    path.chmod(0o700)
    assert password_of_file(path) == Secret(VALUE)
    assert password_of_variable("A", {"A": VALUE}) == Secret(VALUE)
    with pytest.raises(StoreUnreadable, match="`A`: holds no password"):
        password_of_variable("A", {})
    with pytest.raises(StoreUnreadable, match="No such file"):
        password_of_file(tmp_path / "none")
