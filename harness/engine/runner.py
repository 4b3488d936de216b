"""Running what a run has not finished yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import closing
from typing import Protocol, TypeVar

from harness.engine.executor import Executor, Hear, Keyed
from harness.engine.plain import Plain
from harness.engine.store import Store
from srmetrics.errors import TaskError, UsageError

Report = Callable[[int, int], None]
"""Told how many of how many tasks are done."""


class StoredTask(Keyed, Protocol):
    """A task whose result is kept."""

    @property
    def fingerprint(self) -> str:
        """Of what the task is made from (digests of files, parameters); empty where the run's own says it all."""


Task = TypeVar("Task", bound=StoredTask)


def run_tasks(
    tasks: Iterable[Task],
    function: Callable[[Task], object],
    store: Store,
    executor: Executor,
    report: Report = lambda done, total: None,
    hear: Hear | None = None,
) -> dict[str, Plain]:
    """Run the tasks that the store lacks, storing each result as it comes, and return the results of all.

    Parameters
    ----------
    tasks : iterable
        Each with a key of its own. Earlier results of tasks that are not among them are left alone.
    function : callable
        Gives a task's result, in values that ``to_plain`` takes. It returns failures that are to be expected.
    store : Store
        Of the run; only this thread may write to it meanwhile.
    executor : Executor
        Results do not depend on which.
    report : callable, optional
        Called as ``report(done, total)``, first with what an earlier run had done.
    hear : callable, optional
        Called as ``hear(key, news)`` with what a task tells (`harness.engine.news.tell`) while it runs.

    Returns
    -------
    dict
        Key to result, in the order of the tasks, whatever the order in which they finished.

    Raises
    ------
    TaskError
        If the function raises (after what was in flight is stored), or two tasks have one key.
    UsageError
        If a stored result was made from something else.
    """
    planned = list(tasks)
    _refuse_twins(planned)
    todo = [task for task in planned if not _is_done(task, store)]
    done = len(planned) - len(todo)
    report(done, len(planned))
    listener = None if hear is None else _Listener(hear)
    with closing(executor.run(function, todo, listener)) as results:
        for task, result in results:
            store.append(task.key, task.fingerprint, result)
            if listener is not None and listener.error is not None:
                raise listener.error
            done += 1
            report(done, len(planned))
    return {task.key: store[task.key].value for task in planned}


class _Listener:
    """Hears news for somebody whose mistakes must not become those of a task: they are raised after its result."""

    def __init__(self, hear: Hear) -> None:
        self._hear = hear
        self.error: Exception | None = None

    def __call__(self, key: str, news: object) -> None:
        if self.error is not None:
            return
        try:
            self._hear(key, news)
        except Exception as error:
            self.error = error


def _refuse_twins(planned: list[Task]) -> None:
    for key, count in Counter(task.key for task in planned).items():
        if count > 1:
            raise TaskError(f"{count} tasks have one key", found=repr(key), expected="a key of its own for each")


def _is_done(task: Task, store: Store) -> bool:
    if task.key not in store:
        return False
    stored = store[task.key].fingerprint
    if stored != task.fingerprint:
        raise UsageError(
            f"the stored result of {task.key!r} was made from something else",
            found=f"{task.fingerprint!r} now",
            expected=f"{stored!r}, as it began",
            way_out="Put the first files back, or choose another folder with --out",
            file=store.path,
        )
    return True
