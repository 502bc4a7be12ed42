"""The command line: one module per command, loaded when the command runs.

A command module imports cheap modules (click, errors, settings) at its top and heavy ones in its callback, so that
`--version`, `--help` and a mistyped command answer at once.
"""

from __future__ import annotations

from importlib import import_module
from keyword import iskeyword

import click

from st_opendata import __version__

COMMANDS = (
    "init",
    "import",
    "fetch",
    "check",
    "build",
    "convert",
    "validate",
    "score",
    "query",
    "explain",
    "diff",
    "serve",
    "verify",
    "publish",
    "pull",
    "demo",
    "doctor",
    "completion",
)


class LazyGroup(click.Group):
    """A group that imports the module of a command when the command runs."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
        """Names in the order in which a publisher meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The `command` of the module of that name, None for an unknown one."""
        if cmd_name not in COMMANDS:
            return None
        module = f"{cmd_name}_" if iskeyword(cmd_name) else cmd_name
        command: click.Command = import_module(f"st_opendata.cli.{module}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with our most similar names for an unknown command."""
        try:
            return super().resolve_command(ctx, args)
        except click.NoSuchCommand as error:
            raise click.NoSuchCommand(error.command_name, possibilities=COMMANDS, ctx=ctx) from None


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 success, 1 findings or differences, 2 wrong usage, 3 unreadable input or failed output, "
    "4 error of a remote server.",
)
@click.version_option(__version__, prog_name="st-opendata", message="%(prog)s %(version)s")
def cli() -> None:
    """Publish project facts as five-star linked open data.

    Write facts in spreadsheets, check them, and build a release: RDF, CSV, Excel and other files, described in DCAT-AP.
    Results go to standard output, progress and messages to standard error.
    """
