"""The guide to a centre: its commands are run, as root, on folders of their own; its files read."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from failover.laboratory.places import plan_document
from failover.node_file.reading import read_node_file
from failover.plan_file.reading import hash_of
from failover.register.etcd_rules import broken_rules
from failover.register.etcd_settings import settings_of_file
from failover.register.finding import Weight
from failover.register.hedging import Pace
from tests.anyone import PYTHON, for_anyone

ROOT = Path(__file__).resolve().parents[3]
GUIDE = ROOT / "docs/guides/install-a-centre.md"
TOGETHER = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)

# Folders that the guide changes are other ones, for this process and what it starts.
PREPARE = """
set -euo pipefail
mount --make-rprivate /
mount -t tmpfs -o mode=755 tmpfs /run
mkdir /run/over /run/work
mount -t overlay overlay -o lowerdir=/etc,upperdir=/run/over,workdir=/run/work /etc
mount -t tmpfs -o mode=755 tmpfs /var/lib
mount -t tmpfs -o mode=755 tmpfs /opt
mkdir -p /opt/telemed/bin
cd /opt/telemed/bin
printf '#!/bin/sh\\nexec %s -m failover.cli.main "$@"\\n' "$PYTHON" >telemed-failover
printf '#!/bin/sh\\nexec %s "$@"\\n' "$PYTHON" >python
chmod 755 telemed-failover python
cd "$FILES"
mkdir -p .venv/bin
cp /opt/telemed/bin/telemed-failover .venv/bin/
id etcd >/dev/null 2>&1 || echo etcd:x:64330:64330::/nonexistent:/bin/false >>/etc/passwd
trap 'echo "in line $LINENO: $BASH_COMMAND" >&2' ERR
"""
# Between the blocks: the files that a person writes.
WRITE = 'cp "$FILES/node.toml" /etc/telemed-failover/; cp "$FILES/etcd.json" /etc/etcd/\n'


def blocks(kind: str) -> list[str]:
    return [text for found, text in TOGETHER.findall(GUIDE.read_text("utf-8")) if found == kind]


def files() -> tuple[str, str]:
    (settings,), (node,) = blocks("json"), blocks("toml")
    return settings, node


def commands() -> list[str]:
    """Each block of the guide as a script."""
    return [
        "".join(line.removeprefix("$ ") + "\n" for line in block.splitlines())
        for block in blocks("console")
    ]


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A folder with a plan, and the files that the guide shows."""
    (tmp_path / "build/failover").mkdir(parents=True)
    document = plan_document()
    document.pop("hash")
    plan = document | {"hash": hash_of(document)}
    (tmp_path / "build/failover/plan.json").write_text(json.dumps(plan), "utf-8")
    settings, node = files()
    (tmp_path / "etcd.json").write_text(settings, "utf-8")
    (tmp_path / "node.toml").write_text(node, "utf-8")
    return tmp_path


def test_the_settings_of_the_member_are_those_that_an_agent_wants(desk: Path) -> None:
    settings, _ = files()
    said = settings_of_file("etcd.json", settings)
    lease_s = plan_document()["profile"]["lease"]["length_s"]
    found = broken_rules("dc-a", said, Weight.REFUSE, lease_s=lease_s, try_s=Pace().try_s)
    assert list(found) == []


def test_the_node_file_is_read(desk: Path) -> None:
    node = read_node_file(desk / "node.toml")
    assert node.name == "dc-a"
    assert node.register is not None
    assert f"--config-file={node.register.etcd_config}" in "".join(commands())


@pytest.mark.root
@pytest.mark.debian("systemd-sysusers", "systemd-analyze", "openssl", "runuser")
def test_the_commands_do_what_they_say(desk: Path) -> None:
    script = [PREPARE]
    for block in commands():
        if "keys check\n" in block and "runuser" in block:
            script.append(WRITE)
            script.append(CHECK_FILES)
        script.append(block)
    script.append(CHECK_REMOVAL)
    done = subprocess.run(
        for_anyone(["bash", "-c", "".join(script)]),
        cwd=desk,
        env={
            "PATH": os.environ["PATH"] + ":/usr/sbin:/sbin",
            "PYTHON": PYTHON,
            "FILES": str(desk),
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 file of keys: as they must be" in done.stdout
    assert "use: the new key sends" in done.stdout


CHECK_FILES = """
[ "$(stat -c %U:%a /etc/telemed-failover/keys)" = telemed-failover:600 ]
[ "$(stat -c %U:%a /etc/telemed-failover/tls/dc-a.key)" = telemed-failover:600 ]
openssl verify -CAfile /etc/etcd/ca.crt -purpose sslserver /etc/etcd/dc-a.crt
openssl verify -CAfile /etc/etcd/ca.crt -purpose sslclient /etc/etcd/dc-a.crt
grep -q telemed-failover-guard /etc/systemd/system/telemed-failover-agent.service
id -nG telemed-failover | grep -qw telemed-monitor
"""
CHECK_REMOVAL = """
for gone in /etc/telemed-failover /etc/etcd /etc/sysusers.d/telemed-failover.conf; do
  [ ! -e "$gone" ]
done
"""
