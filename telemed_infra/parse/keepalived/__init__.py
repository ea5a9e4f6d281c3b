"""`parse_keepalived`: which addresses a Linux machine shares with another, by keepalived.conf."""

from telemed_infra.parse.keepalived.text import parse_keepalived

__all__ = ["parse_keepalived"]
