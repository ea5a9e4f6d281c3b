"""Broken failover.yml files by family, as in `cases`."""

from __future__ import annotations

from collections.abc import Mapping

from tests.model.small_province import FILES, changed

Files = Mapping[str, str]
FAILOVER, SERVICES, CENTERS = "failover.yml", "services.yml", "data_centers.yml"


def edited(old: str, new: str) -> dict[str, str]:
    return changed(FAILOVER, old, new)


def many_instances() -> dict[str, str]:
    """Sixteen services, nearly all of them with an instance for each of nine prefectures."""
    files = dict(FILES)
    qiannan = files["sites/5227-qiannan.yml"].partition("counties:")[0]
    for number in range(1, 7):
        text = qiannan.replace("5227", f"522{number}").replace("qiannan", f"p{number}")
        text = text.replace("num: 8", f"num: {8 + number}").replace("QN", f"P{number}")
        files[f"sites/522{number}-p{number}.yml"] = text
    service = FILES[SERVICES].partition("imaging:")[2]
    for number in (2, 3, *range(5, 16)):
        files[SERVICES] += f"s{number}:" + service.replace("num: 4", f"num: {number}")
        files[FAILOVER] += f"  s{number}: {{durability: stateless}}\n"
    return files


CASES: dict[str, dict[str, Files]] = {
    "failover": {
        "unknown key": edited("witness:", "witnes:"),
        "missing key": edited("    beat: 200ms\n", ""),
        "a port that no application has": edited("port: 2379", "port: 2381"),
        "duration": edited("beat: 200ms", "beat: 200 ms"),
        "drift": edited("drift: 0.01", "drift: 1"),
        "choice": edited("by: service", "by: cluster"),
        "kind of observers": edited("[provincial-hospital,", "[township,"),
        "no observers": edited(
            "    - {kind: [provincial-hospital, city-hospital]}\n    - {group: stroke}\n",
            "    []\n",
        ),
        "unknown service": edited("  imaging: {dur", "  imagin: {dur"),
        "missing service": edited("  imaging: {durability: stateless, hooks: [archive]}\n", ""),
        "unknown witness": edited("witness: witness-1", "witness: witness-2"),
        "witness with many addresses": changed(CENTERS, "10.8.0.17/32", "10.8.0.16/30"),
        "witness named like a centre": changed(
            CENTERS, "  witness-1:", "  dc-a:", edited("witness: witness-1", "witness: dc-a")
        ),
        "witness in a broken file": changed(CENTERS, "fibre:", "fiber:"),
        "unknown zone": edited("fibre: {zone: SENSOR", "fibre: {zone: SENSORS"),
        "zone without addresses": edited("fibre: {zone: SENSOR", "fibre: {zone: VIDEO"),
        "one zone for both paths": edited("fibre: {zone: SENSOR", "fibre: {zone: DMZ"),
        "host outside": edited("fibre: {zone: SENSOR", "fibre: {zone: PARTNER"),
        "host of a gateway": edited("zone: SENSOR, host: 70", "zone: SENSOR, host: 1"),
        "host of a management server": edited(
            "register: {zone: SECOPS, host: 70", "register: {zone: SECOPS, host: 30"
        ),
        "host of a device": edited("zone: MGMT\n  host: 60", "zone: MGMT\n  host: 10"),
        "host of the heartbeats": edited("register: {zone: SECOPS", "register: {zone: DMZ"),
        "zone of the observers": edited("zone: MGMT\n", "zone: SECOPS\n"),
        "unknown zone of the observers": edited("zone: MGMT\n", "zone: MGNT\n"),
        "unknown site": edited("{group: stroke}", "{site: weining-h2}"),
        "unknown group": edited("{group: stroke}", "{group: strike}"),
        "observer in a centre": edited("{group: stroke}", "{site: dc-a}"),
        "observer in a township": edited("{group: stroke}", "{site: weining-caohai}"),
        "nobody is both": edited("{group: stroke}", "{group: chest-pain, county: weining}"),
        "few observers": edited("observers_min: 3", "observers_min: 30"),
        "too many instances": many_instances(),
    },
    "failover_data": {
        "no log": edited("log_kbytes_s: 200, ", ""),
        "a log of the stateless": edited("stateless, hooks", "stateless, log_kbytes_s: 5, hooks"),
        "a database of the stateless": edited(
            "stateless, hooks", "stateless, postgresql: true, hooks"
        ),
        "synchronous without a check": edited(", resource_check: true", ""),
        "hook twice": edited("[archive]", "[archive, archive]"),
        "hook's name": edited("[archive]", "[/bin/sh]"),
    },
    "failover_times": {
        "unknown profile": edited("profile: default", "profile: defualt"),
        "no profile is near": edited("profile: default", "profile: slow"),
        "seldom renewed": edited("renewal: 400ms", "renewal: 501ms"),
        "as seldom as may be": edited("renewal: 400ms", "renewal: 500ms"),
        "margin": edited("margin: 150ms", "margin: 2s"),
        "long silence": edited("silence: 1s", "silence: 2001ms"),
        "seldom beating": edited("beat: 200ms", "beat: 334ms"),
        "slow election": edited("election: 500ms", "election: 926ms"),
        "slow members": edited("heartbeat: 50ms", "heartbeat: 101ms"),
        "lease of days": edited("length: 2s", "length: 25h"),
        "outage too short": changed(SERVICES, "rto: 15s", "rto: 12s"),
        "outage of years": changed(SERVICES, "rto: 15s", "rto: 366d"),
        "loss of years": changed(SERVICES, "rpo: 5s", "rpo: 366d"),
        "reached and lost": edited("lost_share: 0.1", "lost_share: 0.6"),
        "the first move holds": edited("suppress: 2000", "suppress: 1000"),
        "damping for ever": edited("half_life: 15m", "half_life: 48h"),
    },
}
HARMLESS = {"as seldom as may be"}
