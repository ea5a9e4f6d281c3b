"""A group's own service, tried at this centre: one more of what moves with the group, to look at.

Its verbs move nothing; they say when the service has to be there. While the group is owned here, a
service that does not answer makes it unfit, so that it is given up if the other centre could take
it. Where the other centre owns it, that depends on the service: one that runs in standby must
answer; one that starts with a take cannot, and counts as fit unless it has just failed here.
"""

from __future__ import annotations

import socket
from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence
from contextlib import suppress
from ipaddress import ip_address

from failover.actuators.port import DONE, Observation, Result, Role
from failover.core.cells import Term
from failover.node_file.content import Probe as Asked
from failover.node_file.content import Target
from failover.plan_file.content import MoveGroup
from failover.probes import HttpProbe, Page, Probe, TcpProbe, Tries, tls_context
from failover.probes.attempt import tried
from failover.processes.places import Place
from failover.processes.problem import CannotRun
from failover.wire.post import boot_time_s

NEVER_S = float("-inf")
BACKSTOP_S = 0.5  # each try ends by itself before


class ProbeActuator:
    """`Actuator` that looks at a group's service, and does nothing."""

    def __init__(
        self,
        asked: Asked,
        probes: Sequence[Probe],
        doors: Collection[str] = (),
        close: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """`doors`: service addresses that are asked: while one is not here, nothing is asked."""
        self._asked = asked
        self._probes = tuple(probes)
        self._doors = frozenset(doors)
        self._close = close
        self._term: Term | None = None  # that it was taken for; None: the other centre's
        self._starting_until_s = NEVER_S
        self._failed_s = NEVER_S  # when it was last found failing here
        self._failed_why = ""
        self._begin_anew()

    @property
    def name(self) -> str:
        """See `Actuator.name`."""
        return "probe"

    async def observe(self) -> Observation:
        """See `Actuator.observe`: one try, or why none is made."""
        quiet = self._why_quiet()
        if quiet:
            return self._unasked(quiet)
        outcome = await self._tries.attempt()
        if outcome.fine:
            self._starting_until_s = NEVER_S
        elif boot_time_s() < self._starting_until_s:
            self._begin_anew()  # nothing of it counts
            return self._seen(fit=True, why=f"is given time to start: {outcome.why}")
        if self._fit():
            self._failed_s = NEVER_S
            return self._seen(fit=True, why=outcome.why or "answers")
        self._failed_s = boot_time_s()
        self._failed_why = outcome.why or self._failed_why
        again = f"answers again, and must {self._asked.failures} times in a row"
        return self._seen(fit=False, why=outcome.why or again)

    async def prepare(self, term: Term) -> Result:  # noqa: ARG002 (the port's signature)
        """See `Actuator.prepare`. There is nothing to prepare."""
        return DONE

    async def take(self, term: Term) -> Result:
        """See `Actuator.take`. From now on it must answer; what has to start first, soon."""
        if self._term != term:
            self._term = term
            if not self._asked.runs_in_standby:
                self._begin_anew()
                self._starting_until_s = boot_time_s() + self._asked.start_s
        return DONE

    async def release(self, term: Term) -> Result:  # noqa: ARG002 (the port's signature)
        """See `Actuator.release`. It need not answer, unless it runs in standby."""
        self._term = None
        return DONE

    async def relax(self, term: Term) -> Result:  # noqa: ARG002 (the port's signature)
        """See `Actuator.relax`. A try has no writes."""
        return DONE

    async def tighten(self, term: Term) -> Result:  # noqa: ARG002 (the port's signature)
        """See `Actuator.tighten`. A try has no writes."""
        return DONE

    async def close(self) -> None:
        """See `Actuator.close`."""
        if self._close is not None:
            await self._close()

    def _begin_anew(self) -> None:
        """Nothing that was seen counts any more; it is fit until enough tries say otherwise."""
        deadline_s, count = self._asked.timeout_s + BACKSTOP_S, self._asked.failures
        self._tries = Tries(
            self._probes, deadline_s=deadline_s, votes=count, of=count, clock=boot_time_s
        )

    def _fit(self) -> bool:
        return self._tries.fit is not False

    def _why_quiet(self) -> str:
        """Why the service need not answer now; empty: it must."""
        if self._asked.runs_in_standby:
            return ""
        if self._term is None:
            return "is not asked: the service starts when the group is taken"
        shut = sorted(each for each in self._doors if not stands_here(each))
        return f"is not asked: {shut[0]} does not stand here, its door is shut" if shut else ""

    def _unasked(self, quiet: str) -> Observation:
        now_s, asked = boot_time_s(), self._asked
        if now_s < self._starting_until_s:
            self._starting_until_s = now_s + asked.start_s  # its doors are not open yet
        if now_s < self._failed_s + asked.rest_s:
            why = f"failed here ({self._failed_why}), and is not fit for {asked.rest_s:g} s"
            return self._seen(fit=False, why=why)
        if not self._fit():
            self._begin_anew()
        return self._seen(fit=True, why=quiet)

    def _seen(self, *, fit: bool, why: str) -> Observation:
        if self._term is None:
            return Observation(role=Role.STANDS_BY, fit=fit, why=why)
        return Observation(role=Role.SERVES if fit else Role.DOWN, fit=fit, why=why)


class _Named:
    """A probe whose reason says what was asked."""

    def __init__(self, what: str, probe: Probe, timeout_s: float) -> None:
        self._what = what
        self._probe = probe
        self._timeout_s = timeout_s

    async def attempt(self) -> str:
        """See `Probe.attempt`."""
        outcome = await tried(self._probe, deadline_s=self._timeout_s, clock=boot_time_s)
        return f"{self._what}: {outcome.why}" if outcome.why else ""


def stands_here(address: str) -> bool:
    """Whether an address is one of this machine's."""
    family = socket.AF_INET if ip_address(address).version == 4 else socket.AF_INET6
    with suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as one:
        one.bind((address, 0))
        return True
    return False


def probe_of(place: Place, group: MoveGroup) -> ProbeActuator | None:
    """What looks at a group's service here; None: the node file asks nothing of it.

    Raises:
        CannotRun: A file of it cannot be read, or it asks in standby what is not there then.
    """
    name = group.group.name
    asked = place.node.probes.get(name)
    if asked is None:
        return None
    doors = {each for one in group.instances for each in (one.v4, one.v6) if each is not None}
    doors &= {each.address for each in (*asked.http, *asked.tcp)} | {(asked.sql or {}).get("host")}
    if doors and asked.runs_in_standby:
        raise CannotRun(
            f"{place.node.name}: node.toml: probes.{name}: {min(doors)} is a service address, "
            "which stands here only while the group is owned",
            'write `standby = "starts"`, or ask an address that is always here',
        )
    probes = [_Named(what, one, asked.timeout_s) for what, one in _tried(place, name, asked)]
    if asked.sql is None:
        return ProbeActuator(asked, probes, doors)
    # psycopg is an extra: only who asks a database needs it.
    from failover.processes.database_probe import DatabaseProbe  # noqa: PLC0415

    database = DatabaseProbe(asked.sql, asked.timeout_s)
    return ProbeActuator(asked, [*probes, database], doors, database.close)


def _tried(place: Place, name: str, asked: Asked) -> Iterator[tuple[str, Probe]]:
    for each in asked.tcp:
        yield f"tcp {_end(each)}", TcpProbe(each.address, each.port)
    tls = None
    if asked.authority is not None:
        try:
            tls = tls_context(asked.authority)
        except OSError as error:
            raise CannotRun(
                f"{place.node.name}: node.toml: probes.{name}.authority: "
                f"{asked.authority}: {error.strerror or error}",
                "name the certificate of the authority that signed the service's",
            ) from error
    for page in asked.http:
        asks = Page(
            address=page.address,
            port=page.port,
            path=page.path,
            server_name=asked.server_name,
            expected=asked.expected.encode(),
            tls=tls if page.tls else None,
        )
        scheme = "https" if page.tls else "http"
        yield f"{scheme}://{_end(page)}{page.path}", HttpProbe(asks)


def _end(target: Target) -> str:
    host = f"[{target.address}]" if ":" in target.address else target.address
    return f"{host}:{target.port}"
