"""One build of the small province for the tests that only look, and copies for those that touch."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from telemed_infra.pipeline.build import build
from tests.pipeline.provinces import Place, write_province


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """Built once; nobody changes it."""
    folder = tmp_path_factory.mktemp("province")
    place = Place(write_province(folder), folder / "build")
    result = build(place.request())
    assert result.proven, [str(one) for one in result.findings]
    return place


@pytest.fixture
def place(made_once: Place, tmp_path: Path) -> Place:
    """An inventory and its build, both of the test's own."""
    shutil.copytree(made_once.out.parent, tmp_path, symlinks=True, dirs_exist_ok=True)
    return Place(tmp_path / "inventory", tmp_path / "build")


@pytest.fixture
def empty(tmp_path: Path) -> Place:
    """An inventory of which nothing is built yet."""
    return Place(write_province(tmp_path), tmp_path / "build")
