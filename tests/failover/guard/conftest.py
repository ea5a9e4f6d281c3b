"""One laboratory of network namespaces for all tests of a worker."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.failover.guard.kernels import SERVICES
from tests.failover.guard.namespaces import Lab, NoNamespaces, laboratory
from tests.failover.guard.processes import Guards, Speakers, guards, speakers
from tests.failover.guard.traffic import Prober, probing


@pytest.fixture(scope="session")
def lab() -> Iterator[Lab]:
    try:
        with laboratory() as made:
            yield made
    except NoNamespaces as error:
        pytest.skip(f"needs network namespaces: {error}")


@pytest.fixture
def start(lab: Lab, tmp_path: Path) -> Iterator[Guards]:
    """Starts guards at the edge, with the test's own folder."""
    with guards(lab, tmp_path) as starter:
        yield starter


@pytest.fixture
def connect(tmp_path: Path) -> Iterator[Speakers]:
    """Connects agents to them."""
    with speakers(tmp_path) as connector:
        yield connector


@pytest.fixture
def prober(lab: Lab) -> Iterator[Prober]:
    """Tells which doors are open."""
    with probing(lab, SERVICES) as made:
        yield made
