"""What runs tasks: threads, processes or a cluster, with the same results."""

from __future__ import annotations

import pickle
import traceback
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Literal, Protocol, TypeAlias, TypeVar

from srmetrics.errors import SrmetricsError, TaskError, UsageError


class Keyed(Protocol):
    """A task: what can be told from all others of a run by its key."""

    @property
    def key(self) -> str:
        """The same in every run of the same command."""


Task = TypeVar("Task", bound=Keyed)
Result = TypeVar("Result")
Results: TypeAlias = Generator[tuple[Task, Result], None, None]
Hear: TypeAlias = Callable[[str, object], None]
"""Told a task's key and what it tells before it is finished (`harness.engine.news.tell`); called once at a time."""


class Executor(Protocol):
    """Runs a function on tasks, some of them at once."""

    def describe(self) -> str:
        """Say where tasks run, as a clause."""

    def run(
        self, function: Callable[[Task], Result], tasks: Iterable[Task], hear: Hear | None = None
    ) -> Results[Task, Result]:
        """Yield each task with its result, as they come: in any order.

        Tasks are taken as workers come free, so that few are in flight. A function returns its failures; where it
        raises, no more tasks are begun, those in flight are still yielded, and then a ``TaskError`` names the task.
        Whatever runs elsewhere than on threads must be picklable. News are for people: some may be lost, with a worker
        or on a slow way, and those of a task that runs twice are told twice.
        """


@dataclass(frozen=True, slots=True)
class Crash:
    """An exception that left the function: a value, so that it travels between processes like a result."""

    summary: str
    """The exception's type and text."""
    trace: str
    error: BaseException | None = None
    """The exception itself, where it can travel."""

    @classmethod
    def of(cls, error: BaseException) -> Crash:
        """Return the crash that this exception is."""
        trace = "".join(traceback.format_exception(error))
        return cls(f"{type(error).__name__}: {error}", trace, error if _travels(error) else None)


@dataclass(frozen=True, slots=True)
class Guarded(Generic[Task, Result]):
    """A function whose exceptions are results."""

    function: Callable[[Task], Result]

    def __call__(self, task: Task) -> Result | Crash:
        """Return the function's result, or its crash."""
        try:
            return self.function(task)
        except (Exception, SystemExit) as error:
            return Crash.of(error)


Outcomes: TypeAlias = Generator[tuple[Task, Result | Crash], None, None]


def settle(
    start: Callable[[Callable[[Task], Result | Crash], Iterator[Task]], Outcomes[Task, Result]],
    function: Callable[[Task], Result],
    tasks: Iterable[Task],
) -> Results[Task, Result]:
    """Yield what ``start`` brings; after a crash begin nothing more, let those in flight arrive, then raise it.

    Raises
    ------
    TaskError
        Naming the first task that crashed, with its exception as the cause.
    """
    crashed: list[tuple[str, Crash]] = []

    def until_crash() -> Iterator[Task]:
        for task in tasks:
            if crashed:
                return
            yield task

    with closing(start(Guarded(function), until_crash())) as outcomes:
        for task, outcome in outcomes:
            if isinstance(outcome, Crash):
                crashed.append((task.key, outcome))
            else:
                yield task, outcome
    if crashed:
        raise _task_error(crashed) from crashed[0][1].error


def choose_executor(
    workers: int,
    dask: str | None = None,
    kind: Literal["threads", "processes"] = "threads",
    shared: Sequence[Path] = (),
) -> Executor:
    """Return what runs the tasks that the command line asks for.

    Parameters
    ----------
    workers : int
        How many tasks at once, from 1; on a cluster, its own workers count.
    dask : str, optional
        Address of a Dask scheduler, such as ``tcp://10.0.0.1:8786``.
    kind : {"threads", "processes"}
        Threads for work that lets go of the interpreter (OpenCV, file reading); processes for what holds it, and for
        what uses the global state of its process, such as torch's random numbers while a network trains. On a
        cluster, a worker with several threads runs one task of the second kind at a time.
    shared : sequence of path
        What a cluster's workers must find where it is here: folders of images, weights, the run folder.

    Raises
    ------
    UsageError
        For a number of workers under 1 or an unknown kind.
    """
    from harness.engine.on_dask import OnDask
    from harness.engine.on_processes import OnProcesses
    from harness.engine.on_threads import OnThreads

    if isinstance(workers, bool) or not isinstance(workers, int) or workers < 1:
        raise UsageError("impossible number of workers", found=repr(workers), expected="a whole number from 1")
    if kind not in ("threads", "processes"):
        raise UsageError("unknown kind of workers", found=repr(kind), expected="threads or processes")
    if dask is not None:
        return OnDask(dask, tuple(shared), alone=kind == "processes")
    return OnThreads(workers) if kind == "threads" else OnProcesses(workers)


def _travels(error: BaseException) -> bool:
    try:
        return type(pickle.loads(pickle.dumps(error))) is type(error)  # noqa: S301 - our own bytes of a moment ago
    except Exception:
        return False


def _task_error(crashed: Sequence[tuple[str, Crash]]) -> TaskError:
    key, crash = crashed[0]
    others = f", and {len(crashed) - 1} more in flight with it" if len(crashed) > 1 else ""
    error = TaskError(
        f"the task {key!r} failed{others}",
        found=crash.summary.removesuffix("."),
        way_out="What was finished is kept: run the same command again to go on with the rest",
        file=crash.error.file if isinstance(crash.error, SrmetricsError) else None,
    )
    error.add_note(crash.trace)
    return error
