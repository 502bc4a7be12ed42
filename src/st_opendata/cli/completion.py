"""`st-opendata completion`: the script that makes a shell complete commands, options, datasets and things."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem, get_completion_class

if TYPE_CHECKING:
    from st_opendata.model.release import Release

_SHELLS = ("bash", "zsh", "fish")
_MOST = 200
"""The number of things that a shell can show."""


@click.command(short_help="Print the script that completes commands in a shell.")
@click.argument("shell", type=click.Choice(_SHELLS))
def command(*, shell: str) -> int:
    """Print the script that completes st-opendata in SHELL.

    \b
    bash: echo 'eval "$(st-opendata completion bash)"' >> ~/.bashrc
    zsh:  echo 'eval "$(st-opendata completion zsh)"' >> ~/.zshrc
    fish: st-opendata completion fish > ~/.config/fish/completions/st-opendata.fish
    """  # noqa: D301 (click wants the character itself)
    from st_opendata.cli import cli

    kind = get_completion_class(shell)
    assert kind is not None
    click.echo(kind(cli, {}, "st-opendata", "_ST_OPENDATA_COMPLETE").source())
    return 0


def complete_dataset(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The datasets of the releases that the command line names."""
    from st_opendata.model.text import pick

    known = {dataset.id: pick(dataset.title, "en") for release in _releases(ctx) for dataset in release.datasets}
    return [CompletionItem(name, help=title) for name, title in known.items() if name.startswith(incomplete)]


def complete_thing(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The things of the release, named as from its base: kinds (`city/`) first, then those of a kind (`city/lyon`)."""
    found: dict[str, None] = {}
    for release in _releases(ctx):
        start = f"<{release.base}{incomplete}"
        for line in _lines(Path(ctx.params["release"]), release):
            if line.startswith(start):
                name = line[len(release.base) + 1 : line.index(">")]
                kind, slash, _ = name.partition("/")
                found[name if "/" in incomplete else kind + slash] = None
            if len(found) == _MOST:
                break
    return [CompletionItem(name) for name in sorted(found)]


def _releases(ctx: click.Context) -> Iterator[Release]:
    """The releases among the arguments that were already typed; any other folder completes nothing.

    While the reader types the value of an option, click has not separated the arguments yet: they are in `args`.
    """
    from st_opendata.errors import StError
    from st_opendata.release import read_release

    named = [value for value in ctx.params.values() if isinstance(value, Path)]
    for folder in dict.fromkeys([*named, *map(Path, ctx.args)]):
        with suppress(StError, OSError):
            yield read_release(folder)


def _lines(folder: Path, release: Release) -> Iterable[str]:
    for dataset in release.datasets:
        for each in dataset.distributions:
            if each.format.name == "nt":
                with (folder / each.file.path).open(encoding="utf-8") as stream:
                    yield from stream
