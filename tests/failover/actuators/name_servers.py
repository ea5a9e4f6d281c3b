"""Name servers for the tests: knot, and one of dnspython's own parts that can be made to fail."""

from __future__ import annotations

import asyncio
import shutil
import struct
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.opcode
import dns.query
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.tsig
import dns.update
import dns.zone

from tests.failover.actuators.clusters import LOOPBACK, free_port, until

ZONE = "tele.test."
KEY_NAME = "move"
SECRET = "ddBiAzetFcV99fXcHZ6Uz74pii1vOWZYhctPEqT67zw="
KEY_FILE = f'key "{KEY_NAME}" {{\n  algorithm hmac-sha256;\n  secret "{SECRET}";\n}};\n'
RECORDS = f"""$ORIGIN {ZONE}
$TTL 5
@ SOA ns hostmaster 1 3600 600 86400 5
@ NS ns
ns A {LOOPBACK}
portal A 10.0.0.1
"""
KNOT = """
server:
    rundir: "{folder}"
    listen: {address}@{port}
database:
    storage: "{folder}/db"
key:
  - id: {key}
    algorithm: hmac-sha256
    secret: {secret}
acl:
  - id: moves
    key: {key}
    action: update
zone:
  - domain: {zone}
    storage: "{folder}"
    file: zone
    acl: moves
    zonefile-sync: -1
    journal-content: changes
"""


@contextmanager
def knot(folder: Path) -> Iterator[int]:
    """A knot server of the zone; gives its port."""
    port = free_port()
    text = KNOT.format(folder=folder, address=LOOPBACK, port=port, key=KEY_NAME, secret=SECRET,
                       zone=ZONE)  # fmt: skip
    (folder / "knot.conf").write_text(text, "utf-8")
    (folder / "zone").write_text(RECORDS, "utf-8")
    (folder / "db").mkdir()
    program = shutil.which("knotd", path="/usr/sbin:/usr/bin") or "knotd"
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", program, "-c", str(folder / "knot.conf")],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        )  # fmt: skip
    try:
        until(lambda: answers(port), "knot does not answer")
        yield port
    finally:
        process.kill()
        process.wait()


def answers(port: int) -> bool:
    try:
        question = dns.message.make_query(ZONE, "SOA")
        return bool(dns.query.tcp(question, LOOPBACK, port=port, timeout=1).answer)
    except (OSError, EOFError, dns.exception.DNSException):
        return False


def found(port: int, name: str, kind: str) -> list[str]:
    """What the server says to anybody."""
    question = dns.message.make_query(f"{name}.{ZONE}", kind)
    answer = dns.query.tcp(question, LOOPBACK, port=port, timeout=10)
    return sorted(record.to_text() for rrset in answer.answer for record in rrset)


class Scripted:
    """A name server of one zone on a real socket; signs and verifies, and fails as it is told."""

    def __init__(self) -> None:
        self.zone = dns.zone.from_text(RECORDS, ZONE, relativize=False)
        self.keys = {dns.name.from_text(KEY_NAME): dns.tsig.Key(KEY_NAME, SECRET, "hmac-sha256")}
        self.signs = True
        self.silent = False
        self.authority = True
        self.rcode: dns.rcode.Rcode | None = None
        self.updates = 0
        self.unsigned = 0
        self.port = 0

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[int]:
        server = await asyncio.start_server(self._connection, LOOPBACK, 0)
        self.port = server.sockets[0].getsockname()[1]
        async with server:
            yield self.port

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            (length,) = struct.unpack("!H", await reader.readexactly(2))
            wire = await reader.readexactly(length)
            if self.silent:
                await reader.read()
                return
            answer = self._answer(wire)
            writer.write(struct.pack("!H", len(answer)) + answer)
            await writer.drain()
        finally:
            writer.close()

    def _answer(self, wire: bytes) -> bytes:
        question = dns.message.from_wire(wire, keyring=self.keys)
        answer = dns.message.make_response(question)
        if not question.had_tsig:
            self.unsigned += 1
            answer.set_rcode(dns.rcode.REFUSED)
            return answer.to_wire()
        if self.authority:
            answer.flags |= dns.flags.AA
        if question.opcode() == dns.opcode.UPDATE:
            self.updates += 1
            assert isinstance(question, dns.update.UpdateMessage)
            answer.set_rcode(self.rcode if self.rcode is not None else self._update(question))
        else:
            self._look_up(question, answer)
        if not self.signs:
            answer.tsig = None
        return answer.to_wire()

    def _look_up(self, question: dns.message.Message, answer: dns.message.Message) -> None:
        asked = question.question[0]
        rrset = self.zone.get_rrset(asked.name, asked.rdtype)
        if rrset is not None:
            answer.answer.append(rrset)

    def _update(self, update: dns.update.UpdateMessage) -> dns.rcode.Rcode:
        for wanted in update.prerequisite:
            there = self.zone.get_rrset(wanted.name, wanted.rdtype)
            if wanted.deleting == dns.rdataclass.NONE:
                if there is not None:
                    return dns.rcode.YXRRSET
            elif there is None or set(there) != set(wanted):
                return dns.rcode.NXRRSET
        for change in update.update:
            if change.deleting is not None:
                self.zone.delete_rdataset(change.name, change.rdtype)
                continue
            rdataset = self.zone.find_rdataset(change.name, change.rdtype, create=True)
            for record in change:
                rdataset.add(record, change.ttl)
        return dns.rcode.NOERROR
