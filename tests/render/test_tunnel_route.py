"""The script by which strongSwan sets routes; cables stand for the interfaces of tunnels."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence

import pytest

from telemed_infra.resources import shipped

SCRIPT = shipped("templates") / "swanctl" / "tunnel-route"
CABLES = """\
ip link add ipsec0 type veth peer name far0
ip link add ipsec1 type veth peer name far1
for end in ipsec0 far0 ipsec1 far1; do ip link set $end up; done
"""
SHOWN = "ip -o -4 route show; ip -o -6 route show | grep -v fe80 || true"
pytestmark = [pytest.mark.root, pytest.mark.debian("ip")]


def routes(*events: str, end: str = "") -> list[str]:
    """What stands after events: `VERB CLIENT INTERFACE METRIC` each."""
    calls = []
    for event in events:
        verb, client, *arguments = event.split()
        calls.append(f"PLUTO_VERB={verb} PLUTO_PEER_CLIENT={client} {SCRIPT} {' '.join(arguments)}")
    told = inside("\n".join(("set -e", CABLES, *calls, end, SHOWN)))
    assert told.returncode == 0, told.stderr
    return [" ".join(line.split()) for line in told.stdout.splitlines()]


def inside(script: str) -> subprocess.CompletedProcess[str]:
    command = ["unshare", "--net", "sh", "-c", script]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)


def called(arguments: Sequence[str], **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(SCRIPT), *arguments],
        capture_output=True, text=True, timeout=30, check=False,
        env={"PATH": os.environ["PATH"], **environment},
    )  # fmt: skip


def test_the_line_is_preferred_while_it_stands() -> None:
    line, lte = "up-client 0.0.0.0/0 ipsec0 10", "up-client 0.0.0.0/0 ipsec1 20"
    both = [
        "default dev ipsec0 scope link metric 10",
        "default dev ipsec1 scope link metric 20",
    ]
    assert routes(line, lte) == routes(lte, line) == both
    assert routes(line, lte, "down-client 0.0.0.0/0 ipsec0 10") == both[1:]
    assert routes(line, "down-client 0.0.0.0/0 ipsec0 10", line) == both[:1]


def test_both_families_and_a_block_below() -> None:
    assert routes(
        "up-client 10.87.24.0/23 ipsec0 10", "up-client-v6 2001:db8:5000::/52 ipsec0 10"
    ) == [
        "10.87.24.0/23 dev ipsec0 scope link metric 10",
        "2001:db8:5000::/52 dev ipsec0 metric 10 pref medium",
    ]
    assert not routes(
        "up-client-v6 ::/0 ipsec0 10", "up-host 10.0.0.1/32 ipsec1 20",
        "down-client-v6 ::/0 ipsec0 10", "down-host 10.0.0.1/32 ipsec1 20",
    )  # fmt: skip


def test_what_happens_twice_or_too_late_harms_nothing() -> None:
    up, down = "up-client 0.0.0.0/0 ipsec0 10", "down-client 0.0.0.0/0 ipsec0 10"
    assert len(routes(up, up)) == 1
    assert not routes(down, up, down, down)
    gone = f"ip link del ipsec0\nPLUTO_VERB=down-client PLUTO_PEER_CLIENT=0.0.0.0/0 {SCRIPT}"
    assert not routes(up, end=f"{gone} ipsec0 10")


@pytest.mark.parametrize(
    ("arguments", "environment", "words"),
    [
        (["ipsec0"], {}, "usage: tunnel-route INTERFACE METRIC"),
        (["ipsec0", "ten"], {}, "the metric ten is not a number"),
        (["ipsec0", "10"], {}, "PLUTO_PEER_CLIENT is not set"),
        (["ipsec0", "10"], {"PLUTO_PEER_CLIENT": "0.0.0.0/0"}, "unknown event: none"),
        (
            ["ipsec0", "10"],
            {"PLUTO_PEER_CLIENT": "0.0.0.0/0", "PLUTO_VERB": "prepare-client"},
            "unknown event: prepare-client",
        ),
    ],
)
def test_what_it_refuses(arguments: list[str], environment: dict[str, str], words: str) -> None:
    told = called(arguments, **environment)
    assert (told.returncode, words in told.stderr) == (2, True), told.stderr


def test_an_interface_that_is_missing_is_an_error() -> None:
    told = inside(f"PLUTO_VERB=up-client PLUTO_PEER_CLIENT=0.0.0.0/0 {SCRIPT} ipsec7 10")
    assert told.returncode != 0
    assert "ipsec7" in told.stderr
