"""Which file of the inventory holds which document; its schema stands in `schema.of_document`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A kind of document: `name` is its file without `.yml`, or its folder."""

    name: str
    title: str
    folder: bool = False  # one document in each file of the folder `name`
    head: str = ""  # begins its fields in messages, where the file has no head of its own


DOCUMENTS: tuple[Document, ...] = (
    Document(name="network", title="Zones, applications and the address plan"),
    Document(name="data_centers", title="Data centres, fibre, witnesses and conduits"),
    Document(name="blueprints", title="What a kind of site has", folder=True),
    Document(
        name="sites", title="A prefecture with its hospitals, counties and townships", folder=True
    ),
    Document(name="services", title="Telemedicine services", head="services"),
    Document(name="failover", title="When services move between the data centres, and how"),
    Document(name="policies", title="What is allowed", folder=True, head="policies"),
    Document(name="groups", title="Alliances and consortia of sites", head="groups"),
    Document(name="partners", title="Partners outside the network", head="partners"),
    Document(name="ids", title="Rule sets of the sensors"),
    Document(name="people", title="Roles that own, request and approve"),
    Document(
        name="expectations",
        title="Sentences that the openings must bear out",
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
