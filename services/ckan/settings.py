"""What a site is made of: folders, ports, secrets and CKAN's settings, taken from the environment."""

from __future__ import annotations

import json
import os
import secrets
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
VERSIONS: dict[str, Any] = tomllib.loads((HERE / "versions.toml").read_text("utf-8"))

ORGANIZATION = "smarter-together"
PLUGINS = (
    "dcat",
    "dcat_json_interface",
    "structured_data",
    "scheming_datasets",
    "image_view",
    "text_view",
    "datatables_view",
    "resource_proxy",
    "geojson_view",
    "geo_view",
    "datastore",
    "activity",
)
DEFAULT_VIEWS = ("image_view", "datatables_view")
"""Views that CKAN makes itself, with a resource that is created; these are its defaults."""


class StackError(Exception):
    """Something the person at the keyboard has to know; the text says what to do."""


@dataclass(frozen=True)
class Site:
    """One CKAN with its PostgreSQL, Redis and Solr: where it lies, which ports it has, which CKAN it is.

    `version` is a key of the table `ckan` in versions.toml.
    """

    state: Path
    install: Path
    port: int
    postgres_port: int
    redis_port: int
    solr_port: int
    version: str
    locale: str
    upload_megabytes: int
    without: frozenset[str] = frozenset()
    """Plugins that it does not have."""
    schema: str = ""
    """Its schema for ckanext-scheming, as `scheming.dataset_schemas` names it; empty for ckanext-dcat's full one."""
    licences: str = ""
    """The address of its own list of licences; empty for CKAN's."""

    @property
    def url(self) -> str:
        """The site's address, without a slash at its end."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def python(self) -> Path:
        """The interpreter of CKAN's own environment."""
        return self.install / f"python-{self.version}" / "bin" / "python"

    @property
    def lock(self) -> Path:
        """The Python packages of this version of CKAN, with their hashes."""
        return lock_of(self.version)

    @property
    def jars(self) -> Path:
        """The folder of Solr's jars."""
        return self.install / "solr"

    @property
    def ini(self) -> Path:
        """CKAN's settings file; it holds passwords."""
        return self.state / "ckan.ini"

    @property
    def postgres(self) -> Path:
        """PostgreSQL's data folder; a link where the database's user may not enter the state folder."""
        return self.state / "postgres"

    @property
    def storage(self) -> Path:
        """Where CKAN keeps uploaded files."""
        return self.state / "storage"

    def token_file(self, user: str) -> Path:
        """Where the API token of the `editor` or the `sysadmin` is kept."""
        return self.state / f"{user}.token"

    @cached_property
    def secrets(self) -> dict[str, str]:
        """The site's passwords and keys, made once per state folder."""
        path = self.state / "secrets.json"
        if not path.exists():
            names = ("postgres", "ckan", "datastore_write", "datastore_read", "redis", "session", "token", "people")
            write_private(path, json.dumps({name: secrets.token_hex(20) for name in names}, indent=1))
        return dict(json.loads(path.read_text("utf-8")))

    def settings(self) -> dict[str, str]:
        """CKAN's settings that differ from its defaults."""
        database = f"127.0.0.1:{self.postgres_port}"
        key = self.secrets
        settings = {
            "use": "egg:ckan",
            "SECRET_KEY": key["session"],
            "api_token.jwt.encode.secret": f"string:{key['token']}",
            "api_token.jwt.decode.secret": f"string:{key['token']}",
            "ckan.site_url": self.url,
            "ckan.site_title": "Smarter Together open data",
            "ckan.locale_default": self.locale,
            "ckan.locales_offered": "en fr de",
            "ckan.storage_path": str(self.storage),
            "ckan.max_resource_size": str(self.upload_megabytes),
            "ckan.plugins": " ".join(name for name in PLUGINS if name not in self.without),
            "ckan.views.default_views": " ".join(name for name in DEFAULT_VIEWS if name not in self.without),
            "sqlalchemy.url": f"postgresql://ckan:{key['ckan']}@{database}/ckan",
            "ckan.datastore.write_url": f"postgresql://datastore_write:{key['datastore_write']}@{database}/datastore",
            "ckan.datastore.read_url": f"postgresql://datastore_read:{key['datastore_read']}@{database}/datastore",
            "ckan.redis.url": f"redis://:{key['redis']}@127.0.0.1:{self.redis_port}/0",
            "solr_url": f"http://127.0.0.1:{self.solr_port}/solr/ckan",
            "scheming.dataset_schemas": self.schema or "ckanext.dcat.schemas:dcat_ap_full.yaml",
            "scheming.presets": "ckanext.scheming:presets.json ckanext.dcat.schemas:presets.yaml",
            "ckanext.dcat.rdf.profiles": "euro_dcat_ap_3",
        }
        if self.licences:
            settings["licenses_group_url"] = self.licences
        if self.version == "2.10":  # its sessions are Beaker's, which has keys of its own
            settings |= {"beaker.session.secret": key["session"], "beaker.session.validate_key": key["session"]}
        return settings

    def facts(self) -> dict[str, Any]:
        """The data that programs need to use the site; stored in the state folder as site.json."""
        return {
            "url": self.url,
            "organization": ORGANIZATION,
            "editor_token_file": str(self.token_file("editor")),
            "sysadmin_token_file": str(self.token_file("sysadmin")),
            "ports": [self.port, self.postgres_port, self.redis_port, self.solr_port],
            "version": self.version,
        }


def read_site(environment: Mapping[str, str], *, empty: bool = False) -> Site:
    """The site that the environment names.

    CKAN_STATE is its folder, CKAN_PORT its first port (else that of the state folder's site, else 5000); the other
    ports follow it, or are set one by one. A state folder keeps its ports unless it is to be emptied,
    since addresses are stored with the data; it keeps its version (CKAN_VERSION) unless another one is named.

    Raises:
        StackError: a value does not exist, or a port is not that of the state folder's site.
    """
    state = Path(environment.get("CKAN_STATE") or ROOT / "build" / "ckan").resolve()
    kept = state / "site.json"
    facts = json.loads(kept.read_text("utf-8")) if kept.exists() else {}
    ports = facts.get("ports", [])
    port = number(environment, "CKAN_PORT", ports[0] if ports else 5000)
    following = ports[1:] if ports[:1] == [port] else [port + 1, port + 2, port + 3]
    site = Site(
        state=state,
        install=Path(environment.get("CKAN_INSTALL") or ROOT / "build" / "ckan-install").resolve(),
        port=port,
        postgres_port=number(environment, "CKAN_POSTGRES_PORT", following[0]),
        redis_port=number(environment, "CKAN_REDIS_PORT", following[1]),
        solr_port=number(environment, "CKAN_SOLR_PORT", following[2]),
        version=one_of(VERSIONS["ckan"], environment, "CKAN_VERSION", facts.get("version")),
        locale=environment.get("CKAN_LOCALE") or "en",
        upload_megabytes=number(environment, "CKAN_MAX_UPLOAD_SIZE_MB", 100),
        without=frozenset(environment.get("CKAN_WITHOUT", "").split()),
        schema=environment.get("CKAN_SCHEMA", ""),
        licences=environment.get("CKAN_LICENCES", ""),
    )
    if unknown := sorted(site.without.difference(PLUGINS)):
        raise StackError(f"CKAN_WITHOUT names {unknown[0]}, which is none of the site's plugins: {', '.join(PLUGINS)}.")
    if ports and not empty and site.facts()["ports"] != ports:
        raise StackError(
            f"{state} holds a site with the ports {', '.join(map(str, ports))}. Leave the ports unset, "
            f"name another folder (CKAN_STATE=...), or empty this one: `make ckan-reset` with the new ports."
        )
    return site


def number(environment: Mapping[str, str], name: str, default: int) -> int:
    """The positive number of at most five digits that a variable of the environment holds."""
    text = environment.get(name) or str(default)
    if not (text.isascii() and text.isdecimal() and 0 < int(text) < 65536):
        raise StackError(f"{name} must be a whole number from 1 to 65535, not {text!r}.")
    return int(text)


def one_of(choices: Mapping[str, object], environment: Mapping[str, str], name: str, default: str | None) -> str:
    """The choice that a variable of the environment names, else the default, else the first."""
    text = environment.get(name) or default or next(iter(choices))
    if text not in choices:
        raise StackError(f"{name} must be one of {', '.join(choices)}, not {text!r}.")
    return text


def lock_of(version: str) -> Path:
    """The lock file of a version of CKAN."""
    return HERE / f"ckan-{version}.lock"


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, all of it or nothing."""
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    new.replace(path)
