"""What a device's texts say of its pair, proven: each member, and both together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from telemed_infra.intent.derived import HEARTBEAT
from telemed_infra.intent.services import AppServices
from telemed_infra.model.network import Device
from telemed_infra.packets import Family
from telemed_infra.parse.behaviour import SYNC_PLACE, FirewallBehaviour, PairBehaviour
from telemed_infra.parse.conntrackd import parse_conntrackd
from telemed_infra.parse.keepalived import parse_keepalived
from telemed_infra.pipeline.layout import Part
from telemed_infra.pipeline.meaning import Meaning
from telemed_infra.plan.devices import GATEWAY_HOST
from telemed_infra.plan.service_edge import is_service_edge, services_zone
from telemed_infra.prove.findings import DeviceProof, Finding, Says
from telemed_infra.prove.functions import of_redundancy, with_functions
from telemed_infra.prove.pair_members import Member, prove_together
from telemed_infra.prove.pair_words import WORDS
from telemed_infra.prove.pairs import Gateway, answered, opened, prove_member, untold
from telemed_infra.redundancy import ALONE, Redundancy

READERS: Mapping[Part, Callable[[str], PairBehaviour]] = {
    Part.VIRTUAL: parse_keepalived,
    Part.STATE: parse_conntrackd,
}
"""Of files that speak of a pair alone."""


@dataclass(slots=True)
class Pairs:
    """Proves what keeps pairs alike; keeps the members of one site until both are read."""

    meaning: Meaning
    services: AppServices
    _site: str = ""
    _members: dict[tuple[str, Part], dict[str, Member]] = field(default_factory=dict)
    """By role and part: what was read of each member that is as planned."""

    def with_pair(
        self, device: Device, behaviour: FirewallBehaviour, proof: DeviceProof
    ) -> DeviceProof:
        """The proof of a text that says everything, its part in the pair included."""
        planned = self.meaning.redundancy(device)
        if device.platform == "nftables" or (planned == ALONE == behaviour.redundancy):
            return proof
        ports = frozenset(
            part
            for name in (*behaviour.addresses, *behaviour.vlans)
            for part in (name, name.partition(".")[0])
        )
        member = Member(
            device.name, behaviour.redundancy, behaviour.pair_lines, behaviour.addresses, ports
        )
        says = [
            *prove_member(
                behaviour.redundancy, behaviour.pair_lines, planned, WORDS[device.platform]
            ),
            *answered(behaviour.redundancy, planned, self._gateways(device)),
            *self._opened(device, behaviour),
        ]
        says += self._together(device, Part.DEVICE, member, says)
        return replace(
            proof,
            findings=(*proof.findings, *_findings(device, says)),
            must=proof.must + _size(planned),
            rules=proof.rules + _size(behaviour.redundancy),
        )

    def prove(self, device: Device, text: str, part: Part) -> DeviceProof:
        """The proof of a file that speaks of the pair alone."""
        read = READERS[part](text)
        whole = self.meaning.redundancy(device)
        virtual = part is Part.VIRTUAL
        planned = Redundancy(routers=whole.routers) if virtual else Redundancy(sync=whole.sync)
        interfaces = self.meaning.interfaces(device)
        addresses = {
            one.name: [prefix.text for prefix in (one.v4, one.v6) if prefix] for one in interfaces
        }
        ports = frozenset(name for one in interfaces for name in (one.name, one.port))
        member = Member(
            device.name, read.redundancy, read.pair_lines, addresses, ports, read.versions
        )
        says = [Says(one.line, "unread", f"`{one.text}`: {one.why}") for one in read.unread]
        words = WORDS[device.platform]
        says += prove_member(read.redundancy, read.pair_lines, planned, words)
        if virtual:
            says += answered(read.redundancy, planned, self._gateways(device))
        says += self._opened(device, read)
        own = {
            (family, address)
            for one in interfaces
            for family, prefix in ((Family.V4, one.v4), (Family.V6, one.v6))
            if prefix
            for address in (prefix.first,)
        }
        shared = {(one.family, address) for one in whole.routers for address in one.addresses}
        says += untold(read.untold, own | shared, read.pair_lines.get(SYNC_PLACE, 0))
        says += self._together(device, part, member, says)
        proof = DeviceProof(
            device=device.name,
            findings=tuple(_findings(device, says)),
            must=_size(planned),
            rules=_size(read.redundancy),
            ways=1,
            lines=read.lines,
            covered=read.lines - len(read.unread),
            effective=len(read.effective),
        )
        return with_functions(proof, of_redundancy(read.redundancy), of_redundancy(planned))

    def _together(
        self, device: Device, part: Part, member: Member, found: Iterable[Says]
    ) -> list[Says]:
        """With the member read before. One that is not as planned is told by its own findings."""
        if self._site != device.site.id:
            self._site = device.site.id
            self._members.clear()
        known: dict[str, Member] = self._members.setdefault((device.role, part), {})
        known.pop(device.name, None)
        if any(found):
            return []
        says = [one for other in known.values() for one in prove_together(other, member)]
        known[device.name] = member
        return says

    def _opened(self, device: Device, read: FirewallBehaviour | PairBehaviour) -> Iterator[Says]:
        if read.pair_key is None:
            return
        heard = {
            service
            for one in self.meaning.openings(device)
            if one.policy == HEARTBEAT.id
            for service in self.services.of(one.apps, Family.V4)
        }
        line = read.pair_lines.get(SYNC_PLACE, 0)
        yield from opened(read.pair_key, line, sorted(heard))

    def _gateways(self, device: Device) -> Iterator[Gateway]:
        """What hosts of a zone, or the firewalls before service edges, send to."""
        plan = self.meaning.plan.sites[device.site.id]
        role = device.blueprint.devices[device.role]
        edge = is_service_edge(device)
        if role.count < 2 or not (edge or device.role == device.site.blueprint.enforcing):
            return
        for one in self.meaning.interfaces(device):
            zone = plan.zones.get(one.zone)
            host = role.virtual if edge else GATEWAY_HOST
            if zone is None or host is None or (edge and one.zone != services_zone(device)):
                continue
            v4, v6 = zone.host(host)
            if one.v4 is not None:
                yield Gateway(one.zone, one.name, Family.V4, v4.first)
            if one.v6 is not None and v6 is not None:
                yield Gateway(one.zone, one.name, Family.V6, v6.first)


def _size(redundancy: Redundancy) -> int:
    return len(redundancy.routers) + (redundancy.sync is not None)


def _findings(device: Device, says: Iterable[Says]) -> Iterator[Finding]:
    for line, kind, text in says:
        yield Finding(device=device.name, line=line, kind=kind, says=text)
