"""swanctl.conf for a gateway's planned tunnels, in a hand of its own: not the build's."""

from __future__ import annotations

from collections.abc import Iterable

from telemed_infra.packets import Family
from telemed_infra.plan.prefix import address_text
from telemed_infra.tunnels import Tunnel

GROUPS = {14: "modp2048", 19: "ecp256"}


def swanctl(tunnels: Iterable[Tunnel]) -> str:
    """Sections in another order than usual, and whatever may be left out is left out."""
    known = tuple(tunnels)
    secrets = "".join(
        f"  ike{number} {{\n    id = {one.peer_identity}\n    secret = {one.secret}\n  }}\n"
        for number, one in enumerate(known)
    )
    ways = "".join(_connection(f"way{number}", one) for number, one in enumerate(known))
    return f"# by hand\nsecrets {{\n{secrets}}}\n\nconnections {{\n{ways}}}\n"


def _connection(name: str, one: Tunnel) -> str:
    assert one.peer_address is not None
    own = "" if one.own_address is None else f"    local_addrs = {_text(one.own_address)}\n"
    (low, high), number = one.own.v4[0], int(one.interface.removeprefix("ipsec")) + 1
    length = 33 - (high - low + 1).bit_length()
    group, slack = GROUPS[one.ike.group], one.ike_lifetime_s // 10
    return f"""\
  {name} {{
    children {{
      all {{
        if_id_out = {number}
        if_id_in = {number}
        esp_proposals = aes256gcm16-{group}
        remote_ts = 0.0.0.0/0
        local_ts = {_text(low)}/{length}
        rekey_time = {one.esp_lifetime_s * 9 // 10}s
        life_time = {one.esp_lifetime_s}s
        start_action = start
        close_action = start
        dpd_action = restart
        updown = /usr/local/lib/swanctl/tunnel-route {one.preference}
      }}
    }}
    remote {{
      id = {one.peer_identity}
      auth = psk
    }}
    local {{
      id = {one.own_identity}
      auth = psk
    }}
    remote_addrs = {_text(one.peer_address)}
{own}    version = 2
    mobike = no
    keyingtries = 0
    dpd_delay = {one.liveness_s}s
    rekey_time = {one.ike_lifetime_s - slack}s
    over_time = {slack}s
    proposals = aes256-sha256-{group}
  }}
"""


def _text(address: int) -> str:
    return address_text(Family.V4, address)
