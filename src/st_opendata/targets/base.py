"""The parts that all targets share: a plan from the desired and the remote state, applied and verified.

A target is a package next to this module and a line of the registry (`st_opendata.targets`). Its commands state
the options that open it; `publish` shows its plan and applies it, `verify` compares its contents with a release.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from st_opendata.errors import RemoteError
from st_opendata.http.client import is_transient
from st_opendata.messages.message import Message

_GIVE_UP = 3
"""If this number of changes in a row fails, each after further attempts, the target counts as down."""


OVERTAKEN = 412
"""The status of the error that another publisher's release won: no further change is begun."""


class Action(StrEnum):
    """An action of a plan on a dataset."""

    CREATE = "create"
    UPDATE = "update"
    ADOPT = "adopt"
    """A dataset of the target that we did not publish becomes ours; only with `Policy.adopt`."""
    REVIVE = "revive"
    DELETE = "delete"
    UNCHANGED = "unchanged"
    DRIFTED = "drifted"
    """It was edited, renamed or moved on the target; the release replaces it only with `Policy.overwrite`."""
    TAKEN = "taken"
    """The name is that of a dataset that we did not publish."""
    LEFT = "left"
    """Our dataset that is no longer in the release; deleted only with `Policy.prune`."""


WRITES = frozenset({Action.CREATE, Action.UPDATE, Action.ADOPT, Action.REVIVE, Action.DELETE})


@dataclass(frozen=True, slots=True)
class Policy:
    """The publisher's permissions.

    To overwrite edits, to delete datasets that are no longer in the release, to take over datasets that another
    program or person published. Where `only` names datasets, by their ids, the others are left alone.
    """

    overwrite: bool = False
    prune: bool = False
    adopt: bool = False
    only: tuple[str, ...] = ()


class DesiredFile(Protocol):
    """A file that a target should have, with its name there."""

    @property
    def file_name(self) -> str: ...  # noqa: D102

    @property
    def size(self) -> int: ...  # noqa: D102


class Desired(Protocol):
    """The desired state of a dataset on a target: its name there and its files by id."""

    @property
    def name(self) -> str: ...  # noqa: D102

    @property
    def files(self) -> Mapping[str, DesiredFile]: ...  # noqa: D102


Remote = Mapping[str, Any]
"""The remote state of a dataset, in the target's own terms."""
DesiredT_co = TypeVar("DesiredT_co", bound=Desired, covariant=True)


@dataclass(frozen=True, slots=True)
class FieldDifference:
    """A field of the dataset, or of the resource titled `resource`, before and after; None if it is missing.

    A field is the target's name for it, or a message if it has no name there. A value may be a message too.
    """

    field: Message | str
    before: object
    after: object
    resource: str | None = None


@dataclass(frozen=True, slots=True)
class Change(Generic[DesiredT_co]):
    """The action of a plan on one dataset, and why.

    `files` are ids of files to send. `remote` is the dataset on the target, maybe under another name; None if it is
    missing or did not have to be read.
    """

    action: Action
    name: str
    reason: Message
    desired: DesiredT_co | None = None
    remote: Remote | None = None
    differences: tuple[FieldDifference, ...] = ()
    files: tuple[str, ...] = ()

    @property
    def file_names(self) -> tuple[str, ...]:
        """Names of the files to send."""
        return self._names(self.files)

    @property
    def size(self) -> int:
        """Bytes of the files to send."""
        files = self.desired.files if self.desired else {}
        return sum(files[each].size for each in self.files)

    @property
    def note(self) -> Message | None:
        """Data that the change writes in addition to files, for people; None for nothing."""
        return None

    @property
    def details(self) -> dict[str, object]:
        """The same for programs, as JSON."""
        return {}

    def _names(self, identifiers: tuple[str, ...]) -> tuple[str, ...]:
        files = self.desired.files if self.desired else {}
        return tuple(files[each].file_name for each in identifiers)


ChangeT = TypeVar("ChangeT", bound=Change[Desired])
ChangeT_co = TypeVar("ChangeT_co", bound=Change[Desired], covariant=True)


@dataclass(frozen=True, slots=True)
class LandingPage:
    """A page that shows the published datasets: a key for programs, a label for people, the URL."""

    key: str
    label: Message
    url: str


@dataclass(frozen=True, slots=True)
class Plan(Generic[ChangeT_co]):
    """All changes by name, and remarks on them.

    `warnings` are faults of the target, `notes` are data that it does not accept; `details` is the same as JSON.
    """

    changes: tuple[ChangeT_co, ...]
    pages: tuple[LandingPage, ...] = ()
    warnings: tuple[Message, ...] = ()
    notes: tuple[Message, ...] = ()
    details: Mapping[str, object] = field(default_factory=dict)
    leading: str = ""
    """The name of the change that goes first, alone: of two publishers, the one who loses it writes nothing."""

    def of(self, *actions: Action) -> tuple[ChangeT_co, ...]:
        """The changes with these actions."""
        return tuple(change for change in self.changes if change.action in actions)

    @property
    def writes(self) -> tuple[ChangeT_co, ...]:
        """The changes that write, the leading one first."""
        found = self.of(*WRITES)
        first = tuple(change for change in found if change.name == self.leading)
        return first + tuple(change for change in found if change.name != self.leading)


@dataclass(frozen=True, slots=True)
class ChangeResult:
    """A change that was applied, or the error that ended it."""

    change: Change[Desired]
    error: RemoteError | OSError | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """A difference between the target and the release.

    `part` is a file, field or statement of the dataset; empty for the whole dataset.
    """

    dataset: str
    part: Message | str
    text: Message


@dataclass(frozen=True, slots=True)
class Verification:
    """The result of comparing the target at `url` with the release; `notes` and `details` as in a plan."""

    url: str
    datasets: int
    files: int
    size: int
    problems: tuple[Problem, ...]
    notes: tuple[Message, ...] = ()
    details: Mapping[str, object] = field(default_factory=dict)


Progress = Callable[[str, float], None]
"""Called with the name of the next part and the fraction that is done, 0 to 1."""
Sending = Callable[[str, int, int], None]
"""Called from any thread with the name of what is being sent, its bytes sent so far, and all its bytes."""


class Target(Protocol[ChangeT]):
    """A place to publish releases. Each method raises RemoteError if the target refuses, fails or cannot be reached."""

    @property
    def workers(self) -> int:
        """The most changes to apply at the same time."""

    def plan(self, release: Path, policy: Policy) -> Plan[ChangeT]:
        """The changes that publishing the release would make; writes nothing. Raises UsageError for unknown names."""

    def apply(self, change: ChangeT, on_sending: Sending | None) -> None:
        """Carry out one change so that it can be interrupted and run again. Raises OSError where a file is unreadable.

        Called from several threads.
        """

    def verify(self, release: Path, on_progress: Progress, *, detailed: bool = False) -> Verification:
        """Compare the data that visitors get with the release; `detailed` requests complete `details`."""

    def close(self) -> None:
        """Close connections and save the state for the next run."""


def apply(
    plan: Plan[ChangeT],
    target: Target[ChangeT],
    *,
    on_progress: Callable[[ChangeResult], None] = lambda _: None,
    on_sending: Sending | None = None,
) -> tuple[ChangeResult, ...]:
    """Carry out the writes of a plan, several at a time; `on_progress` is called with each result in this thread.

    Failures of one dataset do not stop the others, unless several in a row show that the target is down, or another
    publisher's release won: changes that were not begun then are not in the result.
    """
    writes = plan.writes
    leads = bool(writes) and writes[0].name == plan.leading
    waiting = iter(writes)
    results: list[ChangeResult] = []
    failed_in_a_row, overtaken = 0, False
    with ThreadPoolExecutor(target.workers) as pool:
        running: set[Future[ChangeResult]] = set()
        while True:
            most = 1 if leads and not results else target.workers
            while failed_in_a_row < _GIVE_UP and not overtaken and len(running) < most:
                if not (change := next(waiting, None)):
                    break
                running.add(pool.submit(_apply, change, target, on_sending))
            if not running:
                return tuple(results)
            finished, running = wait(running, return_when=FIRST_COMPLETED)
            for result in (future.result() for future in finished):
                lost = isinstance(result.error, RemoteError) and is_transient(result.error)
                failed_in_a_row = failed_in_a_row + 1 if lost else 0
                overtaken = overtaken or getattr(result.error, "status", 0) == OVERTAKEN
                results.append(result)
                on_progress(result)


def _apply(change: ChangeT, target: Target[ChangeT], on_sending: Sending | None) -> ChangeResult:
    try:
        target.apply(change, on_sending)
    except (RemoteError, OSError) as error:
        return ChangeResult(change, error)
    return ChangeResult(change)


@dataclass(frozen=True, slots=True)
class Option:
    """A target's option for the command line, `--name`.

    `type` is str, int, float (seconds), bool (a flag), date or Path; `bounds` are the least and the largest number.
    """

    name: str
    help: str
    type: type = str
    metavar: str | None = None
    required: bool = False
    default: object = None
    bounds: tuple[int, int | None] | None = None


@dataclass(frozen=True, slots=True)
class TargetCommand:
    """A command of a target: its summary, help and options, and the function that opens the target.

    The function gets the path of the release as `release`, and the values of the options.

    `needed_for` is the subject of the sentence that names a missing package of the extra.
    """

    summary: str
    help: str
    options: tuple[Option, ...]
    open: Callable[..., Target[Any]]
    needed_for: Message


@dataclass(frozen=True, slots=True)
class TargetType:
    """A target for the registry: the extra with its packages, and its commands."""

    extra: str
    publish: TargetCommand
    verify: TargetCommand
