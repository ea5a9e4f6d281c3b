"""What runs out at a place: certificates, and keys that are old or half changed."""

from __future__ import annotations

import json
import ssl
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from failover.processes.places import Place
from failover.processes.problem import CannotRun

SOON_S = 30 * 86400.0
KEYS_OLD_S = 365 * 86400.0
OPENSSL_S = 5.0


def ending(place: Place, now: float) -> Iterator[str]:
    """Sentences about what ends soon, has ended, or cannot be known."""
    for what, path in _certificates(place):
        yield from _of_certificate(what, path, now)
    yield from _of_keys(place, now)


def _certificates(place: Place) -> Iterator[tuple[str, Path]]:
    access = place.node.register
    if access is None:
        return
    yield "the certificate for the register", access.certificate
    yield "the register's authority", access.authority
    if access.etcd_config is None:
        return
    try:
        config = json.loads(access.etcd_config.read_text("utf-8"))
        for part in ("client-transport-security", "peer-transport-security"):
            yield (
                f"the member's {part.partition('-')[0]} certificate",
                Path(config[part]["cert-file"]),
            )
    except (OSError, ValueError, TypeError, KeyError):
        return  # its checks at the agent's start say what is wrong with it


def _of_certificate(what: str, path: Path, now: float) -> Iterator[str]:
    try:
        asked = subprocess.run(
            ["openssl", "x509", "-noout", "-enddate", "-in", str(path)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=OPENSSL_S,
            check=False,
        )
        ends = ssl.cert_time_to_seconds(asked.stdout.strip().removeprefix("notAfter="))
    except (OSError, subprocess.TimeoutExpired) as error:
        yield f"{path}: {what}: its end is not known: openssl: {error}"
        return
    except ValueError:
        yield f"{path}: {what} cannot be read"
        return
    left_s = ends - now
    day = datetime.fromtimestamp(ends, UTC).strftime("%Y-%m-%d")
    if left_s <= 0:
        yield f"{path}: {what} has ended on {day}"
    elif left_s <= SOON_S:
        yield f"{path}: {what} ends on {day}, in {left_s / 86400:.0f} d"


def _of_keys(place: Place, now: float) -> Iterator[str]:
    try:
        keyring = place.keyring()
        changed = place.node.keys.stat().st_mtime
    except CannotRun as cannot:
        yield cannot.problem
        return
    except OSError as error:
        yield f"{place.node.keys}: {error.strerror}"
        return
    names = [
        *place.plan.plan.sites,
        place.plan.witness.name,
        *(o.name for o in place.plan.observers),
    ]
    half = [name for name in names if (keys := keyring.of(name)) is not None and keys.accepts]
    if half:
        yield f"{place.node.keys}: a change of keys is not finished with {', '.join(half)}"
    if now - changed > KEYS_OLD_S:
        age_d = (now - changed) / 86400
        yield f"{place.node.keys}: the keys were changed {age_d:.0f} d ago: change them each year"


def ending_now(place: Place) -> list[str]:
    """The same by this machine's clock."""
    return list(ending(place, time.time()))
