"""The client against real etcd members that are silent, stopped, killed or cut off."""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
from asyncio import StreamReader, StreamWriter
from base64 import b64encode
from collections.abc import AsyncIterator, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from shutil import copyfile

import pytest

from failover.core.transaction import ABSENT, Cell, Committed, Unknown, settled, written
from failover.register.etcd import EtcdRegister
from failover.register.etcd_gateway import Endpoint, HttpsGateway, Question, TlsFiles
from failover.register.hedging import Failure, Pace
from failover.register.port import Register
from tests.failover.register.authority import CLIENT, LOOPBACK, SERVER, Authority
from tests.failover.register.loops import on_loop
from tests.failover.register.processes import EtcdMember, EtcdProcesses, free_ports, running
from tests.failover.register.registers import LONG_S, change, commit, opener, read

pytestmark = [pytest.mark.debian("etcd"), pytest.mark.xdist_group("etcd")]
HOUR = timedelta(hours=1)
SHORT_S = 1.5  # where there will be no answer


def register_of(
    etcd: EtcdProcesses, endpoints: Iterable[Endpoint] = (), files: TlsFiles | None = None
) -> AbstractAsyncContextManager[Register]:
    asked = tuple(endpoints) or etcd.endpoints
    pace = Pace(try_s=0.5, hedge_s=0.1)  # a loaded machine needs longer than production
    return opener(lambda: EtcdRegister(HttpsGateway(files or etcd.client), asked, pace=pace))()


def times_written(etcd: EtcdProcesses, key: str) -> int:
    """How often a cell was changed, as etcd counts it."""
    question = {"key": b64encode(key.encode()).decode()}
    answers = (member.ask("/v3/kv/range", question) for member in etcd.members if member.running)
    cells = next(answer for answer in answers if answer)["kvs"]
    assert isinstance(cells, list)
    return int(cells[0]["version"])


@asynccontextmanager
async def dying_in_its_answer(etcd: EtcdProcesses, member: EtcdMember) -> AsyncIterator[Endpoint]:
    """Stands before a member, passes questions on, and breaks off in the middle of the answer."""
    gateway = HttpsGateway(etcd.client)

    async def half(reader: StreamReader, writer: StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        (length,) = (
            int(line.split(b":")[1]) for line in head.split(b"\r\n") if b"Content-Length" in line
        )
        question = Question(head.split(b" ")[1].decode(), await reader.readexactly(length))
        answer = await gateway.ask(member.endpoint, question)
        assert isinstance(answer, bytes)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(answer))
        writer.write(answer[: len(answer) // 2])
        await writer.drain()
        writer.transport.abort()

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(etcd.files.certificate, etcd.files.key)
    server = await asyncio.start_server(half, LOOPBACK, 0, ssl=context)
    try:
        yield Endpoint("dying", LOOPBACK, server.sockets[0].getsockname()[1])
    finally:
        server.close()
        await gateway.close()


@on_loop
async def test_a_black_hole_is_hedged_past(etcd: EtcdProcesses, key: str) -> None:
    with socket.create_server((LOOPBACK, 0)) as hole:
        silent = Endpoint("silent", LOOPBACK, hole.getsockname()[1])
        async with register_of(etcd, [silent, *etcd.endpoints]) as register:
            await commit(register, change(key, 0, b"x"))
        hole.settimeout(LONG_S)
        hole.accept()[0].close()  # it was asked
    assert times_written(etcd, key) == 1


@on_loop
async def test_nobody_listens_at_the_first(etcd: EtcdProcesses, key: str) -> None:
    (port,) = free_ports(1)
    async with register_of(etcd, [Endpoint("none", LOOPBACK, port), *etcd.endpoints]) as register:
        await commit(register, change(key, 0, b"x"))


@on_loop
async def test_one_that_dies_in_its_answer_has_written_once(etcd: EtcdProcesses, key: str) -> None:
    async with (
        dying_in_its_answer(etcd, etcd["dc-a"]) as dying,
        register_of(etcd, [dying, *etcd.endpoints]) as register,
    ):
        revision = await commit(register, change(key, 0, b"x"))
        assert await read(register, key) == {key: Cell(b"x", revision)}
    assert times_written(etcd, key) == 1


@on_loop
async def test_only_half_answers_are_unknown_and_a_read_settles(
    etcd: EtcdProcesses, key: str
) -> None:
    transaction = change(key, 0, b"nonce")
    async with dying_in_its_answer(etcd, etcd["dc-a"]) as dying:
        async with register_of(etcd, [dying]) as register:
            outcome = await register.commit(transaction, timeout_s=SHORT_S)
        assert isinstance(outcome, Unknown)
        assert outcome.why.startswith("dying: ")
    async with register_of(etcd) as register:
        cells = await read(register, key)
    assert written(transaction, cells)
    assert settled(transaction, cells) == Committed(cells[key].revision)
    assert times_written(etcd, key) == 1


@on_loop
async def test_a_killed_leader_costs_an_election_and_nothing_else(
    etcd: EtcdProcesses, key: str
) -> None:
    async with register_of(etcd) as register:
        first = await commit(register, change(key, 0, b"before"))
        etcd.leader.kill()
        second = await commit(register, change(key, first, b"after"))
        assert await read(register, key) == {key: Cell(b"after", second)}
    assert times_written(etcd, key) == 2


@on_loop
async def test_a_frozen_member_is_hedged_past(etcd: EtcdProcesses, key: str) -> None:
    own = next(member for member in etcd.members if member is not etcd.leader)
    others = [member.endpoint for member in etcd.members if member is not own]
    async with register_of(etcd, [own.endpoint, *others]) as register:
        first = await commit(register, change(key, 0, b"before"))  # the connection is kept
        own.freeze()
        second = await commit(register, change(key, first, b"frozen"))
        own.thaw()
        await commit(register, change(key, second, b"thawed"))
    assert times_written(etcd, key) == 3


@on_loop
async def test_a_kept_connection_that_died_is_opened_anew(etcd: EtcdProcesses, key: str) -> None:
    own = etcd["dc-a"]
    async with register_of(etcd, [own.endpoint]) as register:
        first = await commit(register, change(key, 0, b"before"))
        own.kill()
        etcd.heal()
        await commit(register, change(key, first, b"after"))


@on_loop
async def test_without_a_quorum_nobody_knows_and_a_read_settles_it(
    etcd: EtcdProcesses, key: str
) -> None:
    transaction = change(key, 0, b"nonce")
    own, *others = etcd.members
    async with register_of(etcd) as register:
        for member in others:
            member.kill()
        outcome = await register.commit(transaction, timeout_s=SHORT_S)
        assert isinstance(outcome, Unknown)
        assert own.name in outcome.why
        assert await register.read((key,), timeout_s=SHORT_S) is None
        assert await register.look((key,), timeout_s=LONG_S) == {key: ABSENT}

        etcd.heal()
        cells = await read(register, key)
        assert written(transaction, cells) == (cells[key] != ABSENT)
        # Written by the first try or by this one: by both, never.
        revision = await commit(register, transaction)
        assert await read(register, key) == {key: Cell(b"nonce", revision)}
    assert times_written(etcd, key) == 1


@on_loop
async def test_a_full_store_refuses_and_says_so(etcd: EtcdProcesses, key: str) -> None:
    member = etcd["dc-a"]
    header = member.ask("/v3/maintenance/status", {})["header"]
    assert isinstance(header, dict)
    alarm = {"memberID": header["member_id"], "alarm": "NOSPACE"}
    async with register_of(etcd) as register:
        await commit(register, change(key, 0, b"before"))
        member.ask("/v3/maintenance/alarm", {"action": "ACTIVATE", **alarm})
        try:
            outcome = await register.commit(change(key, 1, b"x"), timeout_s=SHORT_S)
            assert isinstance(outcome, Unknown)
            assert "database space exceeded" in outcome.why
            cells = await read(register, key)
        finally:
            member.ask("/v3/maintenance/alarm", {"action": "DEACTIVATE", **alarm})
        await commit(register, change(key, cells[key].revision, b"after"))


@on_loop
async def test_another_cluster_is_not_believed(etcd: EtcdProcesses, key: str) -> None:
    header = etcd["dc-a"].ask("/v3/maintenance/status", {})["header"]
    assert isinstance(header, dict)
    cluster_id = int(header["cluster_id"])
    for wanted, answers in ((cluster_id, True), (cluster_id + 1, False)):
        register = EtcdRegister(HttpsGateway(etcd.client), etcd.endpoints, cluster_id=wanted)
        cells = await register.look((key,), timeout_s=LONG_S if answers else SHORT_S)
        assert (cells is not None) == answers
        await register.close()


async def refusal(endpoint: Endpoint, files: TlsFiles) -> str:
    """Why there is no answer, however long it takes."""
    gateway = HttpsGateway(files)
    answer = await gateway.ask(endpoint, Question("/v3/kv/txn", b"{}"))
    await gateway.close()
    assert isinstance(answer, Failure)
    return answer.why


@on_loop
async def test_a_client_of_another_authority_is_refused(
    etcd: EtcdProcesses, tmp_path: Path
) -> None:
    stranger = Authority(tmp_path).sign("stranger", [CLIENT])
    files = TlsFiles(etcd.client.authority, stranger.certificate, stranger.key)
    assert await refusal(etcd.endpoints[0], files)


@on_loop
async def test_a_client_without_a_certificate_is_refused(etcd: EtcdProcesses) -> None:
    """Ours cannot be without one; that the servers want one is what the cells' safety rests on."""
    context = ssl.create_default_context(cafile=etcd.client.authority)
    endpoint = etcd.endpoints[0]
    reader, writer = await asyncio.open_connection(
        endpoint.address, endpoint.port, ssl=context, server_hostname=endpoint.address
    )
    with pytest.raises(ssl.SSLError, match=r"alert|ALERT"):
        await reader.read()
    writer.transport.abort()


@on_loop
async def test_a_server_of_another_authority_is_refused(
    etcd: EtcdProcesses, tmp_path: Path
) -> None:
    files = TlsFiles(Authority(tmp_path).path, etcd.client.certificate, etcd.client.key)
    assert "CERTIFICATE_VERIFY_FAILED" in await refusal(etcd.endpoints[0], files)


@on_loop
async def test_who_has_run_out_is_refused_at_both_ends_and_a_renewed_server_is_read_again(
    tmp_path: Path,
) -> None:
    """Etcd reads its files at each connection: nothing is restarted."""
    with running(tmp_path, ["lone"]) as etcd:
        stale = etcd.authority.sign("stale", [CLIENT], ends=-HOUR)
        assert "bad certificate" in await refusal(etcd.endpoints[0], stale)
        etcd.authority.sign("member", [SERVER, CLIENT], ends=-HOUR)
        assert "certificate has expired" in await refusal(etcd.endpoints[0], etcd.client)
        etcd.authority.sign("member", [SERVER, CLIENT])
        gateway = HttpsGateway(etcd.client)
        answer = await gateway.ask(etcd.endpoints[0], Question("/v3/maintenance/status", b"{}"))
        await gateway.close()
    assert isinstance(answer, bytes)


@pytest.mark.parametrize("name", ["witness.example", "127.0.0.2"])
@on_loop
async def test_a_server_with_another_name_is_refused(etcd: EtcdProcesses, name: str) -> None:
    misnamed = Endpoint("dc-a", LOOPBACK, etcd.endpoints[0].port, server_name=name)
    assert "certificate is not valid for" in await refusal(misnamed, etcd.client)


@on_loop
async def test_a_server_may_be_known_by_a_name(etcd: EtcdProcesses, key: str) -> None:
    named = Endpoint("dc-a", LOOPBACK, etcd.endpoints[0].port, server_name="localhost")
    async with register_of(etcd, [named]) as register:
        await commit(register, change(key, 0, b"x"))


@on_loop
async def test_renewed_certificates_need_no_restart(
    etcd: EtcdProcesses, key: str, tmp_path: Path
) -> None:
    files = Authority(tmp_path).sign("renewed", [CLIENT])
    async with register_of(etcd, files=files) as register:
        assert await register.look((key,), timeout_s=SHORT_S) is None
        for old, new in zip(files.paths(), etcd.client.paths(), strict=True):
            copyfile(new, old)
            os.utime(old, ns=(0, 0))
        await commit(register, change(key, 0, b"x"))
        files.key.write_text("being written")
        await commit(register, change(f"{key}/2", 0, b"x"))


@on_loop
async def test_one_purpose_is_too_few_for_a_member(tmp_path: Path) -> None:
    """The gateway of etcd dials its own port with the member's certificate, as a client."""
    with running(tmp_path, ["lone"], purposes=[SERVER]) as etcd:
        assert "HTTP 503" in await refusal(etcd.endpoints[0], etcd.client)


@on_loop
async def test_a_file_that_does_not_ask_for_the_gateway_has_none(tmp_path: Path) -> None:
    with running(tmp_path, ["lone"], without="enable-grpc-gateway") as etcd:
        why = await refusal(etcd.endpoints[0], etcd.client)
    assert why == "HTTP 404: 404 page not found"
