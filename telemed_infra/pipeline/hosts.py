"""What a playbook is told about each device: a few plain words; everything else is the library's.

Rules, VLANs and interfaces stay out: Ansible copies a host's variables for each task.
"""

from __future__ import annotations

from telemed_infra.model.hosts import home_of
from telemed_infra.model.network import Device
from telemed_infra.pipeline.layout import config_path
from telemed_infra.plan.network import NetworkPlan
from telemed_infra.plan.platforms import PLATFORMS
from telemed_infra.plan.prefix import address_text


def host_variables(device: Device, plan: NetworkPlan) -> dict[str, str]:
    """The variables of a host, at most 12; what does not apply to it is empty."""
    site = device.site
    zone, address, _ = plan.management[device.name]
    return {
        "ansible_host": address_text(address.family, address.first),
        "telemed_config": config_path(device),
        "telemed_county": site.county_id or "",
        "telemed_home": home_of(device),
        "telemed_kind": site.kind,
        "telemed_network_os": PLATFORMS[device.platform].network_os,
        "telemed_platform": device.platform,
        "telemed_prefecture": site.prefecture.id if site.prefecture else "",
        "telemed_role": device.role,
        "telemed_site": site.id,
        "telemed_site_name": site.name,
        "telemed_zone": zone,
    }
