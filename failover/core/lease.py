"""Lease arithmetic: the owner's deadline and the taker's wait.

Safe because `deadline_s` starts before the value is sent, hence before anyone can see it, and
`wait_s` starts when the taker first sees it. While the taker's clock counts `length × (1 + drift)`
the owner's counts at least `length`: no clock runs faster than another by more than `drift`. The
margin covers what kernels and networks add. Source: ADR-0014.
"""

from failover.core.plan import Lease


def deadline_s(sent_s: float, lease: Lease) -> float:
    """When the owner's door closes, on the owner's clock. `sent_s`: before the FIRST send."""
    return sent_s + lease.length_s


def wait_s(lease: Lease) -> float:
    """How long a taker waits from its first sight of the value, on the taker's clock."""
    return lease.length_s * (1 + lease.drift) + lease.margin_s


def over_at_s(seen_s: float, lease: Lease) -> float:
    """When a lease first seen at `seen_s` is surely over, on the taker's clock."""
    return seen_s + wait_s(lease)


def longest(first: Lease, second: Lease) -> Lease:
    """The lease that is waited for longer: what a site must assume that knows of both."""
    return first if wait_s(first) >= wait_s(second) else second
