"""Refusals of a portal, with the file and the property for people in place of a position and a field."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeGuard

from st_opendata.errors import RemoteError
from st_opendata.messages.message import Message, chained, message
from st_opendata.namespaces import readable
from st_opendata.targets.ckan.connection import TOO_LARGE, format_details
from st_opendata.targets.ckan.fields import Field, Schema
from st_opendata.targets.ckan.packages import Resource
from st_opendata.targets.ckan.plan import DatasetChange
from st_opendata.targets.ckan.site import Site

_TOO_LARGE = 413
_THERE = "Resource id already exists"
_CORRECT = message("Correct it in catalogue.yaml, dataset.yaml or the tables, build the release and publish again.")


def explain_refusal(error: RemoteError, change: DatasetChange, site: Site) -> RemoteError:
    """The error that ended a change, in words of the release if its content was refused."""
    if change.desired is None:
        return error
    sent = [resource for resource in change.desired.package.resources if resource.id in change.files]
    if sent and (error.status == _TOO_LARGE or "upload" in error.details):
        return _reworded(error, _large(sent), TOO_LARGE)
    if error.status != 409 or not error.details or "match" in error.details:
        return error
    if _THERE in format_details(error.details):
        text = message(
            'files of the dataset "{name}" are on the portal already, as those of another dataset', name=change.name
        )
        remedy = message(
            "Run the command again: it then looks for the dataset under another name. If it finds none, ask an "
            "administrator to purge the dataset that has the files, or publish from where it was published."
        )
        return _reworded(error, text, remedy)
    refused = list(_refused(error.details, change.desired.package.resources, site.field_map()))
    faults = chained(refused)
    return _reworded(error, message("the portal refused {faults}", faults=faults), _CORRECT)


def _large(sent: Iterable[Resource]) -> Message:
    """CKAN does not say which of the files is too large, but the largest of them is."""
    largest = max(sent, key=lambda resource: resource.size)
    return message(
        "the portal does not accept files as large as {file} ({size} bytes)",
        file=largest.file_name,
        size=f"{largest.size:,}",
    )


def _refused(details: Mapping[str, object], resources: tuple[Resource, ...], schema: Schema) -> Iterator[Message]:
    """Each fault with the file or dataset, the field and the property that fills it."""
    for field, fault in details.items():
        if field == "resources" and _by_position(fault, resources):
            for resource, faults in zip(resources, fault, strict=False):
                for name, text in faults.items():
                    yield message(
                        "{field} of {file}: {fault}",
                        field=_field_label(name, schema.resource),
                        file=resource.file_name,
                        fault=format_details(text),
                    )
        else:
            label = _field_label(field, (*schema.dataset, *schema.extras))
            yield message("{field} of the dataset: {fault}", field=label, fault=format_details(fault))


def _by_position(fault: object, resources: tuple[Resource, ...]) -> TypeGuard[list[Mapping[str, object]]]:
    """Whether the portal lists the faults of each resource, in the order in which they were sent."""
    if not isinstance(fault, list) or len(fault) > len(resources):
        return False
    return all(isinstance(faults, Mapping) for faults in fault)


def _field_label(name: str, fields: Iterable[Field]) -> str:
    """A field of CKAN, with the property behind it: `temporal_coverage (dct:temporal)`."""
    path = next((field.path for field in fields if field.name == name), ())
    return f"{name} ({readable(path[0])})" if path else name


def _reworded(error: RemoteError, text: Message, remedy: Message) -> RemoteError:
    return RemoteError(text, place=error.place, remedy=remedy, status=error.status, details=error.details)
