"""Names that follow a group, against knot and against a server that fails as it is told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import dns.rcode
import pytest

from failover.actuators.dns import DnsActuator, NotPublished, Superseded, Zone
from failover.actuators.dns_key import KeyUnusable, TsigKey, read_key
from failover.actuators.port import DONE, Role
from failover.core.cells import Term
from tests.failover.actuators.clusters import LOOPBACK
from tests.failover.actuators.name_servers import (
    KEY_FILE,
    KEY_NAME,
    SECRET,
    ZONE,
    Scripted,
    found,
    knot,
)
from tests.failover.register.loops import on_loop

FIRST, SECOND = Term(1, 1), Term(1, 2)
HERE: dict[str, dict[str, tuple[str, ...]]] = {
    "dc-a": {f"portal.{ZONE}": ("10.0.0.1", "2001:db8::a"), f"dispatch.{ZONE}": ("10.0.0.2",)},
    "dc-b": {f"portal.{ZONE}": ("10.4.0.1",), f"dispatch.{ZONE}": ("10.4.0.2",)},
}
FAR_S = 20.0


@pytest.fixture
def key(tmp_path: Path) -> TsigKey:
    path = tmp_path / "move.key"
    path.write_text(KEY_FILE, "utf-8")
    path.chmod(0o600)
    return read_key(path)


@asynccontextmanager
async def actuator(
    port: int, key: TsigKey, centre: str, *, timeout_s: float = FAR_S
) -> AsyncIterator[DnsActuator]:
    zone = Zone(name=ZONE, server=LOOPBACK, port=port, key=key, timeout_s=timeout_s)
    one = DnsActuator(zone, HERE[centre], centre)
    try:
        yield one
    finally:
        await one.close()


async def published(one: DnsActuator) -> None:
    while (await one.observe()).role is not Role.SERVES:
        await asyncio.sleep(0.01)


@pytest.fixture
def knots(tmp_path: Path) -> Iterator[int]:
    folder = tmp_path / "knot"
    folder.mkdir()
    with knot(folder) as port:
        yield port


@pytest.mark.debian("knotd")
def test_a_real_server_publishes_what_the_taker_says(knots: int, key: TsigKey) -> None:
    @on_loop
    async def test() -> None:
        async with actuator(knots, key, "dc-a") as a, actuator(knots, key, "dc-b") as b:
            assert (await a.take(FIRST)).done
            await published(a)
            assert found(knots, "portal", "A") == ["10.0.0.1"]
            assert found(knots, "portal", "AAAA") == ["2001:db8::a"]
            assert found(knots, "_telemed.portal", "TXT") == ['"1.1 dc-a"']
            await a.publish(FIRST)  # once more
            assert await a.release(SECOND) == DONE
            assert (await b.take(SECOND)).done
            await published(b)
            assert found(knots, "portal", "A") == ["10.4.0.1"]
            assert found(knots, "portal", "AAAA") == []
            assert found(knots, "dispatch", "A") == ["10.4.0.2"]
            with pytest.raises(Superseded, match=r"is of term 1\.2, in dc-b"):
                await a.publish(FIRST)
            with pytest.raises(Superseded, match=r"is of term 1\.2, in dc-b"):
                await a.publish(SECOND)

    test()


@pytest.mark.debian("knotd")
def test_a_real_server_refuses_another_key(knots: int, tmp_path: Path) -> None:
    path = tmp_path / "other.key"
    path.write_text(KEY_FILE.replace(SECRET, SECRET.swapcase()), "utf-8")
    path.chmod(0o600)

    @on_loop
    async def test() -> None:
        async with actuator(knots, read_key(path), "dc-a") as a:
            with pytest.raises(NotPublished):
                await a.publish(FIRST)

    test()


@on_loop
async def test_a_take_waits_for_no_name_server(key: TsigKey) -> None:
    server = Scripted()
    server.silent = True
    async with server.serving() as port, actuator(port, key, "dc-a", timeout_s=0.2) as a:
        assert await a.take(FIRST) == (True, "being published")
        while "no answer" not in (await a.observe()).why:
            await asyncio.sleep(0.01)
        seen = await a.observe()
        assert (seen.role, seen.fit) == (Role.STANDS_BY, True)
        assert seen.why == "not published yet: 127.0.0.1 gives no answer in 0.2 s"
        assert (await a.take(FIRST)).done  # goes on with what it does
        server.silent = False
        await published(a)
        assert (await a.observe()).why == "published for 1.1"
        assert (server.updates, server.unsigned) == (1, 0)


@on_loop
async def test_who_was_released_publishes_no_longer(key: TsigKey) -> None:
    server = Scripted()
    server.silent = True
    async with server.serving() as port, actuator(port, key, "dc-a") as a:
        await a.take(FIRST)
        assert await a.release(SECOND) == DONE
        server.silent = False
        assert (await a.observe()).why == "released"
        assert server.updates == 0


@on_loop
async def test_answers_that_are_not_signed_are_none(key: TsigKey) -> None:
    server = Scripted()
    server.signs = False
    async with server.serving() as port, actuator(port, key, "dc-a") as a:
        with pytest.raises(NotPublished, match=r"not signed|TSIG"):
            await a.publish(FIRST)
        server.signs = True
        await a.publish(FIRST)


@on_loop
async def test_what_a_server_says_is_told(key: TsigKey) -> None:
    server = Scripted()
    async with server.serving() as port, actuator(port, key, "dc-a") as a:
        server.rcode = dns.rcode.REFUSED
        with pytest.raises(NotPublished, match=r"127\.0\.0\.1 says REFUSED"):
            await a.publish(FIRST)
        server.rcode = dns.rcode.NXRRSET
        with pytest.raises(NotPublished, match="somebody else changed them meanwhile"):
            await a.publish(FIRST)
        server.authority = False
        with pytest.raises(NotPublished, match="is not the authority"):
            await a.publish(FIRST)
    async with actuator(port, key, "dc-a") as a:
        with pytest.raises(NotPublished, match=r"127\.0\.0\.1: "):
            await a.publish(FIRST)


@on_loop
async def test_two_that_publish_at_once_leave_the_later_term(key: TsigKey) -> None:
    server = Scripted()
    async with (
        server.serving() as port,
        actuator(port, key, "dc-a") as a,
        actuator(port, key, "dc-b") as b,
    ):
        await a.publish(FIRST)
        await asyncio.gather(a.publish(FIRST), b.publish(SECOND), return_exceptions=True)
        await b.take(SECOND)
        await published(b)
        assert await asyncio.to_thread(found_txt, server) == '"1.2 dc-b"'
        await a.take(FIRST)
        while "is of term 1.2, in dc-b" not in (await a.observe()).why:
            await asyncio.sleep(0.01)


def found_txt(server: Scripted) -> str:
    rdataset = server.zone.find_rdataset(f"_telemed.portal.{ZONE}", "TXT")
    (text,) = [record.to_text() for record in rdataset]
    return str(text)


def test_names_are_of_the_zone_and_addresses_are_addresses(key: TsigKey) -> None:
    zone = Zone(name=ZONE, server=LOOPBACK, key=key)
    with pytest.raises(ValueError, match="not in the zone"):
        DnsActuator(zone, {"portal.other.": ("10.0.0.1",)}, "dc-a")
    with pytest.raises(ValueError, match="does not appear to be an IPv4 or IPv6 address"):
        DnsActuator(zone, {f"portal.{ZONE}": ("10.0.0",)}, "dc-a")


def test_a_key_is_never_shown(key: TsigKey) -> None:
    assert repr(key) == f"TsigKey({KEY_NAME}.)"
    assert SECRET not in f"{key!r} {key} {Zone(name=ZONE, server=LOOPBACK, key=key)}"


WRONG_KEYS = (
    ("nothing", 0o600, "there is no `key` in it"),
    (KEY_FILE.replace("secret", "sekret"), 0o600, "there is no `secret` in it"),
    (KEY_FILE.replace("sha256", "md5"), 0o600, "algorithm hmac-md5; one of hmac-sha256"),
    (KEY_FILE.replace(SECRET, "!"), 0o600, "its name or secret is none, or too short"),
    (KEY_FILE, 0o644, "its mode is 0644: others may use it"),
)


@pytest.mark.parametrize(("text", "mode", "words"), WRONG_KEYS)
def test_a_wrong_key_file_is_told_without_its_content(
    tmp_path: Path, text: str, mode: int, words: str
) -> None:
    path = tmp_path / "move.key"
    path.write_text(text, "utf-8")
    path.chmod(mode)
    with pytest.raises(KeyUnusable) as caught:
        read_key(path)
    assert words in str(caught.value)
    assert SECRET not in str(caught.value)
    with pytest.raises(KeyUnusable, match="No such file"):
        read_key(tmp_path / "absent")
