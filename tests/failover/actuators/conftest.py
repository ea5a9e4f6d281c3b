"""A template once a run, a pair of clusters for each test that asks for one."""

from __future__ import annotations

import os
import pwd
import shutil
from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path

import pytest

from tests.failover.actuators.clusters import (
    RECORD_FIRST,
    UNPRIVILEGED,
    Pair,
    Site,
    make_template,
    programs,
    standing_pair,
    temporary_folder,
)

NUMBERS = count(1)


def unmet_need() -> str:
    """Why there can be no cluster here; empty: there can."""
    if programs() is None:
        return "needs PostgreSQL 15 or newer (Debian's `postgresql`): run scripts/install-debian.sh"
    if os.geteuid() == 0:
        with suppress(KeyError):
            pwd.getpwnam(UNPRIVILEGED)
            return ""
        return f"needs the user `{UNPRIVILEGED}` that Debian's `postgresql` makes"
    return ""


@pytest.fixture(scope="session")
def template() -> Iterator[Path]:
    words = unmet_need()
    if words and (os.environ.get("CI") or os.environ.get("TELEMED_REQUIRE_ALL")):
        pytest.fail(words, pytrace=False)
    if words:
        pytest.skip(words)
    base = temporary_folder()
    try:
        yield make_template(base)
    finally:
        shutil.rmtree(base)


@pytest.fixture
def pair(template: Path) -> Iterator[Pair]:
    """dc-a is the primary of term 1.1, dc-b streams from it."""
    base = template.parent.parent / f"pair{next(NUMBERS)}"
    base.mkdir(mode=0o711)
    found = standing_pair(base, template)
    try:
        yield found
    finally:
        found.end()


@pytest.fixture
def one(template: Path) -> Iterator[Site]:
    """dc-a alone, a primary of term 1.1."""
    base = template.parent.parent / f"one{next(NUMBERS)}"
    base.mkdir(mode=0o711)
    found = Pair(base, template)
    found.a.start()
    found.a.sql(RECORD_FIRST)
    try:
        yield found.a
    finally:
        found.end()
