"""Which file of the inventory holds which document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter

from telemed_infra.model.schema.blueprint_file import BlueprintFile
from telemed_infra.model.schema.network_file import NetworkFile
from telemed_infra.model.schema.policy_file import (
    ExpectationsFile,
    GroupsFile,
    IdsFile,
    PartnersFile,
    PeopleFile,
    PoliciesFile,
    ServicesFile,
)
from telemed_infra.model.schema.site_file import DataCentersFile, SiteFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A kind of document: `name` is its file without `.yml`, or its folder."""

    name: str
    title: str
    adapter: TypeAdapter[Any]
    folder: bool = False  # one document in each file of the folder `name`
    head: str = ""  # begins its fields in messages, where the file has no head of its own


DOCUMENTS: tuple[Document, ...] = (
    Document(
        name="network",
        title="Zones, applications and the address plan",
        adapter=TypeAdapter(NetworkFile),
    ),
    Document(
        name="data_centers",
        title="Data centres, fibre, witnesses and conduits",
        adapter=TypeAdapter(DataCentersFile),
    ),
    Document(
        name="blueprints",
        title="What a kind of site has",
        adapter=TypeAdapter(BlueprintFile),
        folder=True,
    ),
    Document(
        name="sites",
        title="A prefecture with its hospitals, counties and townships",
        adapter=TypeAdapter(SiteFile),
        folder=True,
    ),
    Document(name="services", title="Telemedicine services", adapter=ServicesFile, head="services"),
    Document(
        name="policies", title="What is allowed", adapter=PoliciesFile, folder=True, head="policies"
    ),
    Document(
        name="groups", title="Alliances and consortia of sites", adapter=GroupsFile, head="groups"
    ),
    Document(
        name="partners", title="Partners outside the network", adapter=PartnersFile, head="partners"
    ),
    Document(name="ids", title="Rule sets of the sensors", adapter=TypeAdapter(IdsFile)),
    Document(
        name="people", title="Roles that own, request and approve", adapter=TypeAdapter(PeopleFile)
    ),
    Document(
        name="expectations",
        title="Sentences that the openings must bear out",
        adapter=ExpectationsFile,
        head="expectations",
    ),
)
BY_NAME = {document.name: document for document in DOCUMENTS}
OVERLAYS = "environments"
NOT_OURS = ("telemed.yml",)
"""Read by somebody else: Ansible's door to our inventory plugin."""


def document_of(relative: str) -> Document | None:
    """The kind of document that a file below the inventory's folder holds."""
    folder, _, name = relative.rpartition("/")
    document = BY_NAME.get(folder or name.removesuffix(".yml"))
    return document if document and document.folder == bool(folder) else None
