"""Bad input to the real processes: said clearly, on the safe side, and nothing is lost by it.

Damaged plans, wrong keys, certificates that have run out, a wall clock that is set, forged packets.
Unknown names are tried in tests/failover/cli/test_words.py.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from failover.laboratory.lab import Lab
from failover.laboratory.network import CENTRES, HEALTH, HOSPITAL, ip
from failover.laboratory.places import HOMES, SERVICES
from failover.wire.keys import fresh_key
from failover.wire.post import boot_time_s
from tests.failover.cli.places import make_place

ROOT = Path(__file__).parents[3]
PORTAL, ARCHIVE = SERVICES["portal"], SERVICES["archive"]
WATCHED_S = 3.0  # more than a lease and the peer's wait for it
HOUR_S = 3600.0
FLOOD = 500  # of 15,000: so many at least are refused before it is looked


def stays(lab: Lab) -> None:
    """Each centre serves its own for a while, at its term."""
    for name, home in HOMES.items():
        lab.wait_until(f"{name} is at home", partial(serves, lab, home, name), 10)
    terms = terms_at_home(lab)
    watched(
        lab, lambda: all(SERVICES[name] in lab.service_addresses(HOMES[name]) for name in HOMES)
    )
    assert terms_at_home(lab) == terms


def terms_at_home(lab: Lab) -> dict[str, list[int]]:
    return {name: lab.status(home)["groups"][name]["term"] for name, home in HOMES.items()}


def watched(lab: Lab, so: Callable[[], bool]) -> None:
    """It is so at every look for longer than a lease; and no address stands at both centres."""
    looks = 0
    for _ in range(int(WATCHED_S / 0.02)):
        assert so()
        assert not lab.service_addresses("dc-a") & lab.service_addresses("dc-b")
        lab.pause(0.02)
        looks += 1
    assert looks > 10


def serves(lab: Lab, place: str, group: str) -> bool:
    """Its door is open, and its agent says so: the status of the life before is gone."""
    told = lab.status(place)["groups"][group]
    return SERVICES[group] in lab.service_addresses(place) and bool(told["open"])


def restart(lab: Lab, place: str, process: str) -> None:
    lab.kill(place, process)
    lab.start(place, process)


def log_since(lab: Lab, place: str, process: str, length: int) -> str:
    return lab.log(place, process)[length:]


# --- plans -----------------------------------------------------------------------------------


def half(content: bytes) -> bytes:
    return content[: len(content) // 2]


def another_lease(content: bytes) -> bytes:
    assert b'"length_s": 2.0' in content
    return content.replace(b'"length_s": 2.0', b'"length_s": 9.0')


DAMAGES: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "torn": (half, "plan.json: is not JSON: "),
    "changed by hand": (another_lease, "hash: "),
    "empty": (lambda _content: b"", "plan.json: is not JSON: "),
    "noise": (lambda _content: b"\xff\xfe\x00", "plan.json: "),
}


@pytest.mark.parametrize("process", ["agent", "guard", "witness", "observer"])
@pytest.mark.parametrize("damage", DAMAGES)
def test_no_process_starts_on_a_damaged_plan(tmp_path: Path, process: str, damage: str) -> None:
    change, words = DAMAGES[damage]
    node, plan = make_place(tmp_path), tmp_path / "plan.json"
    plan.write_bytes(change(plan.read_bytes()))
    ended = subprocess.run(
        [sys.executable, "-m", "failover.cli.main", process, "--node", str(node)],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert ended.returncode == 1
    error, hint = ended.stderr.splitlines()
    assert error.startswith("error: ")
    assert words in error
    assert hint.startswith("hint: never edit it")


@pytest.mark.debian("etcd")
@pytest.mark.xdist_group("etcd")
def test_a_plan_damaged_under_a_running_centre_costs_at_most_a_move(lab: Lab) -> None:
    """Who runs goes by what it read; who starts on it stays shut, and the other centre takes."""
    plan = lab.folder / "dc-a/plan.json"
    whole = plan.read_bytes()
    plan.write_bytes(half(whole))
    stays(lab)
    restart(lab, "dc-a", "agent")
    assert lab.process("dc-a", "agent").wait(30) == 1
    assert f"error: {plan}: is not JSON" in lab.log("dc-a", "agent")
    lab.wait_until("dc-b has both", lambda: lab.service_addresses("dc-b") == {PORTAL, ARCHIVE}, 20)
    plan.write_bytes(whole)
    lab.start("dc-a", "agent")
    lab.wait_until("dc-a stands by", lambda: lab.supervised("dc-a"), 20)
    watched(lab, lambda: lab.service_addresses("dc-b") == {PORTAL, ARCHIVE})


# --- keys and packets ------------------------------------------------------------------------


@pytest.mark.debian("etcd")
@pytest.mark.xdist_group("etcd")
def test_a_wrong_key_is_not_believed_and_moves_nothing(lab: Lab) -> None:
    """The register still tells each centre that the other renews."""
    keys = lab.folder / "dc-a/keys"
    lines = [
        f"dc-b send {fresh_key(os.urandom)}" if line.startswith("dc-b ") else line
        for line in keys.read_text("ascii").splitlines()
    ]
    keys.write_text("".join(f"{line}\n" for line in lines), "ascii")
    lab.process("dc-a", "agent").send_signal(signal.SIGHUP)

    def refuses(place: str) -> bool:
        refused = lab.status(place)["wire"]["refused"]
        return all(refused.get(path, {}).get("forged", 0) > 5 for path in ("fibre", "health"))

    lab.wait_until("both refuse", lambda: all(map(refuses, CENTRES)), 20)
    stays(lab)
    for place in CENTRES:
        assert lab.status(place)["site"] == "normal"
        assert PORTAL in lab.service_addresses("dc-a")


FORGER = """
import os, socket, sys, time
from failover.wire.envelope import Envelope, Kind, seal
from failover.wire.keys import Keys, fresh_secret
own, target, port, path = sys.argv[1], sys.argv[2], int(sys.argv[3]), "health"
guess = Keys(fresh_secret(os.urandom))
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as made:
    made.bind((own, port))
    for number in range(3000):
        for kind in (Kind.BEAT, Kind.TELL, Kind.COPY, Kind.ABORT):
            body = os.urandom(number % 200)
            made.sendto(seal(Envelope(kind, path, os.urandom(16), "dc-b", "dc-a", body), guess),
                        (target, port))
        made.sendto(os.urandom(1 + number % 1400), (target, port))
        time.sleep(0.001)
"""


@pytest.mark.debian("etcd")
@pytest.mark.xdist_group("etcd")
def test_a_flood_of_forged_packets_under_a_centres_own_address_moves_nothing(lab: Lab) -> None:
    """From the hospital, with the other centre's address as the sender's."""
    # It neither answers nor asks under that address: what is dc-b's still comes to dc-b.
    quiet = [f"net.ipv4.conf.all.{name}" for name in ("arp_ignore=1", "arp_announce=2")]
    subprocess.run(
        ["ip", "netns", "exec", lab.space(HOSPITAL), "sysctl", "-qw", *quiet], check=True
    )
    ip(f"addr add {HEALTH['dc-b']}/32 dev lo\n", lab.space(HOSPITAL))
    port = json.loads((lab.folder / "dc-a/plan.json").read_text("utf-8"))["port"]
    command = [sys.executable, "-c", FORGER, HEALTH["dc-b"], HEALTH["dc-a"], str(port)]
    forger = lab.processes.run(HOSPITAL, "forger", command)

    def refused() -> int:
        found = lab.status("dc-a")["wire"]["refused"].get("health", {})
        return int(found.get("forged", 0))

    lab.wait_until("the flood arrives", lambda: refused() > FLOOD, 30)
    stays(lab)
    assert forger.wait(60) == 0, lab.log(HOSPITAL, "forger")
    assert lab.status("dc-a")["site"] == "normal"
    assert lab.status("dc-a")["copy"]["kept"]["problem"] == ""
    assert lab.status("dc-a")["paths"]["health"]["heard_s_ago"] < 1.0  # the true ones came through


# --- certificates ----------------------------------------------------------------------------


def dated(lab: Lab, name: str, *, ends: timedelta) -> Path:
    """A certificate of the lab anew, for the same key, until another time; its file."""
    path = lab.folder / "tls" / f"{name}.pem"
    known = x509.load_pem_x509_certificate(path.read_bytes())
    key = serialization.load_pem_private_key((lab.folder / "tls/ca.key").read_bytes(), None)
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(known.subject)
        .issuer_name(known.issuer)
        .public_key(known.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=400))
        .not_valid_after(now + ends)
    )
    for extension in known.extensions:
        made = made.add_extension(extension.value, extension.critical)
    signed = made.sign(key, hashes.SHA256())  # type: ignore[arg-type]  # an EC key, as openssl made it
    path.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.mark.debian("etcd")
@pytest.mark.xdist_group("etcd")
def test_a_certificate_that_has_run_out_is_named_and_one_renewed_is_used_at_once(lab: Lab) -> None:
    path = dated(lab, "agent-dc-a", ends=timedelta(hours=-1))
    restart(lab, "dc-a", "agent")
    day = f"{datetime.now(UTC) - timedelta(hours=1):%Y-%m-%d %H:}"
    said = f"{path}: this place's own certificate has run out on {day}"
    lab.wait_until("it is said", lambda: said in lab.log("dc-a", "agent"), 20)
    lab.wait_until("dc-b has both", lambda: lab.service_addresses("dc-b") == {PORTAL, ARCHIVE}, 30)
    watched(lab, lambda: lab.service_addresses("dc-a") == set())
    assert "put a renewed one in its place" in lab.log("dc-a", "agent")
    dated(lab, "agent-dc-a", ends=timedelta(days=30))
    lab.wait_until("dc-a is let in again", lambda: _answered(lab, "dc-a"), 20)
    assert lab.process("dc-a", "agent").poll() is None
    watched(lab, lambda: lab.service_addresses("dc-b") == {PORTAL, ARCHIVE})


def _answered(lab: Lab, place: str) -> bool:
    answered_s_ago = lab.status(place)["register"]["answered_s_ago"]
    return answered_s_ago is not None and answered_s_ago < 2.0


@pytest.mark.debian("etcd")
@pytest.mark.xdist_group("etcd")
def test_a_member_whose_certificate_has_run_out_is_named_and_another_is_asked(lab: Lab) -> None:
    dated(lab, "etcd-dc-a", ends=timedelta(hours=-1))
    length = len(lab.log("dc-a", "agent"))
    restart(lab, "dc-a", "agent")
    lab.wait_until("dc-a serves its own", lambda: serves(lab, "dc-a", "portal"), 30)
    stays(lab)
    said = log_since(lab, "dc-a", "agent", length)
    assert "etcd member dc-a: not checked, it does not answer: " in said
    assert "certificate has expired" in said
    assert "hint: renew its `cert-file`" in said


# --- clocks ----------------------------------------------------------------------------------

# A real clock would be that of the whole machine. Here everything of the agent's but one sees the
# step; the one compares with the kernel's stamps, which a real step would move with it.
STEPPING = """
import sys, time
from pathlib import Path
import failover.wire.post
from failover.cli.main import main
real = time.time
step = Path(sys.argv.pop(1))
time.time = lambda: real() + float(step.read_text() or 0)
sys.exit(main())
"""


@pytest.mark.debian("etcd")
@pytest.mark.xdist_group("etcd")
def test_a_wall_clock_that_is_set_moves_nothing(lab: Lab) -> None:
    step = lab.folder / "dc-a/step"
    step.write_text("0")
    lab.kill("dc-a", "agent")
    command = [sys.executable, "-c", STEPPING, str(step), "agent", "--node", "node.toml"]
    lab.processes.run("dc-a", "agent", command)
    lab.wait_until("dc-a serves its own", lambda: serves(lab, "dc-a", "portal"), 30)
    words = ("hold", "archive", "--for", "90m", "--reason", "a disk", "--by", "li")
    assert lab.say("dc-a", *words).wait(60) == 0, lab.log("dc-a", "words")
    lab.wait_until("dc-a sees the hold", lambda: held_s(lab), 10)
    began_s, left_s = boot_time_s(), held_s(lab)
    for step_s in (HOUR_S, -HOUR_S, 0.0):
        turn(step, step_s)
        lab.wait_until("the agent sees it", partial(is_set, lab, step_s), 10)
        stays(lab)
        status = lab.status("dc-a")
        assert (status["late"], status["site"], status["halted"]) == (False, "normal", "")
        # A hold ends by the boot-time clock: neither an hour sooner nor later.
        assert held_s(lab) == pytest.approx(left_s - (boot_time_s() - began_s), abs=5.0)
        assert lab.say("dc-a", "status").wait(60) == 0, lab.log("dc-a", "words")
    assert "pages" not in lab.log("dc-a", "agent")


def held_s(lab: Lab) -> float:
    left_s = lab.status("dc-a")["groups"]["archive"]["held_for_s"]
    return float(left_s or 0.0)


def is_set(lab: Lab, step_s: float) -> bool:
    return bool(abs(lab.status("dc-a")["at"] - time.time() - step_s) < HOUR_S / 2)


def turn(path: Path, step_s: float) -> None:
    """Set the clock of whoever reads the file: whole at any moment."""
    part = path.with_name(".step")
    part.write_text(str(step_s))
    part.replace(path)
