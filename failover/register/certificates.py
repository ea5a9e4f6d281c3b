"""Until when certificates are valid: said at the start, since a server only says "bad certificate".

    until = validity(path)                      of the first certificate in a PEM file
    findings_of(files, now)                     what a person must renew, and which file it is

It warns and never refuses: it goes by this machine's wall clock, which may be wrong; the members of
the cluster decide by theirs.
"""

from __future__ import annotations

import binascii
import re
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from failover.register.etcd_gateway import TlsFiles
from failover.register.finding import Finding, Weight

SOON = timedelta(days=14)
PEM = re.compile(rb"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)
# Source: X.690 §8, RFC 5280 §4.1
SEQUENCE, VERSION, UTC_TIME, GENERALIZED_TIME = 0x30, 0xA0, 0x17, 0x18
BEFORE_VALIDITY = 3  # serial number, signature, issuer
FORMS = {UTC_TIME: "%y%m%d%H%M%SZ", GENERALIZED_TIME: "%Y%m%d%H%M%SZ"}


class Validity(NamedTuple):
    """From when and until when a certificate counts."""

    since: datetime
    until: datetime


def findings_of(files: TlsFiles, now: datetime, soon: timedelta = SOON) -> tuple[Finding, ...]:
    """What is to be renewed: our own certificate and our authority's.

    `soon`: what runs out within it is said too; if it is 0, only what does not count now. A file
    that cannot be read is not judged: the connection itself says so.
    """
    return tuple(_findings(files, now, soon))


def validity(path: Path) -> Validity:
    """Of the first certificate in a PEM file.

    Raises:
        OSError: it cannot be read.
        ValueError: there is no certificate in it.
    """
    found = PEM.search(path.read_bytes())
    if found is None:
        raise ValueError("there is no certificate in it")
    try:
        der = ssl.PEM_cert_to_DER_cert(found[0].decode("ascii"))
        return _validity(der)
    except (binascii.Error, IndexError) as error:
        raise ValueError("the certificate in it is damaged") from error


def _findings(files: TlsFiles, now: datetime, soon: timedelta) -> Iterator[Finding]:
    for path, what in (
        (files.certificate, "this place's own certificate"),
        (files.authority, "the authority's certificate"),
    ):
        try:
            since, until = validity(path)
        except (OSError, ValueError):
            continue
        if until <= now:
            sentence = f"{what} has run out on {_day(until)}: no member of etcd lets us in"
            yield _warning(path, sentence)
        elif until - now <= soon:
            yield _warning(path, f"{what} runs out on {_day(until)}, in {(until - now).days} days")
        if since > now:
            sentence = f"{what} counts only from {_day(since)}, and it is {_day(now)} here"
            mend = "see the clock of this machine; else wait, or put another certificate there"
            yield Finding(Weight.WARN, str(path), sentence, mend)


def _warning(path: Path, sentence: str) -> Finding:
    mend = "put a renewed one in its place: it is used at once, and nothing need be restarted"
    return Finding(Weight.WARN, str(path), sentence, mend)


def _day(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def _validity(der: bytes) -> Validity:
    """The dates in Certificate.tbsCertificate.validity. Raises IndexError, ValueError."""
    signed, _ = _element(_element(der, SEQUENCE)[0], SEQUENCE)
    if signed[0] == VERSION:
        _, signed = _element(signed)
    for _ in range(BEFORE_VALIDITY):
        _, signed = _element(signed)
    dates, _ = _element(signed, SEQUENCE)
    since, rest = _moment(dates)
    until, _ = _moment(rest)
    return Validity(since, until)


def _moment(content: bytes) -> tuple[datetime, bytes]:
    form = FORMS.get(content[0])
    if form is None:
        raise ValueError("its dates are none")
    text, rest = _element(content)
    return datetime.strptime(text.decode("ascii"), form).replace(tzinfo=UTC), rest


def _element(content: bytes, tag: int | None = None) -> tuple[bytes, bytes]:
    """The content of the first element, and what follows it. Raises IndexError, ValueError."""
    if tag is not None and content[0] != tag:
        raise ValueError("it is no certificate")
    length, start = content[1], 2
    if length & 0x80:
        start += length & 0x7F
        length = int.from_bytes(content[2:start], "big")
    if start + length > len(content):
        raise IndexError("it ends too soon")
    return content[start : start + length], content[start + length :]
