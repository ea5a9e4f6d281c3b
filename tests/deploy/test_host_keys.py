"""A key that the inventory does not know is believed nowhere; what is not understood is told."""

from __future__ import annotations

import socket
from pathlib import Path
from threading import Event

import paramiko  # type: ignore[import-untyped]
import pytest

from telemed_infra.deploy.host_keys import HostKey, HostKeys, HostKeyUnknown
from telemed_infra.deploy.port import HostKeyDiffers
from telemed_infra.problem import InputError

PRIVATE = [paramiko.ECDSAKey.generate() for _ in range(2)]
RSA = paramiko.RSAKey.generate(2048)
ONE, OTHER = (HostKey(key.get_name(), key.asbytes()) for key in PRIVATE)


def line(names: str, key: paramiko.PKey = PRIVATE[0]) -> str:
    return f"{names} {key.get_name()} {key.get_base64()} a comment\n"


def test_a_device_is_found_by_name_and_by_address() -> None:
    text = "# keys\n\n" + line("A,10.0.0.1") + line("[10.0.0.2]:2222,2001:DB8::0:2", PRIVATE[1])
    keys = HostKeys.parse(text, "known_hosts")
    assert keys.of("A", []) == keys.of("a", ["10.9.9.9"]) == keys.of("X", ["10.0.0.1"]) == (ONE,)
    assert keys.of("X", ["2001:db8::2"]) == keys.of("X", ["[10.0.0.2]:2222"]) == (OTHER,)
    assert keys.of("A", ["2001:db8::2"]) == (ONE, OTHER)


def test_a_device_without_a_key_is_told_how_to_get_one() -> None:
    with pytest.raises(HostKeyUnknown) as error:
        HostKeys.parse(line("A"), "inventory/known_hosts").of("B", ["10.0.0.2"])
    assert isinstance(error.value, HostKeyDiffers)
    assert str(error.value) == (
        "B: its host key is not known; nothing was sent\n"
        "  read the key at the device's console (or take it from the installer's sheet), never "
        "from the network unseen, and add a line `B KIND KEY` to inventory/known_hosts"
    )


def test_another_key_is_refused_with_both_fingerprints() -> None:
    keys = HostKeys.parse(line("A"), "known_hosts")
    keys.check("A", [], ONE)
    with pytest.raises(HostKeyDiffers) as error:
        keys.check("A", [], OTHER)
    assert ONE.fingerprint in str(error.value)
    assert OTHER.fingerprint in str(error.value)
    assert ONE.fingerprint == PRIVATE[0].fingerprint
    with pytest.raises(HostKeyUnknown):
        keys.check("B", [], ONE)


@pytest.mark.parametrize("names", ["A", "10.0.0.1", "*"])
def test_a_revoked_key_is_refused_whatever_else_says_so(names: str) -> None:
    revoked = "@revoked " + line(names)
    for text in (line("A") + revoked, revoked + line("A")):
        keys = HostKeys.parse(text, "known_hosts")
        with pytest.raises(HostKeyUnknown, match="all its keys are revoked"):
            keys.of("A", ["10.0.0.1"])
        with pytest.raises(HostKeyDiffers, match="is revoked"):
            keys.check("A", ["10.0.0.1"], ONE)
    both = HostKeys.parse(revoked + line("A") + line("A", PRIVATE[1]), "known_hosts")
    assert both.of("A", ["10.0.0.1"]) == (OTHER,)


KEY = PRIVATE[0].get_base64()
WRONG = {
    "|1|abc=|def= ecdsa-sha2-nistp256 " + KEY: "names: are hashed",
    "*.example ecdsa-sha2-nistp256 " + KEY: "*.example: is a pattern",
    "A,!B ecdsa-sha2-nistp256 " + KEY: "!B: is a pattern",
    "* ecdsa-sha2-nistp256 " + KEY: "*: is a pattern",
    "A ssh-dss " + KEY: "ssh-dss: is not taken",
    "A ssh-ed448 " + KEY: "ssh-ed448: is no kind",
    "A ssh-ed25519 " + KEY: "ssh-ed25519: the key is not whole, or of another kind",
    "A ecdsa-sha2-nistp256 " + KEY[:-8]: "the key is not whole",
    "A ecdsa-sha2-nistp256 %%%": "the key is not whole",
    "A ecdsa-sha2-nistp256": "is not `NAMES KIND KEY`",
    "@cert-authority A ecdsa-sha2-nistp256 " + KEY: "@cert-authority: is not understood",
    "@revoked A": "is not `NAMES KIND KEY`",
}


def test_all_lines_that_are_refused_are_told_at_once() -> None:
    text = "\n".join(WRONG)
    with pytest.raises(InputError) as error:
        HostKeys.parse(text, "known_hosts")
    assert len(error.value.problems) == len(WRONG)
    for number, (found, says) in enumerate(
        zip(error.value.problems, WRONG.values(), strict=True), start=1
    ):
        assert str(found).startswith(f"known_hosts:{number}: ")
        assert says in str(found)


def test_paramiko_reads_the_same_file(tmp_path: Path) -> None:
    path = tmp_path / "known_hosts"
    path.write_text(line("a,10.0.0.1") + line("b", RSA))
    theirs = paramiko.HostKeys(str(path))
    ours = HostKeys.read(path)
    for name in theirs:
        shown = [HostKey(key.get_name(), key.asbytes()) for key in theirs.lookup(name).values()]
        assert ours.of(name, []) == tuple(shown)


def connect(keys: HostKeys, *private: paramiko.PKey) -> str:
    """A real handshake over a pair of sockets; what the server was sent beyond it: a user name."""
    seen: list[str] = []

    class Server(paramiko.ServerInterface):  # type: ignore[misc]
        def check_auth_password(self, username: str, _: str) -> int:
            seen.append(username)
            return int(paramiko.AUTH_SUCCESSFUL)

    here, there = socket.socketpair()
    server = paramiko.Transport(there)
    for key in private:
        server.add_server_key(key)
    client = paramiko.SSHClient()
    client.set_missing_host_key_policy(keys.policy("A", ["10.0.0.1"]))
    try:
        server.start_server(event=Event(), server=Server())
        client.connect(
            "10.0.0.1",
            sock=here,
            username="somebody",
            password="x",
            allow_agent=False,
            look_for_keys=False,
            disabled_algorithms=keys.algorithms_off("A", ["10.0.0.1"]),
        )
    except HostKeyDiffers:
        assert seen == []
        raise
    finally:
        client.close()
        server.close()
        here.close()
        there.close()
    return seen[0]


def test_a_session_is_opened_to_the_known_key_alone() -> None:
    assert connect(HostKeys.parse(line("A"), "f"), PRIVATE[0]) == "somebody"
    with pytest.raises(HostKeyDiffers, match="it shows"):
        connect(HostKeys.parse(line("A"), "f"), PRIVATE[1])
    with pytest.raises(HostKeyDiffers, match="is revoked"):
        connect(HostKeys.parse(line("A", PRIVATE[1]) + "@revoked " + line("A"), "f"), PRIVATE[0])


def test_a_server_with_several_keys_shows_the_known_one() -> None:
    assert connect(HostKeys.parse(line("10.0.0.1", RSA), "f"), PRIVATE[0], RSA) == "somebody"
