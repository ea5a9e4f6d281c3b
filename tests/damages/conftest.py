"""The shipped province, loaded once by each process that runs these tests."""

from __future__ import annotations

import pytest

from tests.damages.workshop import Workshop


@pytest.fixture(scope="session")
def workshop() -> Workshop:
    return Workshop()
