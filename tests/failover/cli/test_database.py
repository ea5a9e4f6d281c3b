"""`telemed-failover database`, with a real PostgreSQL."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from failover.plan_file.reading import hash_of
from tests.failover.actuators.clusters import (
    INSTANCES,
    LOOPBACK,
    Pair,
    Site,
    make_template,
    own,
    run_as,
    standing_pair,
    temporary_folder,
)
from tests.failover.cli.conftest import Run
from tests.failover.cli.places import make_place

pytestmark = [pytest.mark.root, pytest.mark.xdist_group("waiting")]
GOLDEN = Path(__file__).parent / "golden" / "help"
NUMBERS = count(1)
CLUSTER = "imaging"


@pytest.fixture(scope="module")
def base() -> Iterator[Path]:
    folder = temporary_folder()
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@pytest.fixture(scope="module")
def template(base: Path) -> Path:
    return make_template(base)


@pytest.fixture
def pair(base: Path, template: Path) -> Iterator[Pair]:
    """Two clusters that want nothing but to be reached from elsewhere."""
    folder = base.parent / f"{base.name}-pair{next(NUMBERS)}"
    folder.mkdir(mode=0o711)
    found = standing_pair(folder, template)
    try:
        for site in found.sites:
            with (site.conf / "postgresql.conf").open("a", encoding="utf-8") as file:
                file.write("listen_addresses = '*'\n")
            site.stop()
            site.start()
        yield found
    finally:
        found.end()


@pytest.fixture
def bare(base: Path, template: Path) -> Iterator[Site]:
    """A cluster as Debian makes it: no role, no schema, no settings of ours."""
    folder = base.parent / f"{base.name}-bare{next(NUMBERS)}"
    folder.mkdir(mode=0o711)
    site = Site(folder, "dc-a")
    site.lay(template)
    shutil.rmtree(site.data)
    command = [*run_as(), str(site.bin / "initdb"), "-D", str(site.data), "-U", "postgres",
               "-A", "trust", "--no-sync", "--no-instructions"]  # fmt: skip
    subprocess.run(command, check=True, cwd="/", capture_output=True)
    settings = site.conf / "postgresql.conf"
    text = settings.read_text("utf-8").replace("include_if_exists = 'telemed.conf'\n", "")
    settings.write_text(text, "utf-8")
    own(settings)
    site.start()
    try:
        yield site
    finally:
        site.stop("immediate")
        shutil.rmtree(folder)


def node(folder: Path, here: Site, name: str, peer: str, **changes: Any) -> Path:
    """A place whose portal is a database; its node file."""
    path = make_place(folder, table(here, peer))
    text = path.read_text("utf-8")
    path.write_text(text.replace('name = "dc-a"', f'name = "{name}"'), "utf-8")
    document = json.loads((folder / "plan.json").read_text("utf-8"))
    document.pop("hash")
    document["groups"][0] |= {
        "durability": "asynchronous",
        "rpo_s": 30.0,
        "rate_bytes_s": 1000,
        "resource_check": True,
        "actuators": {"bgp": False, "hooks": [], "postgresql": {"cluster": CLUSTER}},
        "instances": [
            {"name": each.replace(".", "-"), "v4": f"10.98.12.10{number}"}
            for number, each in enumerate(INSTANCES, start=1)
        ],
    } | changes
    text = json.dumps(document | {"hash": hash_of(document)})
    (folder / "plan.json").write_text(text, "utf-8")
    return path


def table(here: Site, peer: str) -> str:
    return f"""
[postgresql.{CLUSTER}]
version = {here.bin.parent.name}
database = "postgres"
port = {here.port}
data = "{here.data}"
config_file = "{here.conf}/postgresql.conf"
managed_file = "{here.conf}/telemed.conf"
log_file = "{here.log}"
reserve_mib = 0
slot_mib_max = 64
local = {{ host = "{here.base}" }}
peer = {{ host = "{LOOPBACK}", {peer} }}
"""


def problems(out: str) -> list[str]:
    (cluster,) = json.loads(out)["clusters"]
    return [each["problem"] for each in cluster["findings"]]


def did(out: str) -> list[str]:
    (cluster,) = json.loads(out)["clusters"]
    return list(cluster["did"])


def test_a_bare_cluster_is_installed_once_and_then_found_to_be_so(
    telemed_failover: Run, tmp_path: Path, bare: Site
) -> None:
    path = str(node(tmp_path, bare, "dc-a", "port = 1"))
    before = telemed_failover("database", "check", "--node", path, "--json")
    assert before.code == 3
    managed = f"{bare.conf}/telemed.conf"
    assert f"{managed} is not there" in problems(before.out)
    assert any('role "telemed_agent" does not exist' in each for each in problems(before.out))

    bare.sql("CREATE TABLE public.image (id int PRIMARY KEY)")
    first = telemed_failover("database", "install", "--node", path, "--json", "--guard-all")
    assert (first.code, first.err) == (0, "")
    assert did(first.out) == [
        f"{managed}: written",
        f"{bare.conf}/postgresql.conf: includes {managed} from now on",
        "in force after a restart of PostgreSQL: wal_log_hints",
        "role telemed_agent: made, without a password",
        "role telemed_rejoin: made, without a password",
        "schema telemed_failover: ran scripts 1, 2, 3, 4",
        "lease rows: imaging-a, imaging-b added",
        "table public.image: is under the check",
    ]
    second = telemed_failover("database", "install", "--node", path, "--json", "--guard-all")
    assert did(second.out) == [
        f"{managed}: is as it should be",
        "in force after a restart of PostgreSQL: wal_log_hints",
        "role telemed_agent: is there",
        "role telemed_rejoin: is there",
        "schema telemed_failover: is complete",
        "lease rows: all there",
    ]
    after = problems(telemed_failover("database", "check", "--node", path, "--json").out)
    assert after[:3] == [
        "neither wal_log_hints nor data checksums are on: pg_rewind is impossible",
        "listen_addresses is 127.0.0.1",
        "changed, and not in force: wal_log_hints",
    ]
    assert len(after) == 4, "and the other centre, which is not there"
    assert after[3].startswith("PostgreSQL in dc-b: ")


def test_a_pair_is_ready_at_both_centres_and_says_so(
    telemed_failover: Run, tmp_path: Path, pair: Pair
) -> None:
    for site in pair.sites:
        folder = tmp_path / site.name
        folder.mkdir()
        peer = f'port = {pair.other(site).port}, passfile = "{pair.passfile}"'
        path = str(node(folder, site, site.name, peer, durability="synchronous"))
        words = ("--node", path, "--guard", "public.image", "--guard", "public.free")
        installed = telemed_failover("database", "install", *words)
        assert (installed.code, installed.err) == (0, "")
        if site is pair.b:
            assert "a standby: roles, schema and triggers come from its owner" in installed.out
        checked = telemed_failover("database", "check", "--node", path)
        assert (checked.code, checked.out) == (0, "imaging (group portal): ready to be moved\n")


def test_each_thing_that_is_missing_is_found_with_its_mend(
    telemed_failover: Run, tmp_path: Path, pair: Pair
) -> None:
    site = pair.a
    peer = f'port = {pair.b.port}, passfile = "{pair.passfile}"'
    path = str(node(tmp_path, site, "dc-a", peer, durability="synchronous"))
    site.sql("ALTER ROLE app SET synchronous_commit = off")
    site.sql("REVOKE EXECUTE ON FUNCTION pg_promote(boolean, integer) FROM telemed_agent")
    site.sql("REVOKE pg_checkpoint FROM telemed_rejoin")
    site.sql("REVOKE ALL ON FUNCTION telemed_failover.digest(regclass, boolean) FROM telemed_agent")
    site.sql("ALTER SYSTEM SET max_slot_wal_keep_size = '-1'")
    site.sql("ALTER SYSTEM SET synchronous_standby_names = 'other'")
    site.sql("SELECT pg_reload_conf()")
    pair.passfile.chmod(0o640)
    (site.base / "data.kept").mkdir()
    for number in range(2):
        (site.base / "data.kept" / str(number) / "data").mkdir(parents=True)
    found = telemed_failover("database", "check", "--node", path)
    assert found.code == 3
    for words in (
        f"{pair.passfile} may be read by others\n  hint: chmod 600 {pair.passfile}",
        f"{site.base}/data.kept holds 2 divergent data directories",
        f"max_slot_wal_keep_size is set in {site.data}/postgresql.auto.conf",
        "max_slot_wal_keep_size sets no bound",
        "synchronous_standby_names is `other`",
        "synchronous_commit=off is set for role app: its writes wait for nobody",
        "role `telemed_agent` lacks pg_promote",
        "role `telemed_rejoin` has not all rights",
        "no lease row for imaging-a, imaging-b",
        "the agent's role may not say how old records are, or compare them",
        "written to without a lease: public.free",
    ):
        assert words in found.out
    refused = telemed_failover("database", "install", "--node", path)
    assert refused.code == 1
    assert f"max_slot_wal_keep_size is set in {site.data}/postgresql.auto.conf" in refused.err


def test_a_place_without_the_cluster_is_told_so(telemed_failover: Run, tmp_path: Path) -> None:
    path = str(make_place(tmp_path))
    none = telemed_failover("database", "check", "--node", path)
    assert (none.code, "no group moves a database" in none.err) == (2, True)


def test_a_cluster_that_the_plan_does_not_name_is_refused(
    telemed_failover: Run, tmp_path: Path, bare: Site
) -> None:
    path = node(tmp_path, bare, "dc-a", "port = 1")
    other = telemed_failover("database", "check", "--node", str(path), "--cluster", "moon")
    assert other.code == 2
    assert other.err == "error: `moon` is no cluster of the plan\nhint: choose of imaging\n"
    path.write_text(path.read_text("utf-8").partition("[postgresql")[0], "utf-8")
    absent = telemed_failover("database", "check", "--node", str(path))
    assert absent.code == 1
    assert "node.toml has no cluster `imaging`, which group `portal` moves" in absent.err


def test_a_missing_table_is_named(telemed_failover: Run, tmp_path: Path, bare: Site) -> None:
    path = str(node(tmp_path, bare, "dc-a", "port = 1"))
    refused = telemed_failover("database", "install", "--node", path, "--guard", "moon")
    assert (refused.code, refused.out) == (1, "")
    assert "imaging: there is no table `moon` in this database" in refused.err


@pytest.mark.parametrize("words", [(), ("check",), ("install",), ("records",)])
def test_help(
    telemed_failover: Run, golden: Callable[[Path, str], None], words: tuple[str, ...]
) -> None:
    ended = telemed_failover("database", *words, "--help")
    assert (ended.code, ended.err) == (0, "")
    name = "-".join(("telemed-failover", "database", *words))
    golden(GOLDEN / f"{name}.txt", ended.out)
