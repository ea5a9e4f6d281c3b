"""`parse_conntrackd`: what keeps the connections of two Linux firewalls equal."""

from telemed_infra.parse.conntrackd.text import parse_conntrackd

__all__ = ["parse_conntrackd"]
