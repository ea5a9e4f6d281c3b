"""How each platform says what a pair needs: the mends that findings name."""

from __future__ import annotations

from dataclasses import dataclass

from telemed_infra.packets import Family


@dataclass(frozen=True, slots=True, kw_only=True)
class PairWords:
    """One platform's words; what stands in braces is filled in.

    `{vrrp}` is what begins a line of the family, `{scale}` and the like stand in none.
    """

    heads: tuple[str, str]  # of IPv4 and of IPv6
    router: str
    gone: str
    addresses: str
    rank: str = ""
    priority: str = ""
    preempt: str = ""
    preempt_scale: int = 1  # how many of the platform's units are a second
    no_preempt: str = ""
    advertised: str = ""
    advertised_unit_ms: int = 1000
    tracked: str = ""
    pair: str = ""
    remote: str = ""
    first: tuple[str, str] = ("", "")  # of the first member, of the other
    sessions: str = ""
    configuration: str = ""
    pair_preempt: str = ""
    pair_preempt_s: int = 1  # how many seconds one of the platform's units is
    pair_tracked: str = ""
    routes: str = ""

    def head(self, family: Family) -> str:
        """What begins a line about a virtual router of a family."""
        return self.heads[family is Family.V6]


USG = PairWords(
    heads=("vrrp", "vrrp6"),
    router="{head} vrid {number} virtual-ip {address} {rank}",
    gone="undo {head} vrid {number}",
    addresses="{head} vrid {number} virtual-ip {address} {rank}",
    rank="… virtual-ip {address} {rank}",
    priority="{head} vrid {number} priority {value}",
    preempt="{head} vrid {number} preempt-mode timer delay {value}",
    no_preempt="{head} vrid {number} preempt-mode disable",
    advertised="{head} vrid {number} timer advertise {value}",
    tracked="{head} vrid {number} track interface {name} reduced {value}",
    pair="hrp enable` and `hrp interface {interface} remote {remote}",
    remote="hrp interface {interface} remote {remote}",
    first=("undo hrp standby-device", "hrp standby-device"),
    sessions="hrp mirror session enable",
    configuration="hrp auto-sync config",
    pair_preempt="hrp preempt delay {value}",
    pair_tracked="hrp track interface {name}",
    routes="hrp adjust bgp-cost enable",
)
SECPATH = PairWords(
    heads=("vrrp", "vrrp ipv6"),
    router="{head} vrid {number} virtual-ip {address} {rank}",
    gone="undo {head} vrid {number}",
    addresses="{head} vrid {number} virtual-ip {address} {rank}",
    rank="… virtual-ip {address} {rank}",
    priority="{head} vrid {number} priority {value}",
    preempt="{head} vrid {number} preempt-mode delay {value}",
    preempt_scale=100,
    no_preempt="undo {head} vrid {number} preempt-mode",
    advertised="{head} vrid {number} timer advertise {value}",
    advertised_unit_ms=10,
    tracked="{head} vrid {number} track N priority reduced {value}",
    pair="remote-backup group` with `local-ip {own}`, `remote-ip {remote}",
    remote="remote-ip {remote}",
    first=("device-role primary", "device-role secondary"),
    sessions="hot-backup enable` and `data-channel interface {interface}",
    configuration="configuration auto-sync enable",
    pair_preempt="delay-time {value}",
    pair_preempt_s=60,
    pair_tracked="track interface {name}",
    routes="adjust-cost bgp enable absolute",
)
IOS = PairWords(
    heads=("vrrp {number} address-family ipv4", "vrrp {number} address-family ipv6"),
    router="{head}` with `address {address} primary",
    gone="no {head}",
    addresses="address {address} primary",
    priority="priority {value}",
    preempt="preempt delay minimum {value}",
    no_preempt="no preempt",
    advertised="timers advertise {value}",
    advertised_unit_ms=1,
    tracked="track N decrement {value}",
)
LINUX = PairWords(
    heads=("vrrp_instance", "vrrp_instance"),
    router="{head}` with `virtual_router_id {number}` and `virtual_ipaddress {{ {address} }}",
    gone="drop the instance",
    addresses="virtual_ipaddress {{ {address} }}",
    priority="priority {value}",
    preempt="state BACKUP` and `preempt_delay {value}",
    no_preempt="state BACKUP` and `nopreempt",
    advertised="advert_int {value}",
    tracked="track_interface {{ {name} weight -{value} }}",
    pair="Sync {{ Mode FTFW … UDP … }}",
    remote="IPv4_Destination_Address {remote}",
    sessions="DisableExternalCache On",
)
WORDS = {
    "huawei_usg": USG,
    "h3c_secpath": SECPATH,
    "cisco_ios_zbf": IOS,
    "nftables": LINUX,
}
"""Of firewalls and service edges by platform."""
