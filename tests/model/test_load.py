"""From files to a network: what is resolved, where it comes from, and what is refused outright."""

from __future__ import annotations

import pickle
from datetime import date
from pathlib import Path

import pytest

from telemed_infra.model.files import FILE_BYTES_MAX
from telemed_infra.model.load import load
from telemed_infra.model.network import Network
from telemed_infra.problem import InputError
from tests.model.small_province import FILES, changed, write

SHIPPED = Path(__file__).parents[2] / "inventory"
BIJIE = "sites/5205-bijie.yml"


@pytest.fixture
def network(tmp_path: Path) -> Network:
    return load(write(tmp_path), as_of=date(2026, 11, 22))


def refused(inventory: Path, environment: str | None = None) -> str:
    with pytest.raises(InputError) as caught:
        load(inventory, as_of=None, environment=environment)
    return str(caught.value)


def line_of(file: str, text: str) -> str:
    lines = FILES[file].split("\n")
    return f"inventory/{file}:{next(n for n, line in enumerate(lines, 1) if text in line)}"


def test_sites_stand_in_the_order_of_the_files(network: Network) -> None:
    assert list(network.sites)[:6] == [
        "dc-a", "dc-b", "guizhou-h1", "bijie-h1", "weining-c", "weining-h1",
    ]  # fmt: skip
    assert len(network.sites) == 18
    assert len(network.devices) == 84


def test_origins_name_the_line(network: Network) -> None:
    caohai = network.sites["weining-caohai"]
    assert caohai.origin == line_of(BIJIE, "weining-caohai:")
    assert network.counties["nayong"].origin == line_of(BIJIE, "nayong:")
    images = next(one for one in network.policies if one.id == "P0301")
    assert images.origin == line_of("policies/imaging.yml", "id: P0301")
    assert images.to.origin == line_of("policies/imaging.yml", "to: {service")
    assert network.services["imaging"].origin == line_of("services.yml", "imaging:")
    assert network.devices_of(caohai)[0].origin == caohai.origin


def test_a_site_knows_its_parents(network: Network) -> None:
    site = network.sites["weining-h1"]
    assert site.prefecture is network.prefectures["bijie"]
    assert site.county is not None
    assert (site.county_id, site.county.short, site.vendor) == ("weining", "WN", "huawei")
    assert site.groups == {"stroke"}
    assert network.sites["guizhou-h1"].prefecture is network.prefectures["province"]
    assert network.sites["dc-b"].prefecture is None


def test_device_names(network: Network) -> None:
    assert [device.name for device in network.devices_of(network.sites["bijie-h1"])] == [
        "BJ-H1-FW01", "BJ-H1-FW02", "BJ-H1-CSW01", "BJ-H1-CSW02", "BJ-H1-IDS01",
        "BJ-H1-AR01", "BJ-H1-AR02", "BJ-H1-IDS02",
    ]  # fmt: skip
    assert network.devices_of(network.sites["dc-a"])[0].name == "GZ-DCA-CR01"
    assert network.devices_of(network.sites["nayong-yongxi"])[0].name == "BJ-NY-YX-GW01"
    names = [device.name for device in network.devices]
    assert len(set(names)) == len(names)


def test_the_aggregation_counts_on_and_keeps_its_own_host(network: Network) -> None:
    devices = network.devices_of(network.sites["bijie-h1"])
    own, housed = [device for device in devices if device.role == "IDS"]
    assert (own.number, own.k, own.host) == (1, 0, 40)
    assert (housed.number, housed.k, housed.host) == (2, 0, 41)
    assert housed.blueprint.kind == "city-aggregation"


def platforms(network: Network, site: str) -> dict[str, str]:
    return {device.role: device.platform for device in network.devices_of(network.sites[site])}


def test_a_site_without_a_vendor_has_its_countys_or_the_networks(tmp_path: Path) -> None:
    files = changed("network.yml", "short: GZ", "short: GZ\nvendor: h3c")
    files = changed(
        "sites/5205-bijie.yml", 'code: "520526001",', 'code: "520526001", vendor: h3c,', files
    )
    network = load(write(tmp_path, files), as_of=None)
    assert platforms(network, "weining-h1")["FW"] == "huawei_usg"  # the county's
    assert platforms(network, "weining-caohai")["ASW"] == "h3c_comware"  # its own
    assert platforms(network, "weining-zhongshui")["ASW"] == "huawei_vrp"
    assert platforms(network, "nayong-h2")["FW"] == "h3c_secpath"  # the network's
    assert platforms(network, "dc-b") == {
        "CR": "huawei_vrp", "FW": "h3c_secpath", "CSW": "h3c_comware", "SE": "nftables",
    }  # fmt: skip
    assert {device.vendor for device in network.devices_of(network.sites["dc-b"])} == {"h3c"}


def test_one_platform_in_a_blueprint_is_that_of_every_vendor(network: Network) -> None:
    linux = platforms(network, "nayong-h1")
    assert (linux["FW"], linux["CSW"]) == ("nftables", "huawei_vrp")
    assert platforms(network, "weining-caohai")["GW"] == "nftables"
    assert platforms(network, "nayong-yongxi")["GW"] == "nftables"
    assert platforms(network, "dc-a")["SE"] == "nftables"


def test_a_network_travels_between_processes(network: Network) -> None:
    again: Network = pickle.loads(pickle.dumps(network))
    assert again == network
    assert again.devices[0].origin == network.devices[0].origin


def test_equality_ignores_the_place(network: Network, tmp_path: Path) -> None:
    moved = {name: f"# moved down\n\n{text}" for name, text in FILES.items()}
    other = load(write(tmp_path / "moved", moved), as_of=None)
    assert other.sites == network.sites
    assert other.policies == network.policies
    assert len({*other.policies, *network.policies}) == len(network.policies)
    assert other.sites["weining-h1"].origin != network.sites["weining-h1"].origin


def test_the_order_of_writing_files_is_no_matter(network: Network, tmp_path: Path) -> None:
    files = dict(reversed(FILES.items()))
    assert load(write(tmp_path / "reversed", files), as_of=None) == network


def test_the_shipped_inventory_is_valid() -> None:
    network = load(SHIPPED, as_of=None)
    assert (len(network.sites), len(network.devices)) == (1832, 4452)
    kinds = [site.kind for site in network.sites.values()]
    assert kinds.count("township") == 1543
    assert kinds.count("county-center") == 88
    assert max(len(device.name) for device in network.devices) <= 30
    assert sum(site.endpoints for site in network.sites.values()) == 3029


def test_an_environment_lays_values_over(tmp_path: Path) -> None:
    lab = "services.yml:\n  imaging: {rto: 90s}\nnetwork.yml:\n  review_months: 36\n"
    lab += "failover.yml:\n  profiles: {default: {patience: 4s}}\n"
    inventory = write(tmp_path, {**FILES, "environments/lab.yml": lab})
    plain, changed_ = (load(inventory, as_of=None, environment=name) for name in (None, "lab"))
    assert (plain.services["imaging"].rto, changed_.services["imaging"].rto) == ("60s", "90s")
    assert changed_.services["imaging"].num == 4
    assert changed_.review_months == 36
    assert changed_.failover.profiles["default"].patience == "4s"
    assert changed_.failover.profiles["default"].beat == "200ms"
    assert changed_.services["imaging"].origin == plain.services["imaging"].origin
    assert "inventory/environments/lab.yml" in changed_.sources


@pytest.mark.parametrize(
    ("overlay", "told"),
    [
        ("services.yml: {imaging: {rto: soon}}", "lab.yml:1: services.yml.imaging.rto: `soon`"),
        ("service.yml: {imaging: {rto: 5s}}", "lab.yml:1: service.yml: is no file"),
        ("services.yml: {imaging: {rot: 5s}}", "lab.yml:1: services.yml.imaging.rot: the key"),
        ("- services.yml", "lab.yml:1: (file): is not a mapping"),
        ("services.yml: {imaging: {after: [x]}}", "lab.yml:1: services.yml.imaging.after[0]"),
        ("services.yml: {a: *b}", "lab.yml:1: (file): not YAML"),
    ],
)
def test_a_mistake_in_an_environment_is_told_there(overlay: str, told: str, tmp_path: Path) -> None:
    inventory = write(tmp_path, {**FILES, "environments/lab.yml": overlay + "\n"})
    assert told in refused(inventory, "lab")


def test_an_unknown_environment(tmp_path: Path) -> None:
    inventory = write(tmp_path, {**FILES, "environments/lab.yml": "{}\n"})
    assert "no environment `prod`\nhint: there are: `lab`" in refused(inventory, "prod")
    assert "did you mean `lab`?" in refused(inventory, "lap")
    assert "no environment `../x`" in refused(inventory, "../x")


def test_no_inventory(tmp_path: Path) -> None:
    assert "does not exist" in refused(tmp_path / "nowhere")
    assert "holds no inventory" in refused(tmp_path)
    file = tmp_path / "file"
    file.touch()
    assert "is not a folder" in refused(file)


def test_a_huge_file_is_not_read_whole(tmp_path: Path) -> None:
    inventory = write(tmp_path)
    with (inventory / "groups.yml").open("r+b") as stream:
        stream.truncate(100_000_000)  # sparse: takes no space
    assert "groups.yml:1: (file): is larger than 4 MB" in refused(inventory)
    assert FILE_BYTES_MAX == 4_000_000


def test_what_is_no_text_file(tmp_path: Path) -> None:
    inventory = write(tmp_path)
    (inventory / "groups.yml").write_bytes("a:\n  é\n".encode("latin-1"))
    (inventory / "policies" / "x.yml").mkdir()
    (inventory / "policies" / "y.yml").symlink_to("nowhere")
    (inventory / "policies" / "z.yml").write_bytes("[]".encode("utf-16"))
    told = refused(inventory)
    assert "groups.yml:2: (file): is not UTF-8" in told
    assert "x.yml:1: (file): is not a file" in told
    assert "y.yml:1: (file): is not a file" in told
    assert "z.yml:1: (file): is not UTF-8" in told


def test_files_of_others_are_let_be(tmp_path: Path) -> None:
    others = {"telemed.yml": "plugin: x\n", "README.md": "# x\n", ".hidden.yml": "{", "a.yml~": "{"}
    assert load(write(tmp_path, {**FILES, **others}), as_of=None).province == "guizhou"


def test_a_bomb_of_aliases_is_not_unfolded(tmp_path: Path) -> None:
    levels = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    levels += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    told = refused(write(tmp_path, {**FILES, "groups.yml": "\n".join(levels) + "\n"}))
    assert "groups.yml:1: (file): the anchor `&a0` is not allowed" in told


def test_an_alias_to_itself(tmp_path: Path) -> None:
    told = refused(write(tmp_path, {**FILES, "groups.yml": "a: &a [*a]\n"}))
    assert "the alias `*a` is not allowed" in told


def test_stars_and_ampersands_in_texts_are_let_be(tmp_path: Path) -> None:
    files = changed("groups.yml", "title: 健联体", 'title: "R&D * stroke"  # *x &y\n  #')
    files = changed("groups.yml", "  #医院共防脑卒中, members", "  , members", files)
    assert load(write(tmp_path, files), as_of=None).groups["stroke"].title == "R&D * stroke"
