"""A service that is dead behind a living agent, with the real register, guard and network."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from failover.laboratory.lab import Lab, topology
from failover.laboratory.network import CENTRES, HOSPITAL, MEMBERS, WITNESS
from failover.laboratory.places import HOMES, SERVICES, plan_document
from failover.wire.post import boot_time_s

pytestmark = [pytest.mark.debian("etcd"), pytest.mark.xdist_group("etcd")]

PORTAL, ARCHIVE = SERVICES["portal"], SERVICES["archive"]
PORT = 8080
SERVICE = (sys.executable, "-m", "http.server", str(PORT), "-b", "0.0.0.0", "-d", "pages")
# At its home it is asked where users ask it; at the other centre it runs all the time.
ASKED: Mapping[str, str] = {
    "dc-a": f'http = "http://{PORTAL}:{PORT}/health"\nexpected = "ready"\nevery_s = 0.2\n',
    "dc-b": f'tcp = "127.0.0.1:{PORT}"\nstandby = "runs"\nevery_s = 0.2\n',
}

STARTED: Mapping[str, tuple[str, ...]] = {
    "etcd": tuple(MEMBERS),
    "guard": tuple(CENTRES),
    "witness": (WITNESS,),
    "observer": (HOSPITAL,),
    "agent": tuple(CENTRES),
}


def seen(lab: Lab, name: str) -> dict[str, object]:
    """What an agent shows of the probe."""
    found: dict[str, object] = lab.status(name).get("actuators", {}).get("portal", {}).get("probe")
    return found or {}


def group(lab: Lab, name: str) -> dict[str, object]:
    found: dict[str, object] = lab.status(name)["groups"]["portal"]
    return found


@pytest.fixture
def asked(tmp_path: Path) -> Iterator[Lab]:
    """Everything runs with its probes, and the portal's service at dc-a alone."""
    if os.geteuid() != 0:
        pytest.skip("namespaces need root")
    with topology(tmp_path) as lab:
        lab.write(plan_document())
        for name in CENTRES:
            (tmp_path / name / "pages").mkdir()
            (tmp_path / name / "pages/health").write_text("ready\n", "ascii")
            with (tmp_path / name / "node.toml").open("a", encoding="utf-8") as file:
                file.write(f"[probes.portal]\n{ASKED[name]}")
        lab.processes.run("dc-a", "service", SERVICE)
        for process, names in STARTED.items():
            for name in names:
                lab.start(name, process)
        lab.wait_until("both agents live", lambda: all(map(lab.supervised, CENTRES)))
        lab.wait_until("each centre serves its own", lambda: all(map(lab.is_at_home, HOMES)))
        yield lab


def test_a_dead_service_is_given_up_only_to_a_centre_where_it_works(asked: Lab) -> None:
    lab = asked
    lab.wait_until("dc-a is asked", lambda: seen(lab, "dc-a").get("why") == "answers")
    lab.wait_until("dc-b lacks it", lambda: seen(lab, "dc-b").get("fit") is False)
    lab.wait_until("and says so", lambda: group(lab, "dc-b")["verdict"] == "unfit")

    lab.kill("dc-a", "service")
    lab.wait_until("dc-a sees it", lambda: group(lab, "dc-a")["verdict"] == "failed")
    why = str(seen(lab, "dc-a")["why"])
    assert why.startswith(f"http://{PORTAL}:{PORT}/health: "), why
    since_s = boot_time_s()
    lab.wait_until("a lease goes by", lambda: boot_time_s() > since_s + 3.0)
    assert PORTAL in lab.service_addresses("dc-a"), "nobody could serve it better"

    lab.processes.run("dc-b", "service", SERVICE)
    lab.wait_until("dc-b has it", lambda: lab.service_addresses("dc-b") == {PORTAL, ARCHIVE})
    lab.wait_until("dc-b says so", lambda: group(lab, "dc-b")["owner"] == "mine")
    assert lab.service_addresses("dc-a") == set()
    assert lab.process("dc-a", "agent").poll() is None, "the agent lives"
    lab.wait_until("dc-a rests", lambda: "is not fit for 300 s" in str(seen(lab, "dc-a")["why"]))
    lab.wait_until("and is unfit", lambda: group(lab, "dc-a")["verdict"] == "unfit")
    lab.say("dc-a", "status").wait(20)
    assert "probe at dc-a: failed here (http://" in lab.log("dc-a", "words")
