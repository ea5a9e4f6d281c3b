"""The shipped province's plan, made once by each process that runs these tests."""

from __future__ import annotations

import pytest

from telemed_infra.model.load import load
from telemed_infra.pipeline.meaning import Meaning
from telemed_infra.resources import shipped


@pytest.fixture(scope="session")
def meaning() -> Meaning:
    return Meaning(load(shipped("inventory"), as_of=None))
