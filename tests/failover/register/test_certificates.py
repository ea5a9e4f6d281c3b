"""Dates of certificates: read from any certificate, and said with file, date and mend."""

from __future__ import annotations

import ssl
import subprocess
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from failover.register.certificates import PEM, SOON, findings_of, validity
from failover.register.etcd_gateway import TlsFiles
from failover.register.finding import Weight
from tests.failover.register.authority import CLIENT, Authority

NOW = datetime.now(UTC)
DAYS = timedelta(days=100)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


def said(authority: Authority, now: datetime, *, ends: timedelta = DAYS) -> list[tuple[str, str]]:
    """Where, and what is said of our own certificate; the authority's is renewed every day."""
    files = authority.sign("agent", [CLIENT], ends=ends)
    found = findings_of(TlsFiles(files.certificate, files.certificate, files.key), now)
    assert all(each.weight is Weight.WARN and each.mend for each in found)
    return [(each.place, each.sentence) for each in found if "own" in each.sentence]


@pytest.mark.parametrize("ends", [timedelta(days=-1), DAYS, timedelta(days=60 * 365)])
def test_the_dates_are_those_that_others_read(authority: Authority, ends: timedelta) -> None:
    """The second century is written in another form."""
    path = authority.sign("agent", [CLIENT], ends=ends).certificate
    known = x509.load_pem_x509_certificate(path.read_bytes())
    assert validity(path) == (known.not_valid_before_utc, known.not_valid_after_utc)


@pytest.mark.debian("openssl")
def test_one_of_openssl_s_own_is_read(tmp_path: Path) -> None:
    path = tmp_path / "rsa.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=x", "-days", "7",
         "-keyout", tmp_path / "rsa.key", "-out", path],
        check=True, capture_output=True, timeout=60,
    )  # fmt: skip
    since, until = validity(path)
    assert until - since == timedelta(days=7)


def test_nothing_is_said_of_what_is_valid(authority: Authority) -> None:
    assert said(authority, NOW) == []


def test_what_has_run_out_is_named_with_its_date(authority: Authority) -> None:
    began = datetime.now(UTC)
    ((place, sentence),) = said(authority, NOW, ends=timedelta(hours=-1))
    assert place.endswith("agent.pem")
    ended = [f"{at - timedelta(hours=1):%Y-%m-%d %H:%M} UTC" for at in (began, datetime.now(UTC))]
    assert sentence.removeprefix("this place's own certificate has run out on ")[:20] in ended


def test_what_runs_out_soon_is_said_before(authority: Authority) -> None:
    ((_, sentence),) = said(authority, NOW, ends=SOON - timedelta(hours=12))
    assert sentence.endswith("in 13 days")
    assert said(authority, NOW, ends=SOON + timedelta(hours=12)) == []


@pytest.mark.parametrize("step", [timedelta(hours=-1), timedelta(hours=1)])
def test_an_hour_s_step_of_the_clock_is_no_reason_to_refuse(
    authority: Authority, step: timedelta
) -> None:
    """Only warnings: the members decide by their own clocks."""
    assert said(authority, NOW + step) == []
    assert said(authority, NOW + step, ends=timedelta(minutes=30))


def test_a_clock_far_behind_is_named(authority: Authority) -> None:
    ((_, sentence),) = said(authority, datetime(1970, 1, 1, tzinfo=UTC))
    assert sentence.endswith("and it is 1970-01-01 00:00 UTC here")


def test_a_file_that_is_none_is_not_judged(tmp_path: Path) -> None:
    (tmp_path / "none.pem").write_text("no certificate")
    files = TlsFiles(tmp_path / "missing.pem", tmp_path / "none.pem", tmp_path / "key")
    assert findings_of(files, NOW) == ()


@pytest.fixture(scope="module")
def der(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    found = PEM.search(Authority(tmp_path_factory.mktemp("whole")).path.read_bytes())
    assert found
    return ssl.PEM_cert_to_DER_cert(found[0].decode())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, 400), octet=st.integers(0, 255), kept=st.integers(1, 400))
def test_no_damage_raises_anything_else(
    tmp_path: Path, der: bytes, at: int, octet: int, kept: int
) -> None:
    damaged = bytearray(der[:kept])
    damaged[at % len(damaged)] = octet
    path = tmp_path / "damaged.pem"
    path.write_text(ssl.DER_cert_to_PEM_cert(bytes(damaged)))
    with suppress(ValueError):
        validity(path)
