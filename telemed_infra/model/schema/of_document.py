"""The schema of each document. Apart from their names, which are known without any schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter

from telemed_infra.model.schema.blueprint_file import BlueprintFile
from telemed_infra.model.schema.failover_file import FailoverFile
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

ADAPTERS: Mapping[str, TypeAdapter[Any]] = {
    "network": TypeAdapter(NetworkFile),
    "data_centers": TypeAdapter(DataCentersFile),
    "blueprints": TypeAdapter(BlueprintFile),
    "sites": TypeAdapter(SiteFile),
    "services": ServicesFile,
    "failover": TypeAdapter(FailoverFile),
    "policies": PoliciesFile,
    "groups": GroupsFile,
    "partners": PartnersFile,
    "ids": TypeAdapter(IdsFile),
    "people": TypeAdapter(PeopleFile),
    "expectations": ExpectationsFile,
}
"""By the document's name; the same names as in `DOCUMENTS`."""
