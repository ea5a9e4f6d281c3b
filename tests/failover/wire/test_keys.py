"""The file of keys: what is read, what is refused, what is said of it, and what is never shown."""

from __future__ import annotations

import os
from base64 import b64decode, b64encode
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from failover.wire import WireProblem, fresh_key, read_keyring
from failover.wire.directory import Role, partners, speaker
from failover.wire.keys import FILE_BYTES_MAX, Keyring, Keys, Secret
from failover.wire.post import check_keys
from tests.failover.wire.places import OBSERVER, WITNESS, A, B, Places, keys_of

GOLDEN = Path(__file__).parent / "golden" / "key_problems.txt"
FIRST, SECOND = (b64encode(sha256(word).digest()).decode() for word in (b"first", b"second"))
SHORT = b64encode(sha256(b"short").digest()[:16]).decode()
LONG = b64encode(b"".join(sha256(bytes([n])).digest() for n in range(5))).decode()
FLAT = b64encode(b"secret" * 6).decode()


def written(folder: Path, content: str | bytes, mode: int = 0o600) -> Path:
    path = folder / "keys"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    path.chmod(mode)
    return path


def test_keys_are_read(tmp_path: Path) -> None:
    third = fresh_key(Random(1).randbytes)
    content = f"# ours\n\n  dc-b  send {FIRST}\ndc-b accept {SECOND}\r\nwitness-1 send {third}\n"
    keyring = read_keyring(written(tmp_path, content))
    keys = keyring.of("dc-b")
    assert keys is not None
    assert keys.accept(b"words", code(FIRST, b"words"))
    assert keys.accept(b"words", code(SECOND, b"words"))
    assert keys.sends.code(b"words") == code(FIRST, b"words")
    assert keyring.of("nobody") is None
    assert keyring.missing(["dc-b", "witness-1", "nobody"]) == ("nobody",)


def code(key: str, content: bytes) -> bytes:
    """HMAC-SHA-256 by its definition, RFC 2104 §2."""
    padded = b64decode(key).ljust(64, b"\0")
    inner = sha256(bytes(byte ^ 0x36 for byte in padded) + content).digest()
    return sha256(bytes(byte ^ 0x5C for byte in padded) + inner).digest()


def test_a_fresh_key_is_a_good_one(tmp_path: Path) -> None:
    read_keyring(written(tmp_path, f"dc-b send {fresh_key(os.urandom)}"))


@pytest.mark.parametrize("mode", [0o400, 0o600])
def test_a_file_of_its_owner_alone_is_read(tmp_path: Path, mode: int) -> None:
    read_keyring(written(tmp_path, f"dc-b send {FIRST}", mode))


PROBLEMS: dict[str, str | bytes] = {
    "empty": "",
    "only comments": "# dc-b send x\n",
    "binary": b"\xff\xfe\x00",
    "too large": "# \n" * FILE_BYTES_MAX,
    "two words": f"dc-b {FIRST}",
    "four words": f"dc-b send {FIRST} {SECOND}",
    "no name": f"DC-B send {FIRST}",
    "no use": f"dc-b sign {FIRST}",
    "no base64": "dc-b send not*base64*at*all",
    "padding lost": f"dc-b send {FIRST[:-1]}",
    "short key": f"dc-b send {SHORT}",
    "long key": f"dc-b send {LONG}",
    "a word repeated": f"dc-b send {FLAT}",
    "two to send": f"dc-b send {FIRST}\ndc-b send {SECOND}",
    "two to accept": f"dc-b accept {FIRST}\ndc-b accept {SECOND}",
    "none to send": f"dc-b accept {FIRST}",
    "one key for two": f"dc-b send {FIRST}\n\nwitness-1 send {FIRST}",
    "one key twice": f"dc-b send {FIRST}\ndc-b accept {FIRST}",
}


def test_problems_name_the_place_and_the_mend(
    tmp_path: Path, golden: Callable[[Path, str], None]
) -> None:
    said = [f"{name}\n{problem_of(written(tmp_path, text))}" for name, text in PROBLEMS.items()]
    said.append(f"others may read it\n{problem_of(written(tmp_path, FIRST, 0o640))}")
    said.append(f"a folder\n{problem_of(tmp_path)}")
    said.append(f"not there\n{problem_of(tmp_path / 'none')}")
    golden(GOLDEN, "\n\n".join(said).replace(f"{tmp_path}/", "").replace(str(tmp_path), "d") + "\n")


def problem_of(path: Path) -> str:
    with pytest.raises(WireProblem) as caught:
        read_keyring(path)
    return str(caught.value)


def test_a_pipe_does_not_hold_the_start_up(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "keys", 0o600)
    assert "is no file" in problem_of(tmp_path / "keys")


@pytest.mark.root
def test_a_file_of_somebody_else_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, f"dc-b send {FIRST}")
    os.chown(path, 65534, 65534)
    assert "belongs to user 65534" in problem_of(path)


@given(st.binary(max_size=200))
def test_any_file_is_a_keyring_or_a_problem_that_shows_nothing(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = written(tmp_path_factory.mktemp("keys"), content)
    said = said_of(path)
    assert not said or said.startswith(str(path))


def said_of(path: Path) -> str:
    """What is wrong with the file; empty: nothing."""
    try:
        read_keyring(path)
    except WireProblem as problem:
        return str(problem)
    return ""


def test_a_problem_shows_no_key(tmp_path: Path) -> None:
    for name, text in PROBLEMS.items():
        said = problem_of(written(tmp_path, text))
        assert not [key for key in (FIRST, SECOND, SHORT, LONG, FLAT) if key in said], name


def test_a_key_is_not_shown() -> None:
    keys = Keys(Secret(b"hush"), (Secret(b"hush"),))
    assert "hush" not in f"{keys!r} {keys} {keys.sends}"


def test_centres_and_witness_need_keys_and_observers_do_not() -> None:
    plan = Places().plan
    others = partners(plan, speaker(plan, A, Role.CENTRE))
    check_keys(Keyring({B: keys_of(A, B), WITNESS: keys_of(A, WITNESS)}), others)
    with pytest.raises(WireProblem, match="no key for `witness-1`"):
        check_keys(Keyring({B: keys_of(A, B), OBSERVER: keys_of(A, OBSERVER)}), others)
