"""Commands that need an extra: where a package of it is missing, the extra is named, and what installs it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from st_opendata.errors import UsageError
from st_opendata.messages.message import Message


@contextmanager
def needing(extra: str, what: Message | str) -> Iterator[None]:
    """For the imports of a command; `what` is what needs them, as the start of a sentence.

    Raises:
        UsageError: a package of the extra is not installed.
        ModuleNotFoundError: another one is missing; that extra would not bring it.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        package = missing_package(error, extra)
        if package is None:
            raise
        raise UsageError(f"{what} needs the package {package}", remedy=install_command(extra)) from error


def missing_package(error: ModuleNotFoundError, extra: str) -> str | None:
    """The package of the extra whose module was not found; None where it is of no such package."""
    from st_opendata.diagnosis import required_packages

    missing = (error.name or "").partition(".")[0]
    return next((name for name in required_packages(extra) if module_name(name) == missing), None)


def module_name(package: str) -> str:
    """What is imported of a package of our extras."""
    return package.lower().removeprefix("python-").replace("-", "_")


def install_command(extra: str) -> str:
    """What installs the extra."""
    return f"pip install 'st-opendata[{extra}]'"
