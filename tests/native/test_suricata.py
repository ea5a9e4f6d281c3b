from __future__ import annotations

import subprocess
from dataclasses import replace

import pytest

from telemed_infra.native.check import available, check
from telemed_infra.native.report import Available, NativeFile, Refusal
from telemed_infra.native.suricata import SETTINGS
from tests.suricata.sensors import KINDS, files_of

pytestmark = pytest.mark.debian("suricata")
KIND = "county-center"


def changed(name: str, old: str, new: str) -> list[NativeFile]:
    """The files of a sensor, one of them changed at the first `old`."""
    found = []
    for file in files_of(KIND):
        if file.path.name == name:
            assert old in file.text
            file = replace(file, text=file.text.replace(old, new, 1))  # noqa: PLW2901
        found.append(file)
    return found


def refusals(name: str, old: str, new: str) -> tuple[Refusal, ...]:
    return check(changed(name, old, new), every=True, jobs=1).refusals


def line_of(name: str, words: str) -> int:
    (text,) = (file.text for file in files_of(KIND) if file.path.name == name)
    return 1 + text[: text.index(words)].count("\n")


def test_the_sensor_of_each_kind_is_accepted() -> None:
    report = check([file for kind in KINDS for file in files_of(kind)], every=True, jobs=2)
    assert report.refusals == ()
    (run,) = report.runs
    assert (run.program, run.checked) == ("suricata", len(KINDS))


def test_a_bad_rule_is_told_by_line() -> None:
    (refusal,) = refusals("telemed.rules", "sid:1102003;", "sidd:1102003;")
    assert refusal.path.name == "telemed.rules"
    assert refusal.line == line_of("telemed.rules", "sid:1102003;")
    assert refusal.words == 'Signature missing required value "sid".'
    assert refusal.program == "suricata"


def test_a_variable_that_nobody_defines_is_told_by_line() -> None:
    (refusal,) = refusals("telemed.rules", "$SIP_SERVERS", "$SIP_SERVANTS")
    assert refusal.line == line_of("telemed.rules", "$SIP_SERVERS")
    assert "SIP_SERVANTS" in refusal.words


def test_a_class_that_nobody_defines_is_refused_though_suricata_only_warns() -> None:
    (refusal,) = refusals("telemed.rules", "classtype:policy-violation", "classtype:hearsay")
    assert refusal.path.name == "telemed.rules"
    assert refusal.line == line_of("telemed.rules", "sid:1100001;")
    assert 'unknown classtype: "hearsay"' in refusal.words


def test_a_group_without_addresses_is_refused() -> None:
    found = refusals("suricata.yaml", "EXTERNAL_NET: >-\n      [!$HOME_NET]", "EXTERNAL_NET: '[]'")
    assert found
    assert all(one.device for one in found)


def test_broken_yaml_is_told_by_line() -> None:
    (refusal,) = refusals("suricata.yaml", "af-packet:", "af-packet: [")
    assert refusal.path.name == "suricata.yaml"
    assert abs(refusal.line - line_of("suricata.yaml", "af-packet:")) <= 1


def after_a_good_one(name: str, old: str, new: str) -> tuple[Refusal, ...]:
    """What is said about a changed sensor when one like it has been accepted by this process."""
    folder = "SECOND.suricata"
    second = [
        replace(file, path=file.path.parent.with_name(folder) / file.path.name, device="SECOND")
        for file in changed(name, old, new)
    ]
    found = check([*files_of(KIND), *second], every=True, jobs=1).refusals
    assert {one.path.parent.name for one in found} <= {folder}
    return found


def test_what_many_sensors_have_in_common_is_remembered() -> None:
    programs = available()
    for _ in range(2):
        files = [file for kind in KINDS for file in files_of(kind)]
        assert not check(files, every=True, jobs=1, programs=programs).refusals
    found = programs["suricata"]
    assert isinstance(found, Available)
    assert 0 < len(found.accepted) < len(KINDS)


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("suricata.yaml", "flow: {memcap: ", "flow: {memcap: much"),
        ("suricata.yaml", "hash-size: 65536, prealloc", "hash-size: many, prealloc"),
        ("suricata.yaml", "trackers: 65535", "trackers: many"),
        ("suricata.yaml", "sgh-mpm-context: auto", "sgh-mpm-context: odd"),
        ("suricata.yaml", "[!$HOME_NET]", "[!$HOUSE_NET]"),
        ("threshold.config", "sig_id", "nonsense"),
    ],
)
def test_a_bad_sensor_after_a_good_one_is_refused(name: str, old: str, new: str) -> None:
    def said(found: tuple[Refusal, ...]) -> list[tuple[str, int, str]]:
        """Words only as far as they name no folder, which is another each time."""
        return [(one.path.name, one.line, one.words.partition("/")[0]) for one in found]

    alone = said(refusals(name, old, new))
    assert alone
    assert said(after_a_good_one(name, old, new)) == alone


def test_a_bad_rule_after_a_good_sensor_is_told_by_line() -> None:
    (refusal,) = after_a_good_one("telemed.rules", "sid:1102003;", "sidd:1102003;")
    assert refusal.line == line_of("telemed.rules", "sid:1102003;")
    assert refusal.words == 'Signature missing required value "sid".'


@pytest.mark.parametrize(
    ("name", "old"), [("threshold.config", "sig_id"), ("classification.config", "classification: ")]
)
def test_a_broken_side_file_is_told_by_name(name: str, old: str) -> None:
    (refusal,) = refusals(name, old, "nonsense")
    assert refusal.path.name == name


@pytest.mark.parametrize("name", ["classification.config", "reference.config", "threshold.config"])
def test_the_side_files_are_the_sensors_own(name: str) -> None:
    """A missing one is refused, or at least not taken from the machine's own /etc/suricata."""
    files = [file for file in files_of(KIND) if file.path.name != name]
    assert check(files, every=True, jobs=1).refusals
    assert name in SETTINGS.values()


def test_a_sensor_has_its_rules() -> None:
    files = [file for file in files_of(KIND) if file.path.suffix != ".rules"]
    (refusal,) = check(files, every=True, jobs=1).refusals
    assert refusal.words == "a sensor has one suricata.yaml and one *.rules"


@pytest.mark.root
@pytest.mark.debian("unshare")
def test_a_sensor_needs_nothing_but_its_own_files(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Its folder stands for /etc/suricata, as on the sensor itself."""
    folder = tmp_path_factory.mktemp("sensor")
    for file in files_of(KIND):
        (folder / file.path.name).write_text(file.text, "utf-8")
    (folder / "log").mkdir()
    script = 'mount --bind "$1" /etc/suricata && suricata -T -c /etc/suricata/suricata.yaml -l "$2"'
    command = ["unshare", "--mount", "sh", "-c", script, "sh", str(folder), str(folder / "log")]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
