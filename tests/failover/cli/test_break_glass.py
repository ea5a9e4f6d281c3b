"""A new generation needs two people's keys, in time, under this plan."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from failover.core.cells import GenerationCell
from tests.failover.cli.conftest import Run
from tests.failover.cli.places import cells, make_place

pytestmark = pytest.mark.debian("ssh-keygen")


class Glass:
    """A place, keys of some people, and a request."""

    def __init__(self, folder: Path, run: Run) -> None:
        self.folder, self._run = folder, run
        self.node = make_place(folder, 'signers = "signers"\n')
        self.signers = folder / "signers"
        lines = []
        for name in ("li", "wang", "stranger"):
            keygen("-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(folder / name))
            if name != "stranger":
                lines.append(f"{name} {(folder / f'{name}.pub').read_text()}")
        self.signers.write_text("".join(lines))
        self.signers.chmod(0o644)
        self.request = folder / "break-glass.json"

    def say(self, *words: str) -> tuple[int, str, str]:
        ended = self._run("break-glass", *words, "--node", str(self.node), "--by", "li")
        return ended.code, ended.out, ended.err

    def ask(self, *words: str) -> None:
        assert self.say("request", "--out", str(self.request), *words)[0] == 0

    def sign(self, name: str, namespace: str = "telemed-failover") -> str:
        signature = self.folder / f"{name}.sig"
        made = keygen(
            "-Y", "sign", "-f", str(self.folder / name), "-n", namespace, given=self.request
        )
        signature.write_bytes(made)
        return str(signature)

    def apply(self, *signatures: str) -> tuple[int, str, str]:
        return self.say("apply", str(self.request), *signatures)

    def change(self, **values: object) -> None:
        document = json.loads(self.request.read_text()) | values
        self.request.write_text(json.dumps(document, sort_keys=True, indent=1) + "\n")


def keygen(*words: str, given: Path | None = None) -> bytes:
    content = given.read_bytes() if given else b""
    done = subprocess.run(["ssh-keygen", *words], input=content, capture_output=True, check=True)
    return done.stdout


@pytest.fixture
def glass(tmp_path: Path, telemed_failover: Run) -> Glass:
    return Glass(tmp_path, telemed_failover)


def test_two_people_start_a_new_generation_once(glass: Glass) -> None:
    glass.ask("--highest", "4")
    signatures = glass.sign("li"), glass.sign("wang")
    code, out, err = glass.apply(*signatures)
    assert (code, err) == (0, "")
    assert out.startswith("generation 5 by li and wang: written at revision ")
    nonce = json.loads(glass.request.read_text())["nonce"]
    assert cells(glass.node) == {"generation": GenerationCell(5, ("li", "wang"), nonce)}
    code, _, err = glass.apply(*signatures)
    assert code == 1
    assert "the register is at generation 5 already: the request knew of 4" in err


def test_one_key_twice_is_one_person(glass: Glass) -> None:
    glass.ask()
    one = glass.sign("li")
    refused(glass, (one, one), "are of one key (SHA256:")
    glass.signers.write_text(
        f"li {(glass.folder / 'li.pub').read_text()}wu {(glass.folder / 'li.pub').read_text()}"
    )
    refused(glass, (one, one), "are of one key (SHA256:")


def test_one_person_with_two_keys_is_one_person(glass: Glass) -> None:
    glass.ask()
    glass.signers.write_text(
        f"li {(glass.folder / 'li.pub').read_text()}li {(glass.folder / 'wang.pub').read_text()}"
    )
    refused(glass, (glass.sign("li"), glass.sign("wang")), "are both of li")


def test_a_strangers_signature(glass: Glass) -> None:
    glass.ask()
    refused(glass, (glass.sign("li"), glass.sign("stranger")), "stranger.sig: is of nobody in")


def test_a_signature_for_something_else(glass: Glass) -> None:
    glass.ask()
    signatures = glass.sign("li"), glass.sign("wang", "git")
    refused(glass, signatures, "wang.sig: does not hold for this request")


def test_a_request_that_was_changed_after_signing(glass: Glass) -> None:
    glass.ask()
    signatures = glass.sign("li"), glass.sign("wang")
    glass.change(highest=8)
    refused(glass, signatures, "li.sig: does not hold for this request")


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"at": 1000.0}, "more than an hour ago"),
        ({"at": 1e11}, "made in the future"),
        ({"plan": "0" * 64}, "is for plan 000000000000"),
        ({"version": 2}, "is no request of break-glass"),
        ({"highest": "8"}, "is no request of break-glass"),
        ({"more": 1}, "is no request of break-glass"),
    ],
)
def test_a_request_that_is_void(glass: Glass, values: dict[str, object], why: str) -> None:
    glass.ask()
    glass.change(**values)
    refused(glass, (glass.sign("li"), glass.sign("wang")), why)


def test_signers_that_others_may_write(glass: Glass) -> None:
    glass.ask()
    glass.signers.chmod(0o666)
    refused(glass, (glass.sign("li"), glass.sign("wang")), "others than its owner may write it")


def test_a_request_is_not_written_over(glass: Glass) -> None:
    glass.ask()
    assert glass.say("request", "--out", str(glass.request))[0] == 1


def refused(glass: Glass, signatures: tuple[str, str], why: str) -> None:
    code, out, err = glass.apply(*signatures)
    assert (code, out) == (1, "")
    assert why in err
    assert cells(glass.node) == {}
