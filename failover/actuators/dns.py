"""Names that follow a group: RFC 2136 updates, signed by TSIG (RFC 8945).

Only for names whose address differs between the centres; a service address that moves with its
instance needs none (ADR-0016). Nothing waits for a name server: a take begins to publish and is
done; the work goes on until the server has said that the names are there.

Beside each name stands `_telemed.<name>`, a TXT record with the term that it was published for. An
update demands that this record is as it was read, so that two centres cannot overwrite each other
by accident, and one that wakes up after the other's take finds a higher term, and stops.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address

import dns.asyncquery
import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset
import dns.tsig
import dns.update

from failover.actuators.dns_key import TsigKey
from failover.actuators.port import DONE, Observation, Result, Role, done
from failover.core.cells import Term

MARK = re.compile(r'"?([0-9]{1,18})\.([0-9]{1,18}) ([a-z][a-z0-9-]*)"?\Z')
LABEL = "_telemed"
AGAIN_S, AGAIN_S_MAX = 0.5, 5.0
CHANGED_MEANWHILE = (dns.rcode.NXRRSET, dns.rcode.YXRRSET)


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """A zone, and its primary server, by address: names may be what has failed."""

    name: str
    server: str
    port: int = 53
    key: TsigKey
    ttl_s: int = 5
    timeout_s: float = 2.0  # of one exchange


class NotPublished(Exception):
    """The names are not there yet; in words for a person."""


class Superseded(Exception):
    """The names are of a later term: they are left alone."""


class DnsActuator:
    """`Actuator` that publishes names of one group with this centre's addresses."""

    def __init__(self, zone: Zone, addresses: Mapping[str, tuple[str, ...]], centre: str) -> None:
        """`addresses`: of each absolute name, what it shall lead to here, IPv4 and IPv6.

        Raises:
            ValueError: A name is not in the zone, or an address is none.
        """
        self._zone = zone
        self._origin = dns.name.from_text(zone.name)
        self._addresses = {
            dns.name.from_text(name): tuple(str(ip_address(each)) for each in those)
            for name, those in addresses.items()
        }
        outside = [name for name in self._addresses if not name.is_subdomain(self._origin)]
        if outside:
            raise ValueError(f"{outside[0]} is not in the zone {self._origin}")
        self._centre = centre
        self._task: asyncio.Task[None] | None = None
        self._wished: Term | None = None
        self._published: Term | None = None
        self._why = "nothing has been asked"

    @property
    def name(self) -> str:
        """See `Actuator.name`."""
        return f"dns {self._zone.name}"

    async def observe(self) -> Observation:
        """See `Actuator.observe`: what was last heard. Always fit: nothing waits for it."""
        serves = self._published is not None and self._published == self._wished
        role = Role.SERVES if serves else Role.STANDS_BY
        return Observation(role=role, fit=True, why=self._why, term=self._published)

    async def prepare(self, term: Term) -> Result:  # noqa: ARG002 (the port's signature)
        """See `Actuator.prepare`. There is nothing to prepare."""
        return DONE

    async def take(self, term: Term) -> Result:
        """See `Actuator.take`. Begins to publish, and does not wait for it."""
        if self._wished != term or self._task is None:
            await self._stop()
            self._wished, self._why = term, "being published"
            self._task = asyncio.create_task(self._keep_trying(term))
        return done(self._why)

    async def release(self, term: Term) -> Result:  # noqa: ARG002 (the port's signature)
        """See `Actuator.release`. Publishes no longer; who takes replaces what is there."""
        await self._stop()
        self._wished, self._why = None, "released"
        return DONE

    async def relax(self, term: Term) -> Result:  # noqa: ARG002 (the port's signature)
        """See `Actuator.relax`. A name has no writes."""
        return DONE

    async def tighten(self, term: Term) -> Result:  # noqa: ARG002 (the port's signature)
        """See `Actuator.tighten`. A name has no writes."""
        return DONE

    async def close(self) -> None:
        """See `Actuator.close`. What is published stays."""
        await self._stop()

    async def _stop(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.wait([task])

    async def _keep_trying(self, term: Term) -> None:
        """Until it is published, superseded, or no longer wished."""
        pause_s = AGAIN_S
        while True:
            try:
                await self.publish(term)
            except Superseded as error:
                self._why = str(error)
                return
            except NotPublished as error:
                self._why = f"not published yet: {error}"
            else:
                self._published = term
                self._why = f"published for {term.generation}.{term.epoch}"
                return
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, AGAIN_S_MAX)

    async def publish(self, term: Term) -> None:
        """One try. All names or none.

        Raises:
            NotPublished: The server did not answer, or refused; somebody else was quicker.
            Superseded: Some name is of a later term.
        """
        marks = {name: await self._mark(name) for name in self._addresses}
        answer = await self._ask(self._update(term, marks))
        if answer.rcode() in CHANGED_MEANWHILE:
            raise NotPublished("somebody else changed them meanwhile")
        if answer.rcode() != dns.rcode.NOERROR:
            raise NotPublished(f"{self._zone.server} says {dns.rcode.to_text(answer.rcode())}")

    async def _mark(self, name: dns.name.Name) -> str | None:
        """The text beside a name as it stands; None: there is none.

        Raises:
            NotPublished: The server did not say.
            Superseded: It is of a later term, or of this one and another centre.
        """
        beside = _beside(name)
        answer = await self._ask(dns.message.make_query(beside, dns.rdatatype.TXT))
        if answer.rcode() not in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN):
            raise NotPublished(f"{self._zone.server} says {dns.rcode.to_text(answer.rcode())}")
        if not answer.flags & dns.flags.AA:
            raise NotPublished(f"{self._zone.server} is not the authority of {self._zone.name}")
        found: dns.rrset.RRset | None = None
        with suppress(KeyError):
            found = answer.find_rrset(
                dns.message.ANSWER, beside, dns.rdataclass.IN, dns.rdatatype.TXT
            )
        if found is None:
            return None
        (text, *more) = [record.to_text() for record in found]
        if more:
            raise NotPublished(f"{beside} has several texts: a person must remove them")
        return str(text)

    def _update(
        self, term: Term, marks: Mapping[dns.name.Name, str | None]
    ) -> dns.update.UpdateMessage:
        update = dns.update.UpdateMessage(self._origin)
        ttl_s = self._zone.ttl_s
        for name, there in marks.items():
            self._refuse_later(name, there, term)
            beside = _beside(name)
            if there is None:
                update.absent(beside, "TXT")
            else:
                update.present(beside, "TXT", there)
            update.replace(beside, ttl_s, "TXT", f'"{term.generation}.{term.epoch} {self._centre}"')
            for family, kind in ((4, "A"), (6, "AAAA")):
                update.delete(name, kind)
                for each in self._addresses[name]:
                    if ip_address(each).version == family:
                        update.add(name, ttl_s, kind, each)
        return update

    def _refuse_later(self, name: dns.name.Name, there: str | None, term: Term) -> None:
        match = MARK.match(there or "")
        if match is None:
            return
        said, whose = Term(int(match[1]), int(match[2])), match[3]
        if said > term or (said == term and whose != self._centre):
            raise Superseded(f"{name} is of term {said.generation}.{said.epoch}, in {whose}")

    async def _ask(self, message: dns.message.Message) -> dns.message.Message:
        """Signed, over TCP; an answer that is not signed by the same key is none.

        Raises:
            NotPublished: No answer, or none that can be believed.
        """
        zone = self._zone
        message.use_tsig(zone.key.key)
        try:
            answer = await dns.asyncquery.tcp(
                message, zone.server, timeout=zone.timeout_s, port=zone.port
            )
        except dns.exception.Timeout as error:
            raise NotPublished(f"{zone.server} gives no answer in {zone.timeout_s:g} s") from error
        except (OSError, EOFError, dns.exception.DNSException) as error:
            words = str(error) or type(error).__name__
            raise NotPublished(f"{zone.server}: {words}") from error
        if not answer.had_tsig:
            raise NotPublished(f"the answer of {zone.server} is not signed")
        return answer


def _beside(name: dns.name.Name) -> dns.name.Name:
    return dns.name.from_text(LABEL, origin=name)
