"""H3C SecPath configurations, read back: tables for the engine of the Huawei family."""

from telemed_infra.parse.secpath.firewall import parse_secpath

__all__ = ["parse_secpath"]
