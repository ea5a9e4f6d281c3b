"""An observer's report as bytes, and the nonces of questions and answers.

    …   sequence
    1   1 its uplink works
    …   number of sites reached, then of each: its id, 0 or 1 for slow

Sites ascend by name. They are said by name, not by number: an observer in a hospital is updated
later than the centres, and its word must count under the plan before and the plan after.
"""

from __future__ import annotations

from collections.abc import Collection

from failover.core.messages import Report
from failover.wire.envelope import NAME_LETTERS_MAX
from failover.wire.octets import Reader, Writer, malformed

NONCE_BYTES = 16
SITES_MAX = 2


def encode_report(report: Report) -> bytes:
    """The body of a report. Whose it is stands on the envelope.

    Raises:
        Refused: a site is slow and not reached, or a field is out of its range.
    """
    if not report.slow <= report.reached:
        raise malformed("a site that is slow and not reached")
    writer = Writer()
    writer.natural(report.sequence)
    writer.byte(report.uplink)
    writer.natural(len(report.reached), SITES_MAX)
    for site in sorted(report.reached):
        writer.text(site, NAME_LETTERS_MAX)
        writer.byte(site in report.slow)
    return writer.content()


def decode_report(body: bytes, observer: str, sites: Collection[str]) -> Report:
    """The report in a body.

    Raises:
        Refused: MALFORMED.
    """
    reader = Reader(body)
    sequence, uplink = reader.natural(), _truth(reader)
    found: dict[str, bool] = {}
    before = ""
    for _ in range(reader.natural(SITES_MAX)):
        site = reader.text(NAME_LETTERS_MAX)
        if site not in sites or site <= before:
            raise malformed("no site, or one out of its order")
        before = site
        found[site] = _truth(reader)
    reader.end()
    return Report(
        observer=observer,
        sequence=sequence,
        reached=frozenset(found),
        slow=frozenset(site for site, slow in found.items() if slow),
        uplink=uplink,
    )


def decode_nonce(body: bytes) -> bytes:
    """The nonce that is a whole body. Raises Refused."""
    if len(body) != NONCE_BYTES:
        raise malformed("a body that is no nonce")
    return body


def encode_answer(nonce: bytes, *, reaches: bool) -> bytes:
    """What the witness tells: which question it answers, and whether it reaches the other."""
    return nonce + bytes([reaches])


def decode_answer(body: bytes) -> tuple[bytes, bool]:
    """The nonce and the answer. Raises Refused."""
    reader = Reader(body)
    nonce, reaches = reader.raw(NONCE_BYTES), _truth(reader)
    reader.end()
    return nonce, reaches


def _truth(reader: Reader) -> bool:
    byte = reader.byte()
    if byte > 1:
        raise malformed("neither true nor false")
    return byte == 1
