"""What a node file and its plan give to every process: read once, and put together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from failover.node_file.content import NodeFile
from failover.node_file.reading import read_node_file
from failover.plan_file.content import EtcdPlan, PlanFile, SqlitePlan
from failover.plan_file.reading import read_plan_file
from failover.plan_file.values import PlanProblem
from failover.processes.problem import CannotRun
from failover.register import certificates
from failover.register.etcd import EtcdRegister
from failover.register.etcd_checks import check_cluster
from failover.register.etcd_cluster import EtcdCluster
from failover.register.etcd_gateway import Endpoint, HttpsGateway, TlsFiles, tls_context
from failover.register.finding import Finding, Weight
from failover.register.hedging import Pace
from failover.register.port import Register
from failover.register.sqlite import SqliteRegister, Unusable, refuse_unless_one_host
from failover.wire.keys import Keyring, read_keyring
from failover.wire.post import Outside
from failover.wire.problem import WireProblem

FOLDER_MODE = 0o700
RUN_FOLDER_MODE = 0o750  # its group may enter and read the status; what else lies there is 0600


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One machine of the plan."""

    node: NodeFile
    plan: PlanFile

    def keyring(self) -> Keyring:
        """The keys of its speakers. Raises CannotRun."""
        try:
            return read_keyring(self.node.keys)
        except WireProblem as problem:
            raise CannotRun(f"{problem.place}: {problem.message}", problem.hint) from problem

    def outside(self) -> Outside:
        """What its endpoints take from outside."""
        return Outside(interfaces=self.node.interfaces)

    def folder(self, path: Path) -> Path:
        """A folder of this user's alone, made if it is missing. Raises CannotRun.

        The run folder lets its group read, for monitoring: with systemd it is made by the unit.
        """
        mode = RUN_FOLDER_MODE if path == self.node.run else FOLDER_MODE
        try:
            path.mkdir(mode=mode, parents=True, exist_ok=True)
        except OSError as error:
            raise CannotRun(f"{path}: {error.strerror}") from error
        return path


def place_of(path: Path) -> Place:
    """Read a node file and the plan that it names. Raises CannotRun."""
    try:
        node = read_node_file(path)
        return Place(node=node, plan=read_plan_file(node.plan))
    except PlanProblem as problem:
        raise CannotRun(f"{problem.place}: {problem.message}", problem.hint) from problem


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterClient:
    """The register as this place asks it; `cluster`: to ask etcd's members about themselves."""

    register: Register
    cluster: EtcdCluster | None
    lease_s: float

    async def findings(self, place: Place) -> tuple[Finding, ...]:
        """What is wrong with our certificates and the members, if it is etcd."""
        access = place.node.register
        if self.cluster is None or access is None:
            return ()
        files = TlsFiles(access.authority, access.certificate, access.key)
        found = await check_cluster(
            self.cluster,
            lease_s=self.lease_s,
            try_s=Pace().try_s,
            config_file=access.etcd_config,
        )
        return (*found, *certificates.findings_of(files, datetime.now(UTC)))


def register_of(place: Place) -> RegisterClient:
    """The client of the plan's register. Raises CannotRun."""
    plan = place.plan.register
    lease_s = place.plan.plan.profile.lease.length_s
    if isinstance(plan, SqlitePlan):
        try:
            refuse_unless_one_host([_host(site.addresses["fibre"]) for site in place.plan.sites])
            register = SqliteRegister.open(Path(plan.path))
        except Unusable as unusable:
            raise CannotRun(f"{unusable.place}: {unusable.problem}", unusable.mend) from unusable
        return RegisterClient(register=register, cluster=None, lease_s=lease_s)
    gateway, endpoints = _gateway(place), _endpoints(place, plan)
    return RegisterClient(
        register=EtcdRegister(gateway, endpoints),
        cluster=EtcdCluster(gateway, endpoints),
        lease_s=lease_s,
    )


def void_certificates(place: Place) -> tuple[Finding, ...]:
    """Of the certificates for the register, those that do not count now: it lets nobody in."""
    access = place.node.register
    if access is None or isinstance(place.plan.register, SqlitePlan):
        return ()
    files = TlsFiles(access.authority, access.certificate, access.key)
    return certificates.findings_of(files, datetime.now(UTC), timedelta())


def refusals(findings: tuple[Finding, ...]) -> list[Finding]:
    """Those that forbid the start."""
    return [one for one in findings if one.weight is Weight.REFUSE]


def _host(address: str) -> str:
    """The addresses of the loopback are all of this machine."""
    return "this machine" if ip_address(address).is_loopback else address


def _gateway(place: Place) -> HttpsGateway:
    access = place.node.register
    if access is None:
        raise CannotRun(
            f"{place.node.name}: node.toml says nothing of `register`",
            "give certificate, key and authority for etcd there",
        )
    files = TlsFiles(access.authority, access.certificate, access.key)
    try:
        tls_context(files)
    except OSError as error:
        where = error.filename or f"{access.certificate} and {access.key}"
        raise CannotRun(f"{where}: {error.strerror or error}") from error
    return HttpsGateway(files)


def _endpoints(place: Place, plan: EtcdPlan) -> list[Endpoint]:
    """Own member, then the witness's, then the other centre's."""
    own, witness = place.node.name, place.plan.witness.name
    order = dict.fromkeys([own, witness, *place.plan.plan.sites])
    return [
        Endpoint(name, plan.endpoints[name].address, plan.endpoints[name].port)
        for name in order
        if name in plan.endpoints
    ]
