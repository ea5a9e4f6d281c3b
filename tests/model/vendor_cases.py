"""Vendors and platforms that do not go together: a name, and what is written."""

from __future__ import annotations

from tests.model.cases import (
    AGGREGATION_FILE,
    BIJIE,
    CENTERS,
    DATA_CENTER,
    TOWNSHIP,
    Files,
)
from tests.model.small_province import changed

CASES: dict[str, dict[str, Files]] = {
    "vendors": {
        "misspelt platform": changed(TOWNSHIP, "platform: nftables", "platform: nftabels"),
        "misspelt platform of a vendor": changed(TOWNSHIP, "h3c_comware", "h3c_comwear"),
        "misspelt vendor": changed(TOWNSHIP, "h3c: h3c_comware", "hcc: h3c_comware"),
        "no platform at all": changed(TOWNSHIP, "platform: nftables", "platform: {}"),
        "a vendor of nobody": changed(BIJIE, "vendor: linux", "vendor: lnux"),
        "a county's": changed(BIJIE, "vendor: huawei", "vendor: linux"),
        "a township's own": changed(BIJIE, "short: CH,", "short: CH, vendor: linux,"),
        "a data centre's": changed(
            CENTERS,
            "short: DCB,",
            "short: DCB, vendor: linux,",
            changed(DATA_CENTER, ", linux: nftables", ""),
        ),
        "the network's": changed(TOWNSHIP, "{huawei: huawei_vrp, h3c: ", "{h3c: "),
        "of the aggregation": changed(AGGREGATION_FILE, "{huawei: huawei_vrp, h3c: ", "{h3c: "),
    },
}
