"""`profiles:` of catalogue.yaml: the packaged profiles by name, and folders of the catalogue with rules of its own.

A packaged profile is a folder `shapes/NAME` of the program: its shapes, and profile.yaml, which names the files of
`ontology/` that belong to it. A folder of the catalogue holds `shapes/*.ttl`, `ontology/*.ttl`, `lists/*.csv` and
profile.yaml, each of them optional.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from st_opendata.catalogue.code_lists import check_codes, describe_code_lists, read_code_list
from st_opendata.catalogue.profile_keys import Vocabulary, read_prefixes, read_properties
from st_opendata.documents import Document, Fields, Problems, read_document
from st_opendata.errors import ConfigurationError
from st_opendata.messages.message import message
from st_opendata.model.descriptions import Dataset, Terms
from st_opendata.model.profiles import ApplicationProfile
from st_opendata.names import slug
from st_opendata.namespaces import PREFIXES
from st_opendata.place import Place
from st_opendata.release.layout import ONTOLOGY, SHAPES
from st_opendata.resources import resource_folder
from st_opendata.spelling import hint

_DESCRIPTION = "profile.yaml"
_KEYS = ("title", "description", "required", "fits", "prefixes", "lists", "properties")
_REQUIRABLE = tuple(
    sorted(
        {str(each.alias) for model in (Terms, Dataset) for each in model.model_fields.values()}
        - {"id", "tables", "formats", "markdown"}
    )
)


def packaged_profiles() -> list[str]:
    """The names of the profiles that come with the program."""
    return sorted(path.parent.name for path in resource_folder("shapes").glob(f"*/{_DESCRIPTION}"))


def read_profiles(folder: Path, entries: Sequence[str], document: Document | None = None) -> list[ApplicationProfile]:
    """The profiles that `profiles:` of the catalogue in `folder` lists; `document` is its catalogue.yaml, for places.

    Raises:
        ConfigurationError: there is no such profile, or its files are wrong.
        InputError: a file of it cannot be read.
    """
    found: list[ApplicationProfile] = []
    for number, entry in enumerate(entries):
        place = document.place(("profiles", number)) if document else None
        profile = _read(folder, entry, place)
        if profile.name in {each.name for each in found}:
            raise ConfigurationError(
                message('"{entry}" is the second profile called "{name}"', entry=entry, name=profile.name),
                place=place,
                remedy=message("List each profile once, and give each folder another name."),
            )
        _check_keys(profile, found, place)
        found.append(profile)
    return found


def _check_keys(profile: ApplicationProfile, others: Sequence[ApplicationProfile], place: Place | None) -> None:
    """Two profiles may have a key in common only if both mean the same property."""
    for other in others:
        for key in profile.properties.keys() & other.properties.keys():
            if profile.properties[key].iri != other.properties[key].iri:
                raise ConfigurationError(
                    message(
                        'the profiles {one} and {other} use the key "{key}" for different properties',
                        one=other.name,
                        other=profile.name,
                        key=key,
                    ),
                    place=place,
                    remedy=message("List one of the two, or rename the key in your own folder."),
                )


def _read(folder: Path, entry: str, place: Place | None) -> ApplicationProfile:
    packaged = packaged_profiles()
    if entry in packaged:
        return packaged_profile(entry)
    if not entry.startswith("./") or ".." in entry.split("/"):
        near = hint(entry, [*packaged, *_folders(folder)])
        raise ConfigurationError(
            message('there is no profile "{entry}"{hint}', entry=entry, hint=near),
            place=place,
            remedy=message(
                "Name one that comes with the program ({names}), or a folder of the catalogue, as ./rules.",
                names=", ".join(packaged),
            ),
        )
    rules = folder / entry
    if not rules.is_dir():
        raise ConfigurationError(
            message(
                'there is no folder "{entry}" in the catalogue{hint}', entry=entry, hint=hint(entry, _folders(folder))
            ),
            place=place,
            remedy=message("Create it with shapes/, ontology/ or lists/ in it, or correct the list."),
        )
    name = slug(rules.resolve().name)
    if name in packaged or not name:
        raise ConfigurationError(
            message('the profile "{entry}" has the name of one that comes with the program', entry=entry),
            place=place,
            remedy=message("Rename its folder."),
        )
    return _own_profile(folder, entry, name)


def packaged_profile(name: str) -> ApplicationProfile:
    """A profile that comes with the program; KeyError for no such name."""
    folder = resource_folder("shapes") / name
    if not (folder / _DESCRIPTION).is_file():
        raise KeyError(name)
    shown = f"{SHAPES}/{name}"
    document = read_document(folder / _DESCRIPTION, f"{shown}/{_DESCRIPTION}")
    fields, problems = _fields(document)
    fields.only((*_KEYS, "ontology"))
    terms = {f"{ONTOLOGY}/{file}": resource_folder("ontology") / file for file in fields.texts("ontology")}
    lists = tuple(read_code_list(path, shown) for path in sorted(folder.glob("lists/*.csv")))
    profile = ApplicationProfile(name, {}, _turtle(folder, shown), terms, lists)
    return _described(fields, problems, profile, shown)


def folder_profile(folder: Path) -> ApplicationProfile:
    """The profile in a folder; raises as `read_profiles`."""
    whole = folder.resolve()
    return _own_profile(whole.parent, f"./{whole.name}", slug(whole.name) or "profile")


def _own_profile(catalogue: Path, entry: str, name: str) -> ApplicationProfile:
    folder = catalogue / entry
    shown = entry.removeprefix("./").rstrip("/")
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    for path in files:
        if not path.resolve().is_relative_to(catalogue.resolve()):
            raise ConfigurationError(
                message("this is a link that leaves the catalogue"),
                place=Place(str(path)),
                remedy=message("Put the file itself there."),
            )
    profile = ApplicationProfile(
        name,
        {"und": name},
        _turtle(folder / SHAPES, f"{SHAPES}/{name}"),
        _turtle(folder / ONTOLOGY, f"{ONTOLOGY}/{name}"),
        tuple(read_code_list(path, shown) for path in files if path.match("lists/*.csv")),
    )
    description = folder / _DESCRIPTION
    if description.is_file():
        fields, problems = _fields(read_document(description, f"{shown}/{_DESCRIPTION}"))
        fields.only(_KEYS)
        return _described(fields, problems, profile, shown)
    check_codes(profile.lists, shown)
    if profile.shapes or profile.ontology or profile.lists:
        return profile
    raise ConfigurationError(
        message('the profile "{entry}" has no rules', entry=entry),
        place=Place(shown),
        remedy=message(
            "Put shapes into its folder shapes/, terms into ontology/, code lists into lists/, or name required "
            "fields in profile.yaml."
        ),
    )


def _fields(document: Document) -> tuple[Fields, Problems]:
    problems = Problems(document)
    if not isinstance(document.data, dict):
        raise ConfigurationError(
            message("the file must hold keys"),
            place=document.place(),
            remedy=message("Write its keys, as in {example}.", example="title: {en: …}"),
        )
    return Fields(document.data, (), problems), problems


def _described(fields: Fields, problems: Problems, profile: ApplicationProfile, shown: str) -> ApplicationProfile:
    """The profile with what its profile.yaml says."""
    lists = describe_code_lists(profile.lists, fields)
    check_codes(lists, shown)
    prefixes = read_prefixes(fields)
    properties = read_properties(fields, Vocabulary(lists, prefixes))
    required = fields.texts("required")
    known = (*_REQUIRABLE, *properties)
    for number, key in enumerate(required):
        if key not in known:
            unknown = message('"{key}" is not a key of dataset.yaml{hint}', key=key, hint=hint(key, known))
            problems.add(("required", number), unknown)
    title = fields.local_text("title") or {"und": profile.name}
    fits = tuple(frozenset(names.split()) for names in fields.texts("fits"))
    problems.raise_any()
    return replace(
        profile,
        title=title,
        required=required,
        fits=fits,
        lists=lists,
        prefixes={prefix: start for prefix, start in prefixes.items() if PREFIXES.get(prefix) != start},
        properties=properties,
    )


def _turtle(folder: Path, start: str) -> dict[str, Path]:
    return {f"{start}/{path.relative_to(folder).as_posix()}": path for path in sorted(folder.rglob("*.ttl"))}


def _folders(catalogue: Path) -> list[str]:
    found = (path for path in sorted(catalogue.iterdir()) if path.is_dir() and not path.name.startswith("."))
    return [f"./{path.name}" for path in found if (path / SHAPES).is_dir() or (path / _DESCRIPTION).is_file()]
