"""What of IPv4 is public: all of it, without what the address plan says is not.

Source: RFC 6890; docs/concepts/policies.md, "Guests".
"""

from __future__ import annotations

from telemed_infra.model.schema.network_file import AddressPlan
from telemed_infra.packets import Family, subtract, union
from telemed_infra.plan.prefix import Span, prefix


def public(addresses: AddressPlan) -> tuple[Span, ...]:
    """The public addresses, in as few ranges as can be."""
    others = union(prefix(text).range for text in addresses.not_public)
    found = subtract(Family.V4.every_address, others)
    return tuple(Span(Family.V4, first, last) for first, last in found)
