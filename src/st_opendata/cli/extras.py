"""Commands that need an extra: the error of a missing package names the extra and the command that installs it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from st_opendata.errors import UsageError
from st_opendata.messages.message import Message, message


@contextmanager
def needing(extra: str, purpose: Message | str) -> Iterator[None]:
    """For the imports of a command; `purpose` is what needs them, as the subject of a sentence.

    Raises:
        UsageError: a package of the extra is not installed.
        ModuleNotFoundError: another module is missing, which the extra does not install.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        package = missing_package(error, extra)
        if package is None:
            raise
        raise UsageError(
            message("{purpose} needs the package {package}", purpose=purpose, package=package),
            remedy=message("Install it with: {command}", command=install_command(extra)),
        ) from error


def missing_package(error: ModuleNotFoundError, extra: str) -> str | None:
    """The package of the extra whose module was not found; None if the module belongs to no such package."""
    from st_opendata.diagnosis import required_packages

    missing = (error.name or "").partition(".")[0]
    return next((name for name in required_packages(extra) if module_name(name) == missing), None)


def module_name(package: str) -> str:
    """The module of a package of our extras."""
    return package.lower().removeprefix("python-").replace("-", "_")


def install_command(extra: str) -> str:
    """The command that installs the extra."""
    return f"pip install 'st-opendata[{extra}]'"
