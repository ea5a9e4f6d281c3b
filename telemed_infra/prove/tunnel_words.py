"""How each platform says what a tunnel needs: the mends that findings name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from telemed_infra.tunnels import Mode


@dataclass(frozen=True, slots=True, kw_only=True)
class TunnelWords:
    """One platform's words, by the field of `Tunnel` that they set; `{value}` is filled in."""

    gone: str
    interface: str
    below: str
    own_address: str
    peer_address: str
    own_identity: str
    secret: str
    starts: tuple[str, str]  # to answer alone, to begin
    own: str
    peer: str
    preference: str
    ike: str
    esp: str
    ike_lifetime_s: str
    esp_lifetime_s: str
    liveness_s: str
    mtu: str
    mode: str


LINUX = TunnelWords(
    gone="drop the section of `connections`",
    interface="`if_id_in` and `if_id_out`: one more than the number of {value}",
    below="`local_addrs`, and the routes",
    own_address="`local_addrs = {value}`",
    peer_address="`remote_addrs = {value}`",
    own_identity="`local {{ id = {value} }}`",
    secret="`secret = {value}` in `secrets`",
    starts=("`start_action = none`", "`start_action = start`"),
    own="`local_ts = {value}`",
    peer="`remote_ts = {value}`",
    preference="`updown = … {value}`",
    ike="`proposals`",
    esp="`esp_proposals`",
    ike_lifetime_s="`rekey_time = {value}s` of the connection",
    esp_lifetime_s="`rekey_time = {value}s` of the child",
    liveness_s="`dpd_delay = {value}s`",
    mtu="leave the interface's own",
    mode="`mode = tunnel`",
)
USG = TunnelWords(
    gone="`undo ipsec policy-template`, and `undo ike peer`",
    interface="`ipsec policy` on {value}",
    below="the address of `tunnel local` on {value}",
    own_address="`tunnel local {value}`",
    peer_address="`remote-address {value}`",
    own_identity="`local-id-type fqdn` and `local-id {value}`",
    secret="`pre-shared-key {value}` of the `ike peer`",
    starts=("`ipsec policy … isakmp template …`", "`sa trigger-mode auto`"),
    own="`security acl`: the sources of its rules are {value}",
    peer="`security acl`: the destinations of its rules are {value}",
    preference="`route inject dynamic preference {value}`",
    ike="`ike proposal`",
    esp="`ipsec proposal`, and `pfs` of the policy",
    ike_lifetime_s="`sa duration {value}` of the `ike proposal`",
    esp_lifetime_s="`sa duration time-based {value}` of the policy",
    liveness_s="`ike dpd type periodic` and `ike dpd idle-time {value}`",
    mtu="drop `mtu` of the tunnel interface",
    mode="`tunnel-protocol ipsec`, and `encapsulation-mode tunnel`",
)
SECPATH = TunnelWords(
    gone="`undo interface` of its tunnel, or its `match remote identity` and its key",
    interface="`tunnel protection ipsec profile` on {value}",
    below="the address of `source` on {value}",
    own_address="`source {value}` of the tunnel interface",
    peer_address="`destination {value}` of the tunnel interface",
    own_identity="`identity local fqdn {value}`",
    secret="`pre-shared-key plaintext {value}` in the `ikev2 keychain`",
    starts=("`mode ipsec-p2mp`, without `destination`", "`mode ipsec`, with `destination`"),
    own="behind `tunnel protection`, `acl`: the sources of its rules are {value}",
    peer="behind `tunnel protection`, `acl`: the destinations of its rules are {value}",
    preference="`preference {value}` of the static route by the tunnel interface",
    ike="`ikev2 proposal`",
    esp="`ipsec transform-set`",
    ike_lifetime_s="`sa duration {value}` of the `ikev2 profile`",
    esp_lifetime_s="`sa duration time-based {value}` of the `ipsec profile`",
    liveness_s="`dpd interval {value} periodic`",
    mtu="drop `mtu` of the tunnel interface",
    mode="`interface … mode ipsec`, and `encapsulation-mode tunnel`",
)
IOS = TunnelWords(
    gone="`no crypto ikev2 profile`",
    interface="`virtual-template` of {value}",
    below="the address of `match address local` on {value}",
    own_address="`match address local {value}`",
    peer_address="`address {value}` of the keyring's peer",
    own_identity="`identity local fqdn {value}`",
    secret="`pre-shared-key {value}` of the keyring's peer",
    starts=("`virtual-template` of type tunnel", "`tunnel destination`"),
    own="the sources that the tunnel selects are {value}",
    peer="the destinations that the tunnel selects are {value}",
    preference="`set reverse-route distance {value}`",
    ike="`crypto ikev2 proposal`",
    esp="`crypto ipsec transform-set`, and `set pfs`",
    ike_lifetime_s="`lifetime {value}` of the `crypto ikev2 profile`",
    esp_lifetime_s="`set security-association lifetime seconds {value}`",
    liveness_s="`dpd {value} 5 periodic`",
    mtu="drop `ip mtu` of the template",
    mode="`tunnel mode ipsec ipv4`, and `mode tunnel`",
)
LINUX_CIRCUIT = replace(
    LINUX,
    interface="the tunnel of GRE that the host makes, {value}",
    starts=("`start_action = trap`", "`start_action = trap|start`"),
    own="`local_ts = {value}[gre]`",
    peer="`remote_ts = {value}[gre]`",
    preference="drop `updown`",
    mode="`mode = transport`, and selectors that end in `[gre]`",
)
HUAWEI_CIRCUIT = replace(
    USG,
    gone="`undo ipsec policy` on its port, and `undo interface` of its tunnel",
    interface="`interface {value}` with `tunnel-protocol gre`, `source` and `destination`",
    below="`ipsec policy` on {value}",
    own_address="`source {value}` of the tunnel interface, and `ip address` of the port",
    peer_address="`destination {value}` of the tunnel interface, and `remote-address {value}`",
    starts=("another platform: this one begins with its first packet", "`sa trigger-mode auto`"),
    own="`security acl`: `permit gre` with `source` {value}",
    peer="`security acl`: `permit gre` with `destination` {value}",
    preference="`undo route inject`",
    mtu="`mtu {value}` of the tunnel interface, and `tcp adjust-mss` 40 less",
    mode="`tunnel-protocol gre`, `permit gre` and `encapsulation-mode transport`",
)
SECPATH_CIRCUIT = replace(
    SECPATH,
    gone="`undo ipsec apply policy` on its port, and `undo interface` of its tunnel",
    interface="`interface {value} mode gre` with `source` and `destination`",
    below="`ipsec apply policy` on {value}",
    own_address="`source {value}` of the tunnel interface, and `local-address {value}`",
    peer_address="`destination {value}` of the tunnel interface, and `remote-address {value}`",
    starts=("`responder-only enable` of the `ipsec policy`", "`undo responder-only enable`"),
    own="`security acl`: `permit gre` with `source` {value}",
    peer="`security acl`: `permit gre` with `destination` {value}",
    preference="`undo reverse-route dynamic`",
    esp_lifetime_s="`sa duration time-based {value}` of the `ipsec policy`",
    mtu="`mtu {value}` of the tunnel interface, and `tcp mss` 40 less",
    mode="`interface … mode gre`, `permit gre` and `encapsulation-mode transport`",
)
IOS_CIRCUIT = replace(
    IOS,
    gone="`no interface` of its tunnel, and `no crypto ikev2 profile`",
    interface="`tunnel protection ipsec profile` on {value}",
    below="`tunnel source` {value}, or its address",
    own_address="`tunnel source {value}`",
    peer_address="`tunnel destination {value}`",
    starts=("`responder-only` of the `crypto ipsec profile`", "`no responder-only`"),
    own="`tunnel source` {value}",
    peer="`tunnel destination` {value}",
    preference="`no reverse-route`",
    mtu="`ip mtu {value}` of the tunnel interface, and `ip tcp adjust-mss` 40 less",
    mode="`tunnel mode gre ip`, and `mode transport` of the `crypto ipsec transform-set`",
)
PlatformWords = Mapping[Mode, TunnelWords]
_LINUX: PlatformWords = {Mode.TUNNEL: LINUX, Mode.GRE: LINUX_CIRCUIT}
_HUAWEI: PlatformWords = {Mode.TUNNEL: USG, Mode.GRE: HUAWEI_CIRCUIT}
WORDS: Mapping[str, PlatformWords] = {
    "huawei_usg": _HUAWEI,
    "huawei_vrp": _HUAWEI,
    "h3c_secpath": {Mode.TUNNEL: SECPATH, Mode.GRE: SECPATH_CIRCUIT},
    "cisco_ios_zbf": {Mode.TUNNEL: IOS, Mode.GRE: IOS_CIRCUIT},
    "nftables": _LINUX,
    "frr": _LINUX,
}
"""By the platform of the device that ends a tunnel, and what the tunnel wraps."""
