"""A CKAN site: its own description, the user's rights there, the fields that it holds, the results of its search."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

from st_opendata.errors import RemoteError
from st_opendata.messages.message import Message, message
from st_opendata.model.release import PortalKey
from st_opendata.model.targets import DatasetTarget, TargetSettings
from st_opendata.place import Place
from st_opendata.targets.base import Remote
from st_opendata.targets.ckan.connection import CkanClient
from st_opendata.targets.ckan.fields import Schema, schema_for
from st_opendata.targets.ckan.fingerprint import agree
from st_opendata.targets.ckan.licences import DEFAULT_LICENCES, Licence, parse_licences
from st_opendata.targets.ckan.matching import fields_of_site
from st_opendata.targets.ckan.portal_schema import PortalChoice, PortalSchema, parse_schema


def today() -> date:
    """The day in UTC, which every publisher of a portal shares."""
    return datetime.now(UTC).date()


@dataclass(frozen=True, slots=True)
class Site:
    """A CKAN site, its state for the token's user, and the publisher's options for it.

    `own_url` is its configured URL, `language` that of its pages, `schema` the general field map for it
    (`fields.schemas()`), `portal` its own schema of datasets (ckanext-scheming), if it has one, and `licences` its list
    of licences. The datasets belong to the `organization` unless the settings state another one;
    `editable` are all organisations in which the `user` may create datasets: names by id. `organizations` are the same
    and `groups` all groups, as choices for the settings; `own_groups` are names of those to which the user may add
    datasets. These three are None if they were not asked for.

    The publisher sets the rest. `target` is the catalogue's name for the site, `settings` are the values that it states
    for it, `day` is the one for which release dates are decided. It `moves` datasets to another organisation if the
    settings state that one, and not an option of the command.

    `iris` requests IRIs as format and media type, which the site's own RDF needs, but which make its pages harder to
    read. `max_upload` is the size in bytes of the largest file that it accepts, and `link_base` the URL below
    which the release's files are also served, so that larger ones can be linked.
    """

    url: str
    organization: str = ""
    version: str = ""
    plugins: frozenset[str] = frozenset()
    language: str = "en"
    schema: str = "dcat_ap_full"
    own_url: str = ""
    organization_id: str = ""
    user: str | Message = ""
    editable: Mapping[str, str] = field(default_factory=dict)
    portal: PortalSchema | None = None
    licences: tuple[Licence, ...] = DEFAULT_LICENCES
    target: str = ""
    settings: TargetSettings | None = None
    organizations: tuple[PortalChoice, ...] | None = None
    groups: tuple[PortalChoice, ...] | None = None
    own_groups: frozenset[str] | None = None
    moves: bool = False
    day: date = field(default_factory=today)
    iris: bool = False
    max_upload: int | None = None
    link_base: str | None = None

    @property
    def fields(self) -> frozenset[str]:
        """The fields of datasets in the site's own schema."""
        return frozenset(self.portal.dataset) if self.portal else frozenset()

    def field_map(self, keys: Sequence[PortalKey] = ()) -> Schema:
        """The field map of this site: the general one with the keys of profiles, matched with its own schema.

        Raises:
            ConfigurationError: there is no such general map.
        """
        return fields_of_site(self.schema, self.portal, keys)

    def settings_of(self, dataset: str) -> DatasetTarget:
        """The statements of the publisher for the dataset of this id."""
        return self.settings.of(dataset) if self.settings else DatasetTarget()

    def organization_id_of(self, name: str) -> str:
        """The id of an organisation in which the user may create datasets; empty for another one."""
        if name == self.organization:
            return self.organization_id
        return next((key for key, each in self.editable.items() if each == name), "")


def read_site(client: CkanClient) -> Site:
    """The site's own description, by one request (status_show). Raises RemoteError, also if it is not a CKAN site."""
    status = client.read("status_show")
    if not isinstance(status, dict) or "ckan_version" not in status:
        raise RemoteError(
            message("not a CKAN site: status_show returned no version"),
            place=Place(client.url),
            remedy=message("Give the URL of the portal's home page as --url."),
        )
    plugins = frozenset(map(str, status.get("extensions", ())))
    return Site(
        url=client.url,
        version=str(status["ckan_version"]),
        plugins=plugins,
        language=str(status.get("locale_default") or "en").partition("_")[0],
        schema=schema_for(plugins),
        own_url=str(status.get("site_url") or client.url).rstrip("/"),
    )


def read_fields(client: CkanClient, site: Site) -> Site:
    """The site with its own schema of datasets and its list of licences, by two requests. Raises RemoteError."""
    licences = parse_licences(ask(client, "license_list", {}))
    site = replace(site, licences=licences or site.licences)
    if "scheming_datasets" not in site.plugins:
        return site
    answer = ask(client, "scheming_dataset_schema_show", {"type": "dataset"})
    if not isinstance(answer, Mapping):
        return replace(site, schema=schema_for(site.plugins - {"scheming_datasets"}))
    schema = schema_for(site.plugins - {"scheming_datasets"})
    return replace(site, schema=schema, portal=parse_schema(answer))


def ask(client: CkanClient, action: str, question: Mapping[str, object]) -> object:
    """The answer of an action that a site may lack, or not show to everyone; None then. Raises RemoteError."""
    try:
        return client.read(action, question)
    except RemoteError as error:
        if error.status not in (400, 403, 404):
            raise
        return None


def search_datasets(client: CkanClient, organization: str, rows: int, **more: object) -> Iterator[dict[str, Any]]:
    """Every dataset of an organisation, by its name, that search lists, `rows` per request: a site may give fewer.

    `more` goes to package_search: `fl` for fewer fields, `include_private` and `include_drafts`, `fq` for another
    filter. Raises RemoteError.
    """
    question = {"rows": rows, "sort": "name asc, id asc", "fq": f'organization:"{organization}"', **more}
    start = 0
    while True:
        answer = client.read("package_search", {**question, "start": start})
        yield from answer["results"]
        start += len(answer["results"])
        if not answer["results"] or start >= answer["count"]:
            return


def read_dataset(client: CkanClient, name: str, *, hidden: Collection[int] = (404,)) -> Remote | None:
    """The dataset of this name or id in the site's database; None where a status is `hidden`. Raises RemoteError."""
    try:
        remote: Remote = client.read("package_show", {"id": name})
    except RemoteError as error:
        if error.status not in hidden:
            raise
        return None
    return remote


def find_by_files(client: CkanClient, resources: Iterable[str], *, hidden: Collection[int] = (404,)) -> Remote | None:
    """The dataset with one of these resources, under any name, deleted or not; as `read_dataset`."""
    for identifier in resources:
        try:
            found = client.read("resource_show", {"id": identifier})
        except RemoteError as error:
            if error.status not in hidden:
                raise
        else:
            return read_dataset(client, str(found["package_id"]), hidden=hidden)
    return None


def search_agrees(client: CkanClient, remote: Remote, **more: object) -> bool:
    """Whether search has this dataset once and with the same content, maybe with another date.

    CKAN before 2.12 gives a new date to a dataset that is saved unchanged, but not in its search.
    """
    results = client.read("package_search", {"fq": f'id:"{remote["id"]}"', **more})["results"]
    return len(results) == 1 and agree(results[0], remote)
