"""The lab: real processes, real etcd, real kernel, in network namespaces."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from failover.laboratory.lab import Lab, laboratory
from failover.laboratory.places import plan_document


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    if os.geteuid() != 0:
        pytest.skip("namespaces need root")
    with laboratory(tmp_path, plan_document()) as found:
        yield found
