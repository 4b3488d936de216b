"""What a task tells before it is finished: for people who wait, and never a part of its result."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Generic

from harness.engine.executor import Result, Task

_LISTENER: ContextVar[Callable[[object], None] | None] = ContextVar("srmetrics_listener", default=None)


def tell(news: object) -> None:
    """Tell whoever waits for the running task; nobody, where nobody listens.

    Parameters
    ----------
    news : object
        Small, and such that it can be pickled: it may cross to another process.
    """
    listener = _LISTENER.get()
    if listener is not None:
        listener(news)


def is_heard() -> bool:
    """Return whether anybody listens: what is made only to be told need not be made otherwise."""
    return _LISTENER.get() is not None


@contextmanager
def listening(listener: Callable[[object], None] | None) -> Iterator[None]:
    """Let a listener hear what is told within, in this thread; None lets nobody."""
    before = _LISTENER.set(listener)
    try:
        yield
    finally:
        _LISTENER.reset(before)


@dataclass(frozen=True, slots=True)
class Overheard(Generic[Task, Result]):
    """A function whose tasks' news go to a listener, with the key of the task."""

    function: Callable[[Task], Result]
    hear: Callable[[str, object], None]

    def __call__(self, task: Task) -> Result:
        """Run the function."""

        def with_key(news: Any) -> None:
            self.hear(task.key, news)

        with listening(with_key):
            return self.function(task)
