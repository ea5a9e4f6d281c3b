"""Huawei configurations, read back: one engine, tables for USG firewalls and VRP switches."""

from telemed_infra.parse.vrp.switch import parse_vrp
from telemed_infra.parse.vrp.usg import parse_usg

__all__ = ["parse_usg", "parse_vrp"]
