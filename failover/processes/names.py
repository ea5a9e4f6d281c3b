"""The names that follow a group here, as the node file says.

Imported only where it names some: dnspython comes with the extra `failover`.
"""

from __future__ import annotations

from failover.actuators.dns import DnsActuator, Zone
from failover.actuators.dns_key import KeyUnusable, read_key
from failover.node_file.content import Dns
from failover.processes.places import Place
from failover.processes.problem import CannotRun


def names_of(place: Place, group: str, described: Dns) -> DnsActuator:
    """What publishes a group's names with this centre's addresses.

    Raises:
        CannotRun: The key cannot be used; what is in it is not said.
    """
    where = f"{place.node.name}: node.toml: dns.{group}"
    try:
        key = read_key(described.key)
    except KeyUnusable as unusable:
        hint = "make one with `tsig-keygen -a hmac-sha256`, for the agent's user alone"
        raise CannotRun(f"{where}.key: {unusable}", hint) from unusable
    zone = Zone(
        name=described.zone,
        server=described.server,
        port=described.port,
        key=key,
        ttl_s=described.ttl_s,
        timeout_s=described.timeout_s,
    )
    try:
        return DnsActuator(zone, described.names, place.node.name)
    except ValueError as error:
        raise CannotRun(f"{where}: {error}", "mend it there") from error
