"""Finding ontology/, shapes/ and the sample catalogue: in a checkout, else in the installed wheel."""

from __future__ import annotations

from pathlib import Path

from st_opendata.errors import InputError
from st_opendata.messages.message import message


def resource_folder(name: str) -> Path:
    """The folder `ontology`, `shapes` or `datasets` of this program.

    A checkout wins over the copy in the wheel: an editable install may have left a stale one in site-packages.

    Raises:
        InputError: the installation is broken.
    """
    package = Path(__file__).resolve().parent
    checkout = package.parents[1]
    root = checkout if (checkout / "pyproject.toml").is_file() else package / "data"
    if (root / name).is_dir():
        return root / name
    raise InputError(
        message('the folder "{name}" of this program is missing', name=name),
        remedy=message("Install st-opendata again."),
    )
