"""SIGHUP: a process goes by the keys that now stand in its file, or stays with those it has."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from pathlib import Path

import pytest

from failover.processes.places import Place, place_of
from failover.processes.rekeying import rekeying
from failover.wire import pairs
from failover.wire.centre import CentreEndpoint
from failover.wire.keys import Keyring, file_content
from tests.failover.cli.places import make_place

LIMIT_S = 30.0


@pytest.fixture
def place(tmp_path: Path) -> Place:
    found = place_of(make_place(tmp_path))
    write(found, fresh(found))
    return found


def fresh(place: Place) -> Keyring:
    return pairs.completed({}, place.plan, os.urandom)["dc-a"]


def write(place: Place, keyring: Keyring) -> None:
    place.node.keys.touch(0o600)
    place.node.keys.write_bytes(file_content(keyring))


def said(
    caplog: pytest.LogCaptureFixture, place: Place, endpoint: CentreEndpoint
) -> logging.LogRecord:
    """What a process says to a SIGHUP."""
    caplog.clear()
    asyncio.run(_asked(caplog, place, endpoint))
    return caplog.records[0]


async def _asked(caplog: pytest.LogCaptureFixture, place: Place, endpoint: CentreEndpoint) -> None:
    task = asyncio.create_task(rekeying(place, endpoint.post))
    await asyncio.sleep(0)  # it listens to the signal now
    os.kill(os.getpid(), signal.SIGHUP)
    async with asyncio.timeout(LIMIT_S):
        while not caplog.records:
            await asyncio.sleep(0.001)
    task.cancel()
    await asyncio.wait([task])


def endpoint_of(place: Place) -> CentreEndpoint:
    return CentreEndpoint(place.plan, "dc-a", place.keyring(), lambda _event: None)


def sends(endpoint: CentreEndpoint) -> str:
    keys = endpoint.post._door.keyring.of("dc-b")
    assert keys is not None
    return keys.sends.for_file()


def test_a_process_goes_by_new_keys(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "telemed.keys")
    endpoint, new = endpoint_of(place), fresh(place)
    before = sends(endpoint)
    write(place, new)
    record = said(caplog, place, endpoint)
    assert record.levelno == logging.INFO
    assert sends(endpoint) == new.content["dc-b"].sends.for_file() != before
    assert sends(endpoint) not in caplog.text


def test_a_file_that_is_wrong_changes_nothing(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    endpoint = endpoint_of(place)
    before = sends(endpoint)
    place.node.keys.chmod(0o640)
    record = said(caplog, place, endpoint)
    assert "the keys stay as they were" in record.getMessage()
    assert "mode 0640" in record.getMessage()
    place.node.keys.chmod(0o600)
    some = fresh(place).content
    write(place, Keyring({"witness-1": some["witness-1"]}))
    record = said(caplog, place, endpoint)
    assert "has no key for `dc-b`" in record.getMessage()
    assert sends(endpoint) == before
