"""How each platform says what a session or a route needs: the mends that findings name."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Commands:
    """One platform's words; what stands in braces is filled in."""

    process: str = "router bgp {number}"
    neighbor: str = "neighbor {peer} remote-as {number}"
    gone: str = "no neighbor {peer}"
    local_as: str = "remove `local-as`"
    shut: str = "remove `shutdown`"
    ttl: str = "`ttl-security hops 1`"
    multihop: str = "`ebgp-multihop {hops}`"
    source: str = "`update-source {address}`"
    key: str = "`password {key}`"
    bfd: str = "`bfd profile`"
    no_echo: str = "`no echo-mode`"
    held_back: str = "`advertisement-interval 0`"
    timers: str = "`timers {keepalive} {hold}`"
    connect: str = "`timers connect {seconds}`"
    graceful: str = "`bgp graceful-restart-disable`"
    bound: str = "bind a prefix list"
    own_hop: str = "`next-hop-self`"
    network: str = "`network {prefix}`"
    aggregate: str = "`aggregate-address {prefix}`"
    discard: str = "blackhole"
    route: str = "`ip route {prefix} {target}`"


FRR = Commands()
VRP = Commands(
    process="bgp {number}",
    neighbor="peer {peer} as-number {number}",
    gone="undo peer {peer}",
    local_as="`undo peer … fake-as`",
    shut="`undo peer … ignore`",
    ttl="`peer … valid-ttl-hops 1`",
    multihop="`peer … ebgp-max-hop {hops}`",
    source="`peer … connect-interface` with that of {address}",
    key="`peer … password cipher {key}`",
    bfd="`bfd`, and `peer … bfd enable`",
    held_back="`peer … route-update-interval 0`",
    timers="`timer keepalive {keepalive} hold {hold}`",
    connect="`peer … timer connect-retry {seconds}`",
    graceful="`undo graceful-restart`",
    bound="`peer … ip-prefix` or `ipv6-prefix`",
    own_hop="`peer … next-hop-local`",
    network="`network {prefix}`",
    aggregate="`aggregate {prefix}`",
    discard="NULL0",
    route="`ip route-static {prefix} {target}`",
)
COMWARE = replace(
    VRP,
    ttl="`peer … ttl-security hops 1`",
    key="`peer … password {{simple|cipher}} {key}`",
    bfd="`peer … bfd`",
    bound="`peer … prefix-list`",
)
IOS = Commands(
    local_as="`no neighbor … local-as`",
    shut="`no neighbor … shutdown`",
    ttl="`neighbor … ttl-security hops 1`",
    multihop="`neighbor … ebgp-multihop {hops}`",
    source="`neighbor … update-source` with the interface of {address}",
    key="`neighbor … password 0 {key}`",
    bfd="`neighbor … fall-over bfd`, and `bfd interval` on its interface",
    no_echo="`no bfd echo` on its interface",
    held_back="`neighbor … advertisement-interval 0`",
    timers="`timers bgp {keepalive} {hold}`",
    connect="no line sets it",
    graceful="`no bgp graceful-restart`",
    bound="`neighbor … prefix-list`",
    own_hop="`neighbor … next-hop-self`",
    discard="Null0",
)
