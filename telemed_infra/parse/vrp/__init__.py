"""Huawei configurations, read back: one engine, tables for USG firewalls, VRP switches, routing."""

from telemed_infra.parse.vrp.routes import parse_vrp_routes, unread_of_both
from telemed_infra.parse.vrp.switch import parse_vrp
from telemed_infra.parse.vrp.usg import parse_usg

__all__ = ["parse_usg", "parse_vrp", "parse_vrp_routes", "unread_of_both"]
