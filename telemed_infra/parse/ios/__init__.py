"""Reads configuration texts of Cisco IOS: routers with the zone-based firewall, and switches."""

from telemed_infra.parse.ios.firewall import parse_ios_firewall
from telemed_infra.parse.ios.routes import parse_ios_routes
from telemed_infra.parse.ios.switch import parse_ios_switch

__all__ = ["parse_ios_firewall", "parse_ios_routes", "parse_ios_switch"]
