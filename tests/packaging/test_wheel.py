"""The wheel works alone: no checkout, no editable install, an empty directory, a clean environment.

It is built from the source distribution, so that one is whole too.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from telemed_infra.plan.platforms import PLATFORMS

ROOT = Path(__file__).resolve().parents[2]
UV = Path(sys.executable).with_name("uv")
TIMEOUT_S = 300

pytestmark = [
    # One worker builds and installs once for all.
    pytest.mark.xdist_group("wheel"),
    pytest.mark.skipif(
        not UV.exists(), reason=f"needs {UV.name} beside the interpreter: make test"
    ),
]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    run([sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), str(ROOT)], out)
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def telemed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program of a clean environment that has the wheel and the locked runtime packages."""
    environment = tmp_path_factory.mktemp("clean") / "venv"
    run([str(UV), "venv", "-q", "--python", sys.executable, str(environment)], wheel.parent)
    install = [str(UV), "pip", "install", "-q", "--python", str(environment / "bin" / "python")]
    install += ["--constraint", str(ROOT / "requirements.lock"), str(wheel)]
    # What `make` has fetched is enough; an emptied cache asks the index that `make` asked.
    offline = execute([*install, "--offline"], wheel.parent)
    if offline.returncode != 0:
        run(install, wheel.parent)
    return environment / "bin" / "telemed"


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    empty = tmp_path / "empty"
    empty.mkdir()
    return empty


def test_wheel_ships_what_the_pipeline_reads(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for folder in ("inventory", "templates", "playbooks"):
        assert any(name.startswith(f"telemed_infra/_shipped/{folder}/") for name in names), folder
    assert "failover/plan.schema.json" in names
    assert "failover/systemd/telemed-failover-guard.service" in names
    outside = {name.split("/", 1)[0] for name in names} - {
        "telemed_infra",
        "failover",
        "monitoring",
    }
    assert all(name.endswith(".dist-info") for name in outside), outside
    assert any(name.endswith("/licenses/LICENSE") for name in names)


def test_wheel_ships_every_file_of_the_checkout(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    missing = [
        shipped
        for folder in ("inventory", "templates", "playbooks")
        for path in sorted((ROOT / folder).rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
        if (shipped := f"telemed_infra/_shipped/{path.relative_to(ROOT)}") not in names
    ]
    assert not missing


def test_check_runs_outside_the_checkout(telemed: Path, elsewhere: Path) -> None:
    said = run_telemed(telemed, elsewhere, "check", "--json")
    assert json.loads(said)["counts"]["sites"] > 0
    assert not list(elsewhere.iterdir()), "`telemed check` wrote files"


def test_build_runs_outside_the_checkout(telemed: Path, elsewhere: Path) -> None:
    one_of_each = ":".join(f"platform_{name}[0]" for name in PLATFORMS)
    run_telemed(telemed, elsewhere, "build", "--out", "out", "--limit", one_of_each)
    assert {path.name for path in elsewhere.iterdir()} == {"out", ".out.a", ".out.lock"}
    assert (elsewhere / "out" / "manifest.json").is_file()
    written = {path.suffix for path in (elsewhere / "out" / "configs").rglob("*.*")}
    assert {f".{platform.extension}" for platform in PLATFORMS.values()} <= written


def run_telemed(telemed: Path, directory: Path, *arguments: str) -> str:
    """With a cache of its own: what an earlier build left behind must not help."""
    return run(
        [str(telemed), *arguments], directory, XDG_CACHE_HOME=str(directory.parent / "cache")
    )


def run(command: list[str], directory: Path, **variables: str) -> str:
    done = execute(command, directory, **variables)
    assert done.returncode == 0, f"{command} exited {done.returncode}\n{done.stdout}{done.stderr}"
    return done.stdout


def execute(
    command: list[str], directory: Path, **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run without the variables that lead back to the checkout."""
    leading_back = ("VIRTUAL_ENV", "PYTHONPATH", "ANSIBLE_CONFIG")
    kept = {name: value for name, value in os.environ.items() if name not in leading_back}
    return subprocess.run(
        command,
        cwd=directory,
        env=kept | variables,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
