"""The portal to publish to: by the options of the command, and by `targets:` of the catalogue or a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from st_opendata.catalogue.validate import validate
from st_opendata.documents import Problems, read_document
from st_opendata.errors import ConfigurationError, UsageError
from st_opendata.messages.message import message
from st_opendata.model.targets import TargetSettings
from st_opendata.spelling import hint

_SUFFIXES = (".yaml", ".yml", ".json")


@dataclass(frozen=True, slots=True)
class ChosenTarget:
    """A portal, the organisation there, and the statements of the publisher for it under the catalogue's name for it.

    The `organization` is that of the options, else the constant of the settings.
    """

    url: str
    organization: str | None = None
    name: str = ""
    settings: TargetSettings | None = None

    def require_organization(self) -> str | None:
        """The organisation, None if an expression gives it for each dataset. Raises UsageError if none is stated."""
        if not self.organization and not (self.settings and self.settings.organization):
            raise UsageError(
                message("the organisation that owns the datasets is missing"),
                remedy=message("Give it as --organization, or as `organization` of the target in catalogue.yaml."),
            )
        return self.organization


def choose_target(
    targets: Mapping[str, TargetSettings], name: str | None, url: str | None, organization: str | None
) -> ChosenTarget:
    """The target of this name or file, else the one with this URL, else the only one.

    Raises:
        UsageError: there is no such target, or none and no URL, or several.
        InputError, ConfigurationError: the file cannot be read, or says something wrong.
    """
    if name and name.endswith(_SUFFIXES):
        return _chosen("", read_target(Path(name)), url, organization)
    if name:
        if name not in targets:
            raise UsageError(
                message('the release has no target "{name}"{hint}', name=name, hint=hint(name, targets)),
                remedy=message("State it under `targets:` in catalogue.yaml and build again, or name a file."),
            )
        return _chosen(name, targets[name], url, organization)
    fitting = {key: each for key, each in targets.items() if url is None or _same(each.url, url)}
    if len(fitting) == 1:
        [(key, settings)] = fitting.items()
        return _chosen(key, settings, url, organization)
    if url is None or fitting:
        text = message("the release has several targets: {names}", names=", ".join(fitting))
        raise UsageError(
            text if fitting else message("the portal is missing"),
            remedy=message("Choose one with --target, or give the home page of the portal as --url."),
        )
    return ChosenTarget(url, organization)


def read_target(path: Path) -> TargetSettings:
    """The target that a file states, with the keys of an entry of `targets:`. Raises InputError, ConfigurationError."""
    document = read_document(path, str(path))
    problems = Problems(document)
    if not isinstance(document.data, dict):
        raise ConfigurationError(message("the file must hold keys"), place=document.place())
    settings = validate(TargetSettings, dict(document.data), problems)
    problems.raise_any()
    assert settings is not None
    return settings


def _chosen(name: str, settings: TargetSettings, url: str | None, organization: str | None) -> ChosenTarget:
    stated = settings.organization
    chosen = organization or (stated if isinstance(stated, str) else None)
    return ChosenTarget(url or settings.url, chosen, name, settings)


def _same(one: str, other: str) -> bool:
    return one.rstrip("/") == other.rstrip("/")
