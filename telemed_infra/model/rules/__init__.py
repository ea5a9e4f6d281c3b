"""What no schema can say: one family of rules a module, each a function from draft to findings."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from telemed_infra.model.draft import Draft
from telemed_infra.model.finding import Finding
from telemed_infra.model.rules.addresses import check_addresses
from telemed_infra.model.rules.blueprints import check_blueprints
from telemed_infra.model.rules.break_out import check_lines, check_own_addresses
from telemed_infra.model.rules.cables import check_cables
from telemed_infra.model.rules.circuits import check_circuits
from telemed_infra.model.rules.downlinks import check_downlinks
from telemed_infra.model.rules.enforcing import check_enforcing
from telemed_infra.model.rules.failover import check_failover
from telemed_infra.model.rules.known import Known
from telemed_infra.model.rules.multicast import check_multicast
from telemed_infra.model.rules.numbers import check_numbers
from telemed_infra.model.rules.own_network import check_own_network
from telemed_infra.model.rules.policies import check_policies
from telemed_infra.model.rules.ports import check_ports
from telemed_infra.model.rules.references import check_references
from telemed_infra.model.rules.routers import check_routers
from telemed_infra.model.rules.services import check_services
from telemed_infra.model.rules.vendors import check_vendors


def check(draft: Draft, as_of: date | None) -> Iterator[Finding]:
    """All findings of all rules, about the documents that could be read."""
    known = Known(draft)
    yield from check_references(draft, known)
    yield from check_numbers(draft)
    yield from check_blueprints(draft)
    yield from check_cables(draft)
    yield from check_vendors(draft)
    yield from check_enforcing(draft)
    yield from check_downlinks(draft)
    yield from check_lines(draft)
    yield from check_addresses(draft)
    yield from check_own_addresses(draft)
    yield from check_circuits(draft, known)
    yield from check_routers(draft)
    yield from check_services(draft)
    yield from check_failover(draft, known)
    yield from check_own_network(draft)
    yield from check_ports(draft)
    yield from check_multicast(draft, known)
    yield from check_policies(draft, known, as_of)
    yield from known.unchecked()
