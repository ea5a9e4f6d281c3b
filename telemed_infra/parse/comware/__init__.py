"""H3C Comware 7 configurations, read back by the engine of the Huawei family: switches."""

from telemed_infra.parse.comware.switch import parse_comware

__all__ = ["parse_comware"]
