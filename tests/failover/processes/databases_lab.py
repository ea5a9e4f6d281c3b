"""The laboratory with databases: `portal` is asynchronous, `archive` is synchronous.

Each group's home has a primary at the start; the other centre has nothing, and its agent fetches
it. The hospital's clients go where a route sends them, as BGP would.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic
from typing import Any, LiteralString

import psycopg

from failover.actuators.postgresql.schema import install
from failover.core.cells import ExposedCell, decode, exposed_key
from failover.core.transaction import ABSENT
from failover.laboratory.lab import Lab, topology
from failover.laboratory.network import CENTRES, FIBRE, HEALTH, HOSPITAL, WITNESS, ip
from failover.laboratory.network import inside as in_space
from failover.laboratory.places import HOMES, SERVICES, plan_document
from failover.plan_file.reading import hash_of
from failover.processes.places import place_of, register_of
from tests.failover.actuators.clusters import SECRET, Site, own

INSERT: LiteralString = "INSERT INTO public.image VALUES (%s, 'x')"
NEW_CONNECTION_S = 0.1
HBA = """
host  all         telemed_rejoin 10.98.0.0/16  scram-sha-256
host  replication telemed_rejoin 10.98.0.0/16  scram-sha-256
host  all         all            10.98.0.0/16  trust
"""
DATA: Mapping[str, Mapping[str, object]] = {
    "portal": {"durability": "asynchronous", "rpo_s": 30.0, "rate_bytes_s": 1_000_000},
    "archive": {"durability": "synchronous", "rpo_s": 0.0, "rate_bytes_s": 1_000_000},
}


def database_plan(**profile: Any) -> dict[str, Any]:
    """The laboratory's plan, with a cluster for each group."""
    document = plan_document(**profile)
    for group in document["groups"]:
        actuators = {"bgp": False, "hooks": [], "postgresql": {"cluster": group["name"]}}
        group |= {**DATA[group["name"]], "resource_check": True, "actuators": actuators}
    document.pop("hash")
    return document | {"hash": hash_of(document)}


class Databases:
    """The clusters of a laboratory, driven past the agents."""

    def __init__(self, lab: Lab, base: Path, template: Path) -> None:
        self.lab = lab
        self.passfile = base / "passfile"
        self.passfile.write_text(f"*:*:*:telemed_rejoin:{SECRET}\n", "ascii")
        self.passfile.chmod(0o600)
        own(self.passfile)
        self.sites = {group: self._lay(base / group, template) for group in SERVICES}

    def at(self, group: str, centre: str) -> Site:
        """A group's cluster at a centre."""
        return self.sites[group][centre]

    def begin(self) -> None:
        """Each group's home has a primary, installed as an administrator would."""
        for group, home in HOMES.items():
            site = self.at(group, home)
            with in_space(self.lab.space(home)):
                site.start()
            instance = f"{group}-1"
            conninfo = f"host={site.base} port={site.port} user=postgres dbname=postgres"
            asyncio.run(
                install(
                    conninfo, instances=[instance], agent="telemed_agent", rejoin="telemed_rejoin"
                )
            )
            site.sql("SELECT telemed_failover.guard_table('public.image', %s)", ([instance],))
            shutil.rmtree(self.at(group, other(home)).data)

    def node_text(self, centre: str) -> str:
        """What the node file of a centre says of its clusters."""
        return "".join(self._table(group, centre) for group in SERVICES)

    def end(self) -> None:
        """Nothing of them runs or is there any more, nor who would start them again."""
        for centre in CENTRES:
            self.lab.processes.kill_place(centre)
        for sites in self.sites.values():
            for site in sites.values():
                site.thaw()
                if site.processes():
                    with suppress(Exception):
                        site.stop("immediate")

    def _lay(self, base: Path, template: Path) -> dict[str, Site]:
        base.mkdir(mode=0o711)
        sites = {centre: Site(base, centre) for centre in CENTRES}
        for site in sites.values():
            site.lay(template)
            with (site.conf / "postgresql.conf").open("a", encoding="utf-8") as file:
                file.write("listen_addresses = '*'\n")
            with (site.conf / "hba.conf").open("a", encoding="utf-8") as file:
                file.write(HBA)
        return sites

    def _table(self, group: str, centre: str) -> str:
        here, there = self.at(group, centre), self.at(group, other(centre))
        return f"""
[postgresql.{group}]
version = {here.bin.parent.name}
database = "postgres"
port = {here.port}
data = "{here.data}"
config_file = "{here.conf}/postgresql.conf"
managed_file = "{here.conf}/telemed.conf"
log_file = "{here.log}"
slot_mib_max = 64
reserve_mib = 0
local = {{ host = "{here.base}" }}
peer = {{ host = "{FIBRE[other(centre)]}", port = {there.port}, passfile = "{self.passfile}" }}
"""


class DatabaseLab:
    """All of it, and what the tests ask."""

    def __init__(self, lab: Lab, databases: Databases) -> None:
        self.lab = lab
        self.databases = databases

    def route(self, group: str, centre: str) -> None:
        """The hospital's packets to a group's service address go to that centre."""
        way = f"route replace {SERVICES[group]}/32 via {HEALTH[centre]}\n"
        ip(way, self.lab.space(HOSPITAL))

    def looks(self, group: str, centre: str) -> dict[str, Any]:
        """What a centre's agent saw of its cluster last."""
        found = self.lab.status(centre).get("actuators", {}).get(group, {})
        return dict(found.get("postgresql", {}))

    def said(self, group: str, centre: str) -> dict[str, Any]:
        """What a centre's agent says of a group."""
        return dict(self.lab.status(centre).get("groups", {}).get(group, {}))

    def follows(self, group: str, centre: str) -> bool:
        """Whether a centre's cluster stands by and streams, as its agent sees."""
        return self.looks(group, centre).get("following") is True

    def ready(self, group: str, centre: str) -> bool:
        """Whether a centre's agent has heard that the other one could take a group."""
        return group in self.lab.status(centre)["peer"]["ready"]

    def mirrored(self, group: str, centre: str) -> object:
        """Whether the other centre confirms writes, as a centre's agent sees it."""
        return self.looks(group, centre).get("mirrored")

    def write_waits(self, group: str, centre: str) -> bool:
        """Whether a commit waits for the other centre."""
        query: LiteralString = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
        return bool(self.databases.at(group, centre).value(query))

    def exposed_at(self, group: str) -> str:
        """Where a group acknowledges alone, as the register says now."""
        with in_space(self.lab.space("dc-b")):
            return asyncio.run(self._exposed_at(group))

    async def _exposed_at(self, group: str) -> str:
        client = register_of(place_of(self.lab.folder / "dc-b" / "node.toml"))
        key = exposed_key(group)
        try:
            cells = await client.register.read([key], timeout_s=5.0)
        finally:
            await client.register.close()
        cell = (cells or {}).get(key, ABSENT)
        content = decode(key, cell.value) if cell.revision else None
        return content.by.site if isinstance(content, ExposedCell) and content.exposed else ""

    def write_at(self, group: str, number: int, *, timeout_s: float = 2.0) -> bool:
        """Write a row from the hospital to the service address; whether it was acknowledged."""
        site = self.databases.at(group, "dc-a"), self.databases.at(group, "dc-b")
        with in_space(self.lab.space(HOSPITAL)):
            return any(
                _insert(SERVICES[group], each.port, number, timeout_s)
                for each in site
                if _listens(SERVICES[group], each.port)
            )

    def write_locally(self, group: str, centre: str, number: int) -> bool:
        """Write a row over the server's own socket, where no door is; whether it was accepted."""
        try:
            site = self.databases.at(group, centre)
            site.sql(INSERT, (number,), user="app")
        except psycopg.Error:
            return False
        return True

    def first_write(self, group: str, number: int, limit_s: float = 20.0) -> float:
        """When the first write was acknowledged, in monotonic seconds."""
        self.lab.wait_until(f"a write to {group}", lambda: self.write_at(group, number), limit_s)
        return monotonic()


@contextmanager
def database_laboratory(
    folder: Path, base: Path, template: Path, document: dict[str, Any]
) -> Iterator[DatabaseLab]:
    """Everything runs, each centre serves its own, and each cluster is followed by the other."""
    with topology(folder) as lab:
        databases = Databases(lab, base, template)
        try:
            databases.begin()
            lab.write(document)
            for name in CENTRES:
                with (folder / name / "node.toml").open("a", encoding="utf-8") as file:
                    file.write(databases.node_text(name))
            for name in CENTRES:
                lab.start(name, "guard")
            lab.start_register()
            lab.start(WITNESS, "witness")
            lab.start(HOSPITAL, "observer")
            for name in CENTRES:
                lab.start(name, "agent")
            lab.wait_until("both agents live", lambda: all(map(lab.supervised, CENTRES)))
            lab.wait_until("each centre serves its own", lambda: all(map(lab.is_at_home, HOMES)))
            found = DatabaseLab(lab, databases)
            lab.wait_until(
                "each cluster is followed",
                lambda: all(found.follows(group, other(home)) for group, home in HOMES.items()),
            )
            for group, home in HOMES.items():
                found.route(group, home)
            yield found
        finally:
            databases.end()


def other(centre: str) -> str:
    """The other centre."""
    return CENTRES[1 - CENTRES.index(centre)]


def kept_rows(site: Site) -> list[dict[str, Any]]:
    """The rows of all divergent tails that a centre keeps."""
    lines = [
        line
        for each in sorted((site.base / "data.kept").glob("*/rows.jsonl"))
        for line in each.read_text("utf-8").splitlines()
    ]
    return [json.loads(line) for line in lines]


def _listens(address: str, port: int) -> bool:
    """Shut doors drop packets: a client that waits for them measures itself."""
    with suppress(OSError), socket.create_connection((address, port), NEW_CONNECTION_S):
        return True
    return False


def _insert(address: str, port: int, number: int, timeout_s: float) -> bool:
    milliseconds = round(timeout_s * 1000)
    try:
        with psycopg.connect(
            host=address, port=port, user="app", dbname="postgres", connect_timeout=2,
            autocommit=True, gssencmode="disable", sslmode="disable",
            tcp_user_timeout=milliseconds,
            options=f"-c statement_timeout={milliseconds}",
        ) as connection:  # fmt: skip
            connection.execute(INSERT, (number,))
    except psycopg.Error:
        return False
    return True
