"""`parse_usg`: what a Huawei USG6000 V500 firewall would do with packets, from its text alone."""

from __future__ import annotations

from telemed_infra.parse.behaviour import FirewallBehaviour
from telemed_infra.parse.vrp.engine import read
from telemed_infra.parse.vrp.usg_chain import named_zones, policy_chain
from telemed_infra.parse.vrp.usg_grammar import USG
from telemed_infra.parse.vrp.usg_state import Usg


def parse_usg(text: str) -> FirewallBehaviour:
    """Read a configuration as a sequence of commands; never raises, unknown lines are `unread`.

    The result has one chain, `security-policy`, that judges all three kinds of way. What its extra
    rules (service-manage, intrazone, default action) stand for is told in `usg_chain`.
    """
    state = Usg()
    reading = read(USG, state, text)
    chain, unused = policy_chain(state, reading)
    return FirewallBehaviour(
        hostname=state.hostname,
        chains=(chain,),
        zones=named_zones(state),
        addresses={
            name: tuple(port.addresses) for name, port in state.ports.items() if port.addresses
        },
        vlans={name: port.vlan for name, port in state.ports.items() if port.vlan is not None},
        unread=reading.in_order(),
        lines=reading.lines,
        effective=frozenset(reading.effective),
        inert=frozenset(reading.inert),
        unused=unused,
    )
