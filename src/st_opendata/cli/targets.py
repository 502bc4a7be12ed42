"""Commands of targets: a group has one for each, made from the options that the target declares."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from st_opendata.cli.console import warn_insecure
from st_opendata.cli.extras import needing
from st_opendata.cli.options import DATE, SECONDS, path_type

if TYPE_CHECKING:
    from st_opendata.targets.base import Option, Target, TargetCommand, TargetType


@dataclass(frozen=True, slots=True)
class TargetUse:
    """What a group does with targets: the part of each that it uses, its options, and the function that it runs."""

    part: Callable[[TargetType], TargetCommand]
    options: tuple[click.Option, ...]
    run: Callable[..., int]


class TargetGroup(click.Group):
    """A group with a command for each target (`st_opendata.targets`), in addition to its own commands."""

    use: TargetUse

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Its own commands and the targets, by name."""
        from st_opendata.targets import TARGETS

        return sorted({*super().list_commands(ctx), *TARGETS})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, None for an unknown one."""
        from st_opendata.targets import TARGETS, target_type

        if cmd_name in TARGETS:
            return _command(cmd_name, target_type(cmd_name), self.use)
        return super().get_command(ctx, cmd_name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with our most similar names for an unknown command."""
        try:
            return super().resolve_command(ctx, args)
        except click.NoSuchCommand as error:
            names: Sequence[str] = self.list_commands(ctx)
            raise click.NoSuchCommand(error.command_name, possibilities=names, ctx=ctx) from None


def _command(name: str, target: TargetType, use: TargetUse) -> click.Command:
    part = use.part(target)
    own = [option.name for option in use.options]

    def run(release: Path, **values: Any) -> int:  # noqa: ANN401 (of the options)
        shared = {str(key): values.pop(str(key)) for key in own}
        warn_insecure(bool(values.get("insecure")), shared.get("lang"))
        with ExitStack() as opened:
            with needing(target.extra, part.needed_for):
                found: Target[Any] = part.open(release=release, **values)
            opened.callback(found.close)
            return use.run(found, release, **shared)

    parameters = [click.Argument(["release"], type=path_type), *map(_option, part.options), *use.options]
    return click.Command(name, params=parameters, callback=run, help=part.help, short_help=part.summary)


def _option(option: Option) -> click.Option:
    settings: dict[str, Any] = {"help": option.help, "required": option.required, "metavar": option.metavar}
    if option.type is bool:
        settings["is_flag"] = True
    else:
        kinds: dict[type, click.ParamType[Any]] = {float: SECONDS, Path: path_type, date: DATE}
        settings["type"] = click.IntRange(*option.bounds) if option.bounds else kinds.get(option.type, option.type)
    if option.default is not None:
        settings |= {"default": option.default, "show_default": True}
    return click.Option([f"--{option.name}"], **settings)
