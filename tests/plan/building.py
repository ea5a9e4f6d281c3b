"""From an inventory as data to the policies and texts of its devices."""

from __future__ import annotations

from collections.abc import Iterator

from jinja2 import FileSystemLoader

from telemed_infra.compile.config import Policy
from telemed_infra.compile.firewall import compile_policy, zones_of
from telemed_infra.model.network import Device, Network
from telemed_infra.pipeline.meaning import Meaning
from telemed_infra.pipeline.texts import Texts
from telemed_infra.render.text import environment
from telemed_infra.resources import shipped

FIREWALLS = ("huawei_usg", "h3c_secpath", "cisco_ios_zbf", "nftables")


def policies(network: Network) -> dict[str, Policy]:
    """What each firewall, gateway and host filters, one member of a pair each."""
    meaning = Meaning(network)
    return {
        device.name: policy_of(meaning, device)
        for device in network.devices
        if device.platform in FIREWALLS and device.number == 1
    }


def policy_of(meaning: Meaning, device: Device) -> Policy:
    return compile_policy(
        meaning.network,
        meaning.openings(device),
        zones_of(meaning.interfaces(device)),
        ipv6=device.site.blueprint.ipv6,
    )


def maker(meaning: Meaning) -> Texts:
    """Makes the texts of its sites."""
    return Texts(meaning, environment(FileSystemLoader(str(shipped("templates")))))


def texts(meaning: Meaning) -> Iterator[tuple[Device, str, str]]:
    """Every device with each of its files: name and text."""
    made = maker(meaning)
    for site in meaning.network.sites.values():
        for one in made.of(site):
            yield one.device, one.name, one.rendered.text
