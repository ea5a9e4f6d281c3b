"""What the network itself needs, whatever the policies say: its own protocols, and its time."""

from __future__ import annotations

from collections.abc import Iterator

from telemed_infra.model.draft import Draft
from telemed_infra.model.finding import Finding

# Applications that no policy has to name; `telemed_infra.intent.derived` opens them.
OWN_APPS = {
    "bgp": "tcp: [179]",
    "bfd": "udp: [3784, 4784]",
    "ike": "udp: [500, 4500]",
    "esp": "protocol: [50]",
    "gre": "protocol: [47]",
    "vrrp": "protocol: [112]",
    "hrp": "udp: [18514]",
    "rbm": "tcp: [60064]",
    "conntrackd": "udp: [3780]",
    "nd": "icmp6: [135, 136]",
    "router-solicit": "icmp6: [133]",
    "router-advert": "icmp6: [134]",
    "too-big": "icmp6: [2]",
    "ping": "icmp: [8], icmp6: [128]",
}
# Those of lectures to many, if there are any.
MULTICAST_APPS = {"pim": "protocol: [103]", "igmp": "protocol: [2]"}


def check_own_network(draft: Draft) -> Iterator[Finding]:
    """Applications and servers that every build names."""
    if draft.network is None:
        return
    file = draft.file("network.yml")
    lectures = MULTICAST_APPS if draft.network.multicast else {}
    for name, traffic in (*OWN_APPS.items(), *lectures.items()):
        if name not in draft.network.apps:
            yield Finding(
                file,
                ("apps", name),
                "is missing",
                f"the network itself speaks it: `{name}: {{title: …, dscp: …, {traffic}}}`",
            )
    if "ntp" not in draft.network.management.hosts:
        yield Finding(
            file,
            ("management", "hosts", "ntp"),
            "is missing",
            "every device takes the time there: give it a host number",
        )
