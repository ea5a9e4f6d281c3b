"""One device's text, read back and proven."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from telemed_infra.intent.openings import Opening
from telemed_infra.intent.services import AppServices
from telemed_infra.model.network import Device
from telemed_infra.parse.behaviour import FirewallBehaviour
from telemed_infra.parse.nftables import parse_nftables
from telemed_infra.parse.vrp import parse_usg, parse_vrp
from telemed_infra.pipeline.meaning import Meaning
from telemed_infra.prove.expected_switch import expected_switch
from telemed_infra.prove.findings import DeviceProof
from telemed_infra.prove.firewall import (
    Meant,
    WaysProof,
    compare_ways,
    meant,
    prove_firewall,
    zones_by_interface,
)
from telemed_infra.prove.switch import prove_switch

READERS: Mapping[str, Callable[[str], FirewallBehaviour]] = {
    "huawei_usg": parse_usg,
    "nftables": parse_nftables,
}


@dataclass(slots=True)
class Prover:
    """Proves texts against what is meant; keeps what the members of a pair share."""

    meaning: Meaning
    services: AppServices
    _compared: WaysProof | None = None
    _last: tuple[str, Sequence[Opening], Meant] = ("", (), {})

    def prove(self, device: Device, text: str) -> DeviceProof:
        """Reads a text and compares it with what is meant, from the inventory alone."""
        if device.platform == "huawei_vrp":
            plan = self.meaning.plan.sites[device.site.id]
            return prove_switch(device.name, parse_vrp(text), expected_switch(plan, device))
        openings, products = self._products(device)
        behaviour = READERS[device.platform](text)
        interfaces = self.meaning.interfaces(device)
        zones = zones_by_interface(interfaces)
        if not (self._compared and self._compared.speaks_of(behaviour, zones, products)):
            self._compared = compare_ways(behaviour, zones, products)
        return prove_firewall(device.name, behaviour, interfaces, openings, self._compared)

    def _products(self, device: Device) -> tuple[Sequence[Opening], Meant]:
        enforcing = device.role == device.site.blueprint.enforcing
        key = f"{device.site.id} {device.role}" if enforcing else device.name
        if self._last[0] != key:
            openings = self.meaning.openings(device)
            self._last = (key, openings, meant(openings, self.services))
        return self._last[1], self._last[2]


def prover(meaning: Meaning) -> Prover:
    """A prover for one network."""
    return Prover(meaning, AppServices(meaning.network.apps))
