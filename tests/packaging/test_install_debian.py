"""The backports source is made after the machine's own, in both of apt's formats."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "install-debian.sh"

STANZAS = """\
# the security updates have a mirror of their own
Types: deb
URIs: http://mirror.example/debian-security
Suites: bookworm-security
Components: main

Types: deb
Enabled: no
URIs: http://old.example/debian
Suites: bookworm
Components: main

Types: deb deb-src
URIs: http://mirror.example/debian
# folded
Suites: bookworm
 bookworm-updates
Components: main contrib
Check-Valid-Until: no
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 abcd
 -----END PGP PUBLIC KEY BLOCK-----
"""
BACKPORTS_STANZA = """\
Types: deb
URIs: http://mirror.example/debian
Suites: bookworm-backports
Components: main
Check-Valid-Until: no
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 abcd
 -----END PGP PUBLIC KEY BLOCK-----
"""


def test_stanza_keeps_mirror_key_and_options() -> None:
    assert sourced("backports_stanza bookworm bookworm-backports", STANZAS) == BACKPORTS_STANZA


@pytest.mark.parametrize(
    ("line", "backports"),
    [
        (
            "deb http://mirror.example/debian bookworm main contrib # the nearest",
            "deb http://mirror.example/debian NEW main",
        ),
        (
            "deb [arch=amd64 signed-by=/debian.gpg] http://mirror.example/debian  bookworm main",
            "deb [arch=amd64 signed-by=/debian.gpg] http://mirror.example/debian  NEW main",
        ),
    ],
)
def test_line_keeps_mirror_and_options(line: str, backports: str) -> None:
    text = f"# a comment\n{line}\ndeb-src http://mirror.example/debian bookworm main\n"
    assert sourced("backports_line 2 bookworm NEW", text) == f"{backports}\n"


def test_without_root_it_says_what_is_skipped() -> None:
    pretend = "has() { return 1; }; id() { echo 1000; }; sudo() { return 1; }"
    ran = bash(f'{pretend}; install_all "$(missing_packages)"', "")
    assert ran.returncode == 1
    assert "missing: nftables; without it nft does not read" in ran.stderr
    assert "hint: run once: sudo " in ran.stderr


def test_unknown_option_is_misuse() -> None:
    ran = subprocess.run([SCRIPT, "--instal"], capture_output=True, text=True, check=False)
    assert ran.returncode == 2
    assert ran.stderr.startswith("error: unknown option --instal\nhint: ")


def sourced(call: str, text: str) -> str:
    ran = bash(call, text)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def bash(script: str, text: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-c", f"source {SCRIPT}; {script}"],
        input=text,
        capture_output=True,
        text=True,
        check=False,
    )
