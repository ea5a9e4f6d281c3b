"""What a device's texts say of its tunnels, proven."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from telemed_infra.model.network import Device
from telemed_infra.parse.behaviour import FirewallBehaviour, SwitchBehaviour
from telemed_infra.parse.swanctl import parse_swanctl
from telemed_infra.pipeline.meaning import Meaning
from telemed_infra.plan.platforms import PLATFORMS
from telemed_infra.prove.findings import DeviceProof, Finding, Says
from telemed_infra.prove.functions import of_tunnels, with_functions
from telemed_infra.prove.tunnel_words import WORDS
from telemed_infra.prove.tunnels import prove_tunnels


@dataclass(frozen=True, slots=True)
class Tunnels:
    """Proves the tunnels of devices, each by itself."""

    meaning: Meaning

    def with_tunnels(
        self, device: Device, behaviour: FirewallBehaviour | SwitchBehaviour, proof: DeviceProof
    ) -> DeviceProof:
        """The proof of a firewall's or a router's text that says everything, tunnels included."""
        planned = self.meaning.tunnels(device)
        if device.platform == "nftables" or not (planned or behaviour.tunnels):
            return proof  # a Linux machine's stand in a file of their own
        words = WORDS[device.platform]
        able = PLATFORMS[device.platform].tunnels
        says = prove_tunnels(
            behaviour.tunnels,
            behaviour.tunnel_lines,
            planned,
            words,
            pins=able is None or able.pins,
        )
        return replace(
            proof,
            findings=(*proof.findings, *_findings(device, says)),
            must=proof.must + len(planned),
            rules=proof.rules + len(behaviour.tunnels),
        )

    def prove(self, device: Device, text: str) -> DeviceProof:
        """The proof of a file that speaks of tunnels alone."""
        read, planned = parse_swanctl(text), self.meaning.tunnels(device)
        says = [Says(one.line, "unread", f"`{one.text}`: {one.why}") for one in read.unread]
        says += prove_tunnels(read.tunnels, read.tunnel_lines, planned, WORDS[device.platform])
        proof = DeviceProof(
            device=device.name,
            findings=tuple(_findings(device, says)),
            must=len(planned),
            rules=len(read.tunnels),
            ways=1,
            lines=read.lines,
            covered=read.lines - len(read.unread),
            effective=len(read.effective),
        )
        return with_functions(proof, of_tunnels(read.tunnels), of_tunnels(planned))


def _findings(device: Device, says: Iterable[Says]) -> Iterator[Finding]:
    for line, kind, text in says:
        yield Finding(device=device.name, line=line, kind=kind, says=text)
