"""Reads `node.toml` strictly: unknown keys, wrong types and relative commands are problems.

name = "dc-guiyang"                     # of the plan
plan = "plan.json"                      # paths are relative to this file's folder
keys = "keys"                           # mode 0600
run = "/run/telemed-failover"
state = "/var/lib/telemed-failover"
page = ["/usr/local/bin/page-on-call"]  # gets a key and a sentence
signers = "signers"                     # OpenSSH's allowed signers, for break-glass

[register]                              # centres and witness, if the register is etcd
certificate = "tls/agent.crt"
key = "tls/agent.key"
authority = "tls/ca.crt"
etcd_config = "/etc/etcd/etcd.json"

[interfaces]                            # a path's words leave and arrive there alone
fibre = "eth2"
health = "eth1"

[hooks.announce]                        # one for each hook that the plan names
program = "/usr/local/lib/telemed/announce"
timeout_s = 3

[bgp]                                   # of groups that are announced; these are the defaults
vtysh = "/usr/bin/vtysh"
sockets = "/run/frr"
limit_s = 1.5

[leases]                                # files for services that check their lease themselves
folder = "/run/telemed-failover/leases"

[postgresql.imaging-dc-a]               # one for each cluster that the plan names
version = 15                            # all keys: `failover.node_file.postgresql`
database = "imaging"
peer = { host = "10.0.0.6", passfile = "/etc/telemed-failover/pgpass" }

[probes.portal]                         # by group: whether its service works here
http = "http://10.0.12.1:8080/health"   # all keys: `failover.node_file.probes`

[dns.portal]                            # by group: names that lead here while it is owned
server = "10.0.150.53"                  # all keys: `failover.node_file.dns`
zone = "tele.example"
key = "tls/move.key"
names = { "portal.tele.example" = ["10.0.12.1"] }
"""

import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from failover.core.messages import PATHS
from failover.node_file.content import Bgp, Hook, NodeFile, RegisterAccess
from failover.node_file.dns import read_dns
from failover.node_file.postgresql import read_postgresql
from failover.node_file.probes import read_probe
from failover.plan_file.shape import ID
from failover.plan_file.values import Number, PlanProblem, Text, Value

Read = TypeVar("Read")

BYTES_MAX = 1 << 20
PATH = Text("a path", re.compile(r"[^\0]+"), 4096)
INTERFACE = Text("the name of an interface", re.compile(r"[^/\s]{1,15}"))
WORD = Text("a word of a command", re.compile(r"[^\0]*"), 4096)
TIMEOUT_S = Number(0, 4, above=True)  # the core takes a longer silence for failure
HOOK_S = 3.0
NEEDED = ("name", "plan", "keys", "run", "state")
OPTIONAL = (
    "register",
    "page",
    "hooks",
    "postgresql",
    "bgp",
    "leases",
    "probes",
    "dns",
    "interfaces",
    "signers",
    "neutral",
)


def read_node_file(path: Path) -> NodeFile:
    """The node file.

    Raises:
        PlanProblem: it cannot be read, or something in it is wrong; the place says where.
    """
    try:
        with path.open("rb") as stream:
            content = stream.read(BYTES_MAX + 1)
    except OSError as error:
        raise PlanProblem(str(path), f"cannot be read: {error.strerror}") from error
    if len(content) > BYTES_MAX:
        raise PlanProblem(str(path), "is larger than 1 MB", "no node file is")
    try:
        document = tomllib.loads(content.decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise PlanProblem(str(path), f"is no TOML: {error}") from error
    return _node(Value(str(path), "", document), path.absolute().parent)


def _node(document: Value, folder: Path) -> NodeFile:
    keys = document.keys(NEEDED, OPTIONAL)
    clusters = keys["postgresql"].members() if "postgresql" in keys else {}
    return NodeFile(
        name=keys["name"].text(ID),
        plan=_path(keys["plan"], folder),
        keys=_path(keys["keys"], folder),
        run=_path(keys["run"], folder),
        state=_path(keys["state"], folder),
        register=_register(keys["register"], folder) if "register" in keys else None,
        page=_command(keys["page"]) if "page" in keys else (),
        hooks=_by_name(keys, "hooks", _hook),
        postgresql={name: read_postgresql(name, value) for name, value in clusters.items()},
        bgp=_bgp(keys["bgp"], folder) if "bgp" in keys else Bgp(),
        leases=_leases(keys["leases"], folder) if "leases" in keys else None,
        probes=_by_name(keys, "probes", lambda value: read_probe(value, folder)),
        dns=_by_name(keys, "dns", lambda value: read_dns(value, folder)),
        interfaces=_interfaces(keys["interfaces"]) if "interfaces" in keys else {},
        signers=_path(keys["signers"], folder) if "signers" in keys else None,
        neutral=keys["neutral"].text(WORD) if "neutral" in keys else "",
    )


def _by_name(keys: Mapping[str, Value], key: str, read: Callable[[Value], Read]) -> dict[str, Read]:
    members = keys[key].members() if key in keys else {}
    return {name: read(value) for name, value in members.items()}


def _interfaces(value: Value) -> dict[str, str]:
    return {path: one.text(INTERFACE) for path, one in value.keys((), PATHS).items()}


def _register(value: Value, folder: Path) -> RegisterAccess:
    keys = value.keys(("certificate", "key", "authority"), ("etcd_config",))
    return RegisterAccess(
        certificate=_path(keys["certificate"], folder),
        key=_path(keys["key"], folder),
        authority=_path(keys["authority"], folder),
        etcd_config=_path(keys["etcd_config"], folder) if "etcd_config" in keys else None,
    )


def _hook(value: Value) -> Hook:
    keys = value.keys(("program",), ("timeout_s",))
    timeout_s = keys["timeout_s"].number(TIMEOUT_S) if "timeout_s" in keys else HOOK_S
    return Hook(program=Path(_program(keys["program"])), timeout_s=timeout_s)


def _bgp(value: Value, folder: Path) -> Bgp:
    keys, usual = value.keys((), ("vtysh", "sockets", "limit_s")), Bgp()
    return Bgp(
        vtysh=Path(_program(keys["vtysh"])) if "vtysh" in keys else usual.vtysh,
        sockets=_path(keys["sockets"], folder) if "sockets" in keys else usual.sockets,
        limit_s=keys["limit_s"].number(TIMEOUT_S) if "limit_s" in keys else usual.limit_s,
    )


def _leases(value: Value, folder: Path) -> Path:
    return _path(value.keys(("folder",), ())["folder"], folder)


def _path(value: Value, folder: Path) -> Path:
    return folder / value.text(PATH)


def _command(value: Value) -> tuple[str, ...]:
    """A program and its first arguments. No shell reads it, so it is looked for nowhere."""
    program, *others = value.items(least=1, most=64)
    return _program(program), *(each.text(WORD) for each in others)


def _program(value: Value) -> str:
    if not Path(value.text(PATH)).is_absolute():
        raise value.problem("is not an absolute path", "no PATH is searched, no shell is asked")
    return value.text(PATH)
