"""Connections to a server: which are kept, which are not, and what is said of failures."""

from __future__ import annotations

import asyncio
import ssl
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from failover.register.etcd_cluster import EtcdCluster
from failover.register.etcd_gateway import KEPT_MAX, Endpoint, HttpsGateway, Question, TlsFiles
from failover.register.hedging import Failure
from tests.failover.register.authority import CLIENT, LOOPBACK, SERVER, Authority
from tests.failover.register.loops import on_loop

QUESTION = Question("/v3/kv/txn", b"{}")
YES = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
LAST = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}"
NO = b'HTTP/1.1 429 Too Many\r\nContent-Length: 25\r\n\r\n{"error":\n "no space"}  \n'


class Server:
    """A TLS server that answers each question of a connection by the next line of its script."""

    def __init__(self, *script: bytes) -> None:
        self.connections = 0
        self.questions: list[bytes] = []
        self.endpoint = Endpoint("server", LOOPBACK, 1)
        self.script = list(script)
        self.asked = asyncio.Event()
        self.may_answer = asyncio.Event()
        self.may_answer.set()

    async def serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        self.connections += 1
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                self.questions.append(head + await reader.readexactly(2 * (b"POST" in head)))
                self.asked.set()
                await self.may_answer.wait()
                answer = self.script.pop(0) if len(self.script) > 1 else self.script[0]
                writer.write(answer)
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.transport.abort()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def client(authority: Authority) -> TlsFiles:
    return authority.sign("agent", [CLIENT])


@pytest.fixture(scope="module")
def member(authority: Authority) -> TlsFiles:
    return authority.sign("member", [SERVER, CLIENT])


@asynccontextmanager
async def listening(member: TlsFiles, *script: bytes) -> AsyncIterator[Server]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(member.certificate, member.key)
    context.load_verify_locations(member.authority)
    context.verify_mode = ssl.CERT_REQUIRED
    found = Server(*script)
    server = await asyncio.start_server(found.serve, LOOPBACK, 0, ssl=context)
    found.endpoint = Endpoint("server", LOOPBACK, server.sockets[0].getsockname()[1])
    try:
        yield found
    finally:
        server.close()


async def ask(gateway: HttpsGateway, server: Server, times: int) -> Sequence[bytes | Failure]:
    return [await gateway.ask(server.endpoint, QUESTION) for _ in range(times)]


@on_loop
async def test_a_connection_is_kept(member: TlsFiles, client: TlsFiles) -> None:
    gateway = HttpsGateway(client)
    async with listening(member, YES) as server:
        assert await ask(gateway, server, 3) == [b"{}"] * 3
        await gateway.close()
        host = f"{LOOPBACK}:{server.endpoint.port}".encode()
    assert server.connections == 1
    assert server.questions[0] == (
        b"POST /v3/kv/txn HTTP/1.1\r\nHost: %s\r\n"
        b"Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}" % host
    )


@pytest.mark.parametrize(
    ("script", "idle_s_max", "connections"), [(YES, 0.0, 3), (LAST, 20.0, 3), (YES, 20.0, 1)]
)
@on_loop
async def test_a_connection_that_was_idle_or_is_to_close_is_not_used_again(
    member: TlsFiles, client: TlsFiles, script: bytes, idle_s_max: float, connections: int
) -> None:
    gateway = HttpsGateway(client, idle_s_max=idle_s_max)
    async with listening(member, script) as server:
        assert await ask(gateway, server, 3) == [b"{}"] * 3
        await gateway.close()
    assert server.connections == connections


@on_loop
async def test_a_kept_connection_that_breaks_is_opened_anew_within_the_try(
    member: TlsFiles, client: TlsFiles
) -> None:
    gateway = HttpsGateway(client)
    async with listening(member, YES, b"HTTP/1.1 200 OK\r\nnonsense\r\n\r\n", YES) as server:
        assert await ask(gateway, server, 2) == [b"{}"] * 2
        await gateway.close()
    assert server.connections == 2
    assert len(server.questions) == 3  # so a question must be one that may be asked twice


@on_loop
async def test_a_new_connection_that_breaks_is_a_failure(
    member: TlsFiles, client: TlsFiles
) -> None:
    gateway = HttpsGateway(client)
    async with listening(member, b"SMTP\r\n\r\n") as server:
        assert await ask(gateway, server, 1) == [Failure("an answer that is not HTTP/1.1")]
    assert server.connections == 1


@on_loop
async def test_a_no_is_a_failure_with_the_servers_words(member: TlsFiles, client: TlsFiles) -> None:
    gateway = HttpsGateway(client)
    async with listening(member, NO) as server:
        assert await ask(gateway, server, 2) == [Failure('HTTP 429: {"error": "no space"}')] * 2
        await gateway.close()
    assert server.connections == 1


@on_loop
async def test_questions_at_once_have_connections_of_their_own_and_few_are_kept(
    member: TlsFiles, client: TlsFiles
) -> None:
    gateway = HttpsGateway(client)
    async with listening(member, YES) as server:
        for _ in range(2):
            answers = await asyncio.gather(
                *(gateway.ask(server.endpoint, QUESTION) for _ in range(KEPT_MAX + 1))
            )
            assert answers == [b"{}"] * (KEPT_MAX + 1)
        await gateway.close()
    assert server.connections == KEPT_MAX + 1 + 1


@on_loop
async def test_a_cancelled_question_takes_its_connection_with_it(
    member: TlsFiles, client: TlsFiles
) -> None:
    """Or the next question would read the answer to this one."""
    gateway = HttpsGateway(client)
    async with listening(member, YES) as server:
        server.may_answer.clear()
        call = asyncio.create_task(gateway.ask(server.endpoint, QUESTION))
        await server.asked.wait()
        call.cancel()
        await asyncio.wait([call])
        server.may_answer.set()
        assert await ask(gateway, server, 1) == [b"{}"]
        await gateway.close()
    assert server.connections == 2


@on_loop
async def test_what_is_under_way_when_it_closes_is_not_kept(
    member: TlsFiles, client: TlsFiles
) -> None:
    gateway = HttpsGateway(client)
    async with listening(member, YES) as server:
        server.may_answer.clear()
        call = asyncio.create_task(gateway.ask(server.endpoint, QUESTION))
        await server.asked.wait()
        await gateway.close()
        server.may_answer.set()
        assert await call == b"{}"
        assert await ask(gateway, server, 1) == [Failure("closed")]


@on_loop
async def test_files_that_cannot_be_read_are_a_failure(tmp_path: Path) -> None:
    gateway = HttpsGateway(TlsFiles(tmp_path / "a", tmp_path / "b", tmp_path / "c"))
    answer = await gateway.ask(Endpoint("server", LOOPBACK, 9), QUESTION)
    assert isinstance(answer, Failure)
    assert "No such file or directory" in answer.why


@on_loop
async def test_a_member_that_speaks_nonsense_of_itself_is_a_failure(
    member: TlsFiles, client: TlsFiles
) -> None:
    gateway = HttpsGateway(client)
    async with listening(member, YES.replace(b"{}", b"[]")) as server:
        cluster = EtcdCluster(gateway, [server.endpoint], answer_s=0.5)
        for answer in (
            (await cluster.statuses())["server"],
            await cluster.command_line(server.endpoint),
        ):
            assert isinstance(answer, Failure)
        assert await cluster.metrics(server.endpoint) == {}
        await gateway.close()


def test_an_endpoint_has_an_address_and_no_name() -> None:
    with pytest.raises(ValueError, match="does not appear to be an IPv4 or IPv6 address"):
        Endpoint("dc-a", "etcd.example", 2379)


def test_an_address_of_the_second_family_stands_in_brackets() -> None:
    text = Question("/metrics").text_for(Endpoint("dc-a", "2001:db8::1", 2379))
    assert text == b"GET /metrics HTTP/1.1\r\nHost: [2001:db8::1]:2379\r\n\r\n"
