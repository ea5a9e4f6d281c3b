"""How each platform says what a tunnel needs: the mends that findings name."""

from __future__ import annotations

from dataclasses import dataclass


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
)
WORDS = {
    "huawei_usg": USG,
    "h3c_secpath": SECPATH,
    "cisco_ios_zbf": IOS,
    "nftables": LINUX,
}
"""By the platform of the device that ends a tunnel."""
