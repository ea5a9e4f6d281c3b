"""Ansible's real programs, each run in a home of its own with the repository's ansible.cfg."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from telemed_infra.model.hosts import Hosts, hosts_of
from telemed_infra.model.load import load
from telemed_infra.model.network import Network

ROOT = Path(__file__).resolve().parent.parent.parent
SECONDS_MAX = 120

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def ansible(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Runs a program that stands beside this Python; every deprecation is a warning on stderr."""
    bin_folder = Path(sys.executable).parent
    if not (bin_folder / "ansible-playbook").exists():
        pytest.skip("needs ansible: install the extra `ansible`")
    kept = {
        key: text
        for key, text in os.environ.items()
        if "ANSIBLE" not in key and not key.startswith("XDG_")
    }
    environment = kept | {
        "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"),
        "ANSIBLE_DEPRECATION_WARNINGS": "1",
        "ANSIBLE_HOST_PATTERN_MISMATCH": "error",
        "ANSIBLE_NOCOLOR": "1",
        "HOME": str(tmp_path_factory.mktemp("home")),
        "LC_ALL": "C.UTF-8",
    }

    def run(
        program: str, *arguments: str | Path, text: str = ""
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(bin_folder / program), *map(str, arguments)],
            cwd=ROOT,
            env=environment,
            input=text,
            capture_output=True,
            text=True,
            timeout=SECONDS_MAX,
            check=False,
        )

    return run


@pytest.fixture(scope="session")
def network() -> Network:
    return load(ROOT / "inventory", as_of=None)


@pytest.fixture(scope="session")
def hosts(network: Network) -> Hosts:
    return hosts_of(network)
