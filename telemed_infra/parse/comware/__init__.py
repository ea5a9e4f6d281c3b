"""H3C Comware 7 configurations, read back by the engine of the Huawei family: switches, routes."""

from telemed_infra.parse.comware.routes import parse_comware_routes
from telemed_infra.parse.comware.switch import parse_comware

__all__ = ["parse_comware", "parse_comware_routes"]
