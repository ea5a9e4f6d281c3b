"""The first login that fits counts; what is wrong is told, and no secret with it."""

from __future__ import annotations

import logging
import sys
import traceback
from pathlib import Path

import pytest

from telemed_infra.deploy.credentials import Credentials, Login
from telemed_infra.deploy.secrets import Missing, Secret, Store
from telemed_infra.deploy.stores import Command, Environment
from telemed_infra.problem import InputError

VALUE = "kR7-never+shown/9Q=="
TEXT = """\
- {tier: township, user: rollout, key_file: KEY, passphrase: vault:key}
- {tier: data centre, platform: huawei_usg, user: centre, password: vault:login}
- {platform: huawei_usg, user: env:WHO, password: vault:login, enable: vault:enable}
- {user: everybody, agent: true}
"""


class Kept:
    def find(self, name: str) -> Secret | Missing:
        return Missing("it is not there") if name == "none" else Secret(f"{name}-{VALUE}")


STORES: dict[str, Store] = {"vault": Kept(), "env": Environment({"WHO": "somebody"})}


def test_the_first_that_fits(tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text("private")
    key.chmod(0o600)
    credentials = Credentials.parse(TEXT.replace("KEY", str(key)), "logins.yml")
    assert credentials.of("A", "huawei_usg", "township", STORES) == Login(
        user="rollout", key_file=key, passphrase=Secret(f"key-{VALUE}")
    )
    login = Secret(f"login-{VALUE}")
    centre = credentials.of("A", "huawei_usg", "data-center", STORES)
    assert centre == Login(user="centre", password=login)
    assert credentials.of("A", "huawei_usg", "county-center", STORES) == Login(
        user="somebody", password=login, enable=Secret(f"enable-{VALUE}")
    )
    for kind in ("county-center", "city-hospital", "data-center"):
        found = credentials.of("A", "frr", kind, STORES)
        assert found == Login(user="everybody", agent=True)


def test_none_fits() -> None:
    credentials = Credentials.parse("- {tier: county, user: a, agent: true}", "logins.yml")
    with pytest.raises(InputError, match=r"^logins.yml:1: logins: no login fits A \(frr, hosp"):
        credentials.of("A", "frr", "city-hospital", STORES)


WRONG = {
    f"- {{user: a, password: {VALUE}}}": "1: password: is not what belongs here",
    f"- {{user: a, agent: true, {VALUE}: x}}": "1: login: has a key that is not known",
    f"- {{user: a, agent: true, ? [{VALUE}] : x}}": "1: login: has a key that is not known",
    f"- user: a\n  agent: true\n  enable: [{VALUE}]": "3: enable: is not what belongs here",
    f"- {{user: a, agent: true, platform: {VALUE}}}": "1: platform: is not what belongs here",
    "- {user: a, agent: true, tier: canary}": "1: tier: is not what belongs here",
    "- {user: a, agent: maybe}": "1: agent: is not what belongs here",
    "- {agent: true}": "1: user: is not there",
    "- {user: a}": "1: login: needs one way to log in",
    "- {user: a, agent: true, password: vault:a}": "1: login: needs one way to log in",
    "- {user: a, agent: true, passphrase: vault:a}": "1: passphrase: belongs to a `key_file`",
    f"- {VALUE}": "1: login: is no list of keys and words",
    f"{VALUE}": "1: logins: this is no list of logins",
    "": "1: logins: this is no list of logins",
    f"- {{user: a\n- {VALUE}": "2: logins: this is not YAML",
}


@pytest.mark.parametrize(("text", "says"), WRONG.items(), ids=list(WRONG.values()))
def test_what_is_wrong_is_told_without_what_stands_there(text: str, says: str) -> None:
    with pytest.raises(InputError) as error:
        Credentials.parse(text, "logins.yml")
    assert str(error.value).startswith(f"logins.yml:{says}")
    assert VALUE not in "".join(traceback.format_exception(error.value))
    assert VALUE not in repr(error.value)


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(InputError) as error:
        Credentials.parse("- {user: a}\n- {agent: true}\n- {user: a, tier: x}", "logins.yml")
    assert [one.line for one in error.value.problems] == [1, 2, 3, 3]
    text = f"- {{user: env:NOBODY, key_file: {tmp_path}/none, passphrase: vault:none}}"
    with pytest.raises(InputError) as error:
        Credentials.parse(text, "logins.yml").of("A", "frr", "township", STORES)
    assert [one.field for one in error.value.problems] == [
        "key_file",
        "passphrase: vault:none",
        "user: env:NOBODY",
    ]


def test_a_key_file_that_others_may_read(tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text("private")
    key.chmod(0o640)
    credentials = Credentials.parse(f"- {{user: a, key_file: {key}}}", "logins.yml")
    with pytest.raises(InputError, match="may be read by others: chmod 600"):
        credentials.of("A", "frr", "township", STORES)


def test_nothing_shows_a_secret(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """A command keeps it: not in its arguments, nor in what is logged, printed, shown or raised."""
    caplog.set_level(logging.DEBUG)
    (tmp_path / "kept").write_text(VALUE)
    program = tmp_path / "keeper.py"
    program.write_text(
        "import pathlib, sys\n"
        f"here = pathlib.Path({str(tmp_path)!r})\n"
        "with (here / 'argv').open('a') as file: file.write(repr(sys.argv))\n"
        "print((here / 'kept').read_text())\n"
        "sys.exit('gone: ' + (here / 'kept').read_text() if sys.argv[1] == 'enable' else 0)\n"
    )
    stores = {"vault": Command([sys.executable, str(program)])}
    text = "- {user: a, password: vault:login}"
    login = Credentials.parse(text, "logins.yml").of("A", "frr", "township", stores)
    assert login.password == Secret(VALUE)
    text = "- {user: a, password: vault:login, enable: vault:enable}"
    with pytest.raises(InputError, match=r"enable: vault:enable: .* ended with 1") as error:
        Credentials.parse(text, "logins.yml").of("A", "frr", "township", stores)
    trace = traceback.TracebackException.from_exception(error.value, capture_locals=True)
    out = capfd.readouterr()
    argv = (tmp_path / "argv").read_text()
    assert "'login']" in argv
    shown = (repr(login), str(login), argv, "".join(trace.format()), out.out, out.err, caplog.text)
    assert not [one for one in shown if VALUE in one]
