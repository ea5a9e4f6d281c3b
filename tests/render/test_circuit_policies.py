"""What strongSwan makes of a circuit's text before any key is agreed on: no GRE in plain.

The other end is a namespace in which nobody answers IKE.
"""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from jinja2 import FileSystemLoader

from failover.laboratory.network import inside
from telemed_infra.compile.config import LowerEnd
from telemed_infra.compile.tunnels import TunnelConfig
from telemed_infra.native.swanctl import SETTINGS
from telemed_infra.plan.prefix import prefix
from telemed_infra.render.swanctl import swanctl_view
from telemed_infra.render.text import environment, finish, section
from telemed_infra.resources import shipped
from tests.failover.actuators.routers import until
from tests.failover.guard.namespaces import EDGE_4, OUTSIDE_4, Lab, NoNamespaces, laboratory
from tests.render.test_circuits import CIRCUIT

GRE = 47
MARK = 253  # for experiments (RFC 3692): the circuit does not select it
SECONDS_MAX = 20
pytestmark = [pytest.mark.root, pytest.mark.debian("charon-systemd"), pytest.mark.debian("ip")]


@pytest.fixture
def lab() -> Iterator[Lab]:
    try:
        with laboratory() as made:
            yield made
    except NoNamespaces as why:
        pytest.skip(f"needs network namespaces: {why}")


def written(*, starts: bool) -> str:
    """The text of an end at the edge."""
    own, peer = (prefix(f"{address}/32").first for address in (EDGE_4, OUTSIDE_4))
    one = CIRCUIT._replace(own_address=own, peer_address=peer, starts=starts)
    view = swanctl_view(
        TunnelConfig(
            hostname="FW01",
            tunnels=(one,),
            lower_ends={one.secret: LowerEnd(number=0, origins=("site:1",))},
            origins=("device:1",),
        )
    )
    templates = environment(FileSystemLoader(str(shipped("templates"))))
    return finish(section(templates, "swanctl/swanctl.j2", {"tunnels": view})).text


@contextmanager
def strongswan(lab: Lab, folder: Path, text: str) -> Iterator[None]:
    """Runs at the edge and has loaded a text."""
    (folder / "strongswan.conf").write_text(SETTINGS, "utf-8")
    (folder / "text.conf").write_text(text, "utf-8")
    settings = {**os.environ, "STRONGSWAN_CONF": str(folder / "strongswan.conf")}

    def ask(*words: str) -> bool:
        command = ["swanctl", *words, "--uri", "unix://vici"]
        done = subprocess.run(
            command, cwd=folder, env=settings, capture_output=True, timeout=SECONDS_MAX, check=False
        )
        return done.returncode == 0

    with inside(lab.edge), (folder / "said").open("wb") as said:
        daemon = subprocess.Popen(
            ["charon-systemd"], cwd=folder, env=settings, stdout=said, stderr=said
        )
    try:
        until(lambda: ask("--stats"), "charon answers")
        assert ask("--load-all", "--noprompt", "--file", "text.conf")
        yield
    finally:
        daemon.terminate()
        daemon.wait(SECONDS_MAX)


def arrives(sender: str, receiver: str, to: str) -> bool:
    """Whether GRE does; what is sent after it and is not selected must."""
    with inside(receiver):
        heard, mark = (socket.socket(socket.AF_INET, socket.SOCK_RAW, one) for one in (GRE, MARK))
    with inside(sender):
        sent, after = (socket.socket(socket.AF_INET, socket.SOCK_RAW, one) for one in (GRE, MARK))
    with heard, mark, sent, after:
        mark.settimeout(SECONDS_MAX)
        heard.setblocking(False)
        sent.sendto(b"\x00\x00\x08\x00", (to, 0))
        after.sendto(b"mark", (to, 0))
        assert mark.recv(2048).endswith(b"mark")
        try:
            return bool(heard.recv(2048))
        except BlockingIOError:
            return False


@pytest.mark.parametrize("starts", [True, False])
def test_gre_in_plain_is_neither_sent_nor_taken(lab: Lab, tmp_path: Path, starts: bool) -> None:
    def both() -> tuple[bool, bool]:
        return arrives(lab.edge, lab.outside, OUTSIDE_4), arrives(lab.outside, lab.edge, EDGE_4)

    assert both() == (True, True)
    with strongswan(lab, tmp_path, written(starts=starts)):
        until(lambda: both() == (False, False), "the policies stand")
