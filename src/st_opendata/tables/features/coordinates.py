"""Coordinates of other systems in WGS 84, by pyproj: the extra `geo` installs it, with all parameters but grids."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from st_opendata.errors import MessageError
from st_opendata.messages.message import Message, message
from st_opendata.tables.features.records import Crs

Transform = Callable[[Sequence[float], Sequence[float]], tuple[Sequence[float], Sequence[float]]]


class MissingPackageError(MessageError):
    """The extra `geo` is not installed."""


class Conversion:
    """The conversion from a system to degrees of WGS 84, longitude first. It never opens a connection.

    Raises:
        MissingPackageError: pyproj is not installed.
        MessageError: pyproj does not know the system, or it has no degrees.
    """

    def __init__(self, crs: Crs) -> None:
        try:
            import pyproj
            import pyproj.network
        except ModuleNotFoundError as error:
            if (error.name or "").partition(".")[0] != "pyproj":
                raise
            raise MissingPackageError(message("pyproj is not installed")) from None
        network: Any = pyproj.network  # its types do not export the function that its documentation names
        network.set_network_enabled(False)
        try:
            self._transformer: Any = pyproj.Transformer.from_crs(crs.definition, "OGC:CRS84", always_xy=True)
        except pyproj.exceptions.ProjError:
            raise MessageError(message("the coordinate system {crs} is not known", crs=crs.name)) from None
        self._used: Any = None

    def __call__(self, east: Sequence[float], north: Sequence[float]) -> tuple[Sequence[float], Sequence[float]]:
        """Longitudes and latitudes; infinite where a position has none."""
        longitudes, latitudes = self._transformer.transform(list(east), list(north))
        if self._used is None:
            self._used = self._transformer.get_last_used_operation()
        return longitudes, latitudes

    @property
    def accuracy(self) -> Message | str:
        """The accuracy that the register states for the operation that was used."""
        metres = getattr(self._used, "accuracy", -1)
        return f"{metres:g} m" if metres >= 0 else message("unknown")
