"""`parse_swanctl`: the tunnels of a Linux machine, by strongSwan's swanctl.conf."""

from telemed_infra.parse.swanctl.text import parse_swanctl

__all__ = ["parse_swanctl"]
