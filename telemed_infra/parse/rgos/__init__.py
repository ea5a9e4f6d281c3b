"""Reads configuration texts of Ruijie RGOS: switches.

The command line is close to that of IOS. Where the two document the same line, the readers share
its row and its judge (`parse/ios`); what is Ruijie's own stands here.
"""

from telemed_infra.parse.rgos.switch import parse_rgos

__all__ = ["parse_rgos"]
