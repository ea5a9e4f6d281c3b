"""The platforms: their grammar, and the words of their dialogue."""

from __future__ import annotations

from dataclasses import dataclass

from tests.emulator.cisco import IOS, RGOS
from tests.emulator.configuration import Dialect
from tests.emulator.h3c import COMWARE, SECPATH
from tests.emulator.huawei import USG, VRP


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    vendor: str  # huawei, h3c, cisco
    dialect: Dialect
    two_stage: bool = False
    timed: str = ""  # how a commit is timed: `trial`, `delay`, `revert`, or not at all
    member: str = ""  # what stands before the prompt of an active unit of a pair
    version: str = ""


PLATFORMS = {
    "huawei_vrp": Platform(
        vendor="huawei", dialect=VRP,
        version="VRP (R) software, Version 5.170 (S5700 V200R022C00SPC500)",
    ),
    "huawei_vrpv8": Platform(
        vendor="huawei", dialect=VRP, two_stage=True, timed="trial",
        version="VRP (R) software, Version 8.220 (CE6881 V200R022C00SPC500)",
    ),
    "huawei_usg": Platform(
        vendor="huawei", dialect=USG, member="HRP_M",
        version="VRP (R) Software, Version 5.170 (USG6600 V500R005C20SPC500)",
    ),
    "h3c_comware": Platform(
        vendor="h3c", dialect=COMWARE, timed="delay",
        version="H3C Comware Software, Version 7.1.070, Release 6555",
    ),
    "h3c_secpath": Platform(
        vendor="h3c", dialect=SECPATH, timed="delay", member="RBM_P",
        version="H3C Comware Software, Version 7.1.064, Release 9628",
    ),
    "cisco_ios": Platform(
        vendor="cisco", dialect=IOS, timed="revert",
        version="Cisco IOS XE Software, Version 17.09.04a",
    ),
    "ruijie_rgos": Platform(
        vendor="cisco", dialect=RGOS, version="Ruijie Network Operating System, RGOS 11.4(1)B70",
    ),
}  # fmt: skip
