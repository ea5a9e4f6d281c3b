"""Cisco IOS XE switches."""

from __future__ import annotations

from telemed_infra.plan.platforms.facts import Abilities, PlatformFacts

FACTS = PlatformFacts(
    extension="ios",
    network_os="cisco.ios.ios",
    port="GigabitEthernet1/0/{}",
    first_port=1,
    loopback="Loopback0",
    vlan_interface="Vlan{}",
    snooping=True,
    reserved_vlans=((1002, 1005),),  # of FDDI and token ring
    name_max=64,
    administration=Abilities(
        ntp=frozenset({"hmac-sha-256", "md5"}),
        digests=frozenset({"sha"}),
        ciphers=frozenset({"aes-256", "aes-128"}),
        transports=frozenset({"tls", "tcp", "udp"}),
        lacks=frozenset({"password kinds", "password history", "password lifetime"}),
    ),
)
