"""What is tried beside a real systemd: run by systemd.sh, tells what it found as JSON.

python inside.py ROLE FILES     `centre`, `witness` or `observer`; a folder of files for it
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ETC, RUN = Path("/etc/telemed-failover"), Path("/run/telemed-failover")
UNITS = Path("/srv/checkout/failover/systemd")
USER = "telemed-failover"
LIMIT_S = 60.0
SIGNS = 3
SERVER = "import os, time; os.fork() and os._exit(0); os.setsid(); time.sleep(600)"


def centre() -> dict[str, Any]:
    """Guard and agent: started, restarted, killed, frozen, kept from starting, stopped."""
    systemctl("start", "telemed-failover-guard", "telemed-failover-agent")
    until(is_open)
    found: dict[str, Any] = {each: process(each) for each in ("guard", "agent")}
    found["run"] = {each.name: modes(each) for each in (RUN, *RUN.iterdir())}
    server = begun_by("agent")
    # A start that takes longer than the lease lets the door close: a loaded machine tries again.
    found["open at a planned restart"] = any(restarted_as_planned() for _ in range(3))
    found["server after a planned restart"] = lives(server)
    systemctl("restart", "telemed-failover-agent")
    found["server after a restart"] = lives(server)
    before = life("agent")
    os.kill(before, signal.SIGKILL)
    until(lambda: life("agent") not in (0, before))
    found["server after a kill"] = lives(server)
    before = life("agent")
    systemctl("restart", "telemed-failover-guard")
    found["agent after a restart of the guard"] = life("agent") == before
    os.kill(before, signal.SIGSTOP)
    until(lambda: life("agent") not in (0, before))
    found["a frozen agent is replaced"] = True
    found |= kept_from_starting(ETC / "keys")
    systemctl("stop", "telemed-failover-agent", "telemed-failover-guard")
    found["server after a stop"] = lives(server)
    found["run folder after a stop"] = RUN.is_dir()
    return found


def restarted_as_planned() -> bool:
    """Whether the door stays open until the next life has been there for longer than a lease."""
    until(is_open)
    before, stays, ends_s = life("agent"), True, float("inf")
    systemctl("kill", "--kill-whom=main", "--signal=USR1", "telemed-failover-agent")

    def over() -> bool:
        nonlocal stays, ends_s
        stays = stays and is_open()
        if ends_s == float("inf") and life("agent") not in (0, before):
            ends_s = time.monotonic() + 3.0
        return time.monotonic() > ends_s

    until(over)
    return stays


def is_open() -> bool:
    return "10.98.12.1" in said("ip", "address", "show", "lo")


def kept_from_starting(keys: Path) -> dict[str, Any]:
    """The agent fails again and again: it rests, and comes back if nobody has stopped it."""
    found: dict[str, Any] = {}
    again = "telemed-failover-again@telemed-failover-agent"
    away = keys.rename(keys.with_name("away"))
    os.kill(life("agent"), signal.SIGKILL)
    until(lambda: shown("agent", "ActiveState") == "failed")
    found["it rests"] = said("systemctl", "is-active", again).strip()
    systemctl("stop", "telemed-failover-agent")
    found["stopped while it rests"] = said("systemctl", "is-active", again).strip()
    systemctl("reset-failed", "telemed-failover-agent")
    systemctl("--no-block", "start", "telemed-failover-agent")
    until(lambda: shown("agent", "ActiveState") == "failed")
    away.rename(keys)
    until(lambda: shown("agent", "ActiveState") == "active")
    return found


def alone(name: str) -> dict[str, Any]:
    """Witness or observer: started, and still there after some signs of life."""
    systemctl("start", f"telemed-failover-{name}")
    found, before, seen = process(name), life(name), {sign(name)}
    while len(seen) < SIGNS:
        until(lambda: sign(name) not in seen)
        seen.add(sign(name))
    return {name: found, "stays": life(name) == before}


def prepare(files: Path) -> None:
    """What the guide does."""
    sysusers = Path("/etc/sysusers.d")
    sysusers.mkdir(exist_ok=True)
    shutil.copy(UNITS / "telemed-failover.sysusers.conf", sysusers)
    subprocess.run(["systemd-sysusers"], check=True, stderr=subprocess.DEVNULL)
    shutil.copytree(files / "etc", ETC)
    ETC.chmod(0o755)
    for each in ETC.iterdir():
        shutil.chown(each, USER)
    program = Path("/opt/telemed/bin/telemed-failover")
    program.parent.mkdir(parents=True)
    shutil.copy(files / "telemed-failover", program)
    program.chmod(0o755)
    link = "ip link add fibre type veth peer name health"
    subprocess.run(link.split(), check=True)


# --- asking ------------------------------------------------------------------------------------


def systemctl(*words: str) -> None:
    subprocess.run(["systemctl", *words], check=True, timeout=LIMIT_S)


def said(*words: str) -> str:
    return subprocess.run(
        words, capture_output=True, text=True, timeout=LIMIT_S, check=False
    ).stdout


def shown(name: str, key: str) -> str:
    return said(
        "systemctl", "show", f"--property={key}", "--value", f"telemed-failover-{name}"
    ).strip()


def life(name: str) -> int:
    """The process of a unit that is ready; 0: it is not."""
    return int(shown(name, "MainPID")) if shown(name, "ActiveState") == "active" else 0


def sign(name: str) -> str:
    """When systemd last heard that a process is alive."""
    return shown(name, "WatchdogTimestampMonotonic")


def process(name: str) -> dict[str, str]:
    """What the kernel says of a running process."""
    lines = Path(f"/proc/{life(name)}/status").read_text("ascii").splitlines()
    pairs = dict(line.split(":\t", 1) for line in lines if ":\t" in line)
    wanted = ("CapBnd", "CapEff", "CapAmb", "NoNewPrivs", "Seccomp", "Uid")
    return {key: pairs[key].split()[0] for key in wanted}


def modes(path: Path) -> str:
    found = path.stat()
    return f"{path.owner()}:{path.group()} {found.st_mode & 0o7777:o}"


def begun_by(name: str) -> int:
    """A server as an actuator starts it: in the unit's group, in a session of its own."""
    group = f"system.slice/telemed-failover-{name}.service/cgroup.procs"
    places = list(Path("/sys/fs/cgroup").glob(f"**/{group}"))
    script = "".join(f"echo $$ >{each}; " for each in places) + 'exec "$@"'
    subprocess.run(["sh", "-c", script, "sh", sys.executable, "-c", SERVER], check=True)
    (found,) = [
        int(number) for number in places[0].read_text().split() if int(number) != life(name)
    ]
    return found


def lives(number: int) -> bool:
    return Path(f"/proc/{number}/cwd").exists()


def until(condition: Callable[[], bool]) -> None:
    end_s = time.monotonic() + LIMIT_S
    while not condition():
        if time.monotonic() > end_s:
            raise TimeoutError(f"line {sys._getframe(1).f_lineno} did not come true")
        time.sleep(0.05)


def main(role: str, folder: str) -> None:
    files = Path(folder)
    prepare(files)
    try:
        found = centre() if role == "centre" else alone(role)
    except Exception:
        logs = "".join(said("systemctl", "status", "--no-pager", "telemed-failover-*"))
        sys.stderr.write(logs)
        raise
    (files / "found.json").write_text(json.dumps(found), "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
