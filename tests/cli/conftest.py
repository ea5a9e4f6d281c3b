"""The whole program in this process, as the console script starts it."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from telemed_infra.cli.main import run
from telemed_infra.pipeline.build import build
from tests.pipeline.provinces import Place, write_province

DAY = "2026-07-01"


@dataclass(frozen=True)
class Ended:
    """What a command said, and its exit code."""

    code: int
    out: str
    err: str


Telemed = Callable[..., Ended]


@pytest.fixture
def telemed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Telemed:
    for name in ("FORCE_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "100")

    def telemed(*arguments: str | Path) -> Ended:
        monkeypatch.setattr(sys, "argv", ["telemed", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            run()
        said = capsys.readouterr()
        return Ended(int(ended.value.code or 0), said.out, said.err)

    return telemed


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Place:
    folder = tmp_path_factory.mktemp("province")
    place = Place(write_province(folder), folder / "build")
    assert build(place.request()).proven
    return place


@pytest.fixture
def here(made_once: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """The folder one stands in holds `inventory/` and `build`."""
    shutil.copytree(made_once.out.parent, tmp_path, symlinks=True, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return Place(Path("inventory"), Path("build"))
