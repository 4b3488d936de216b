"""Running tasks on threads."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from harness.engine.executor import Crash, Hear, Outcomes, Result, Results, Task, settle
from harness.engine.news import Overheard
from harness.engine.one_thread import hold_this_thread, one_thread_each

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class OnThreads:
    """An executor on threads of this process; one worker is the calling thread itself."""

    workers: int

    def describe(self) -> str:
        """Say where tasks run."""
        return "in this process" if self.workers == 1 else f"on {self.workers} threads"

    def run(
        self, function: Callable[[Task], Result], tasks: Iterable[Task], hear: Hear | None = None
    ) -> Results[Task, Result]:
        """Yield each task with its result, as they come; see ``Executor``."""
        return settle(self._outcomes, function if hear is None else Overheard(function, _in_turn(hear)), tasks)

    def _outcomes(self, function: Callable[[Task], Result | Crash], tasks: Iterator[Task]) -> Outcomes[Task, Result]:
        with one_thread_each():
            if self.workers == 1:
                for task in tasks:
                    yield task, function(task)
                return
            with ThreadPoolExecutor(self.workers, "srmetrics", hold_this_thread) as pool:
                flying: dict[Future[Result | Crash], Task] = {}
                try:
                    # One more than the workers, so that none of them waits for this thread.
                    flying.update((pool.submit(function, task), task) for task in islice(tasks, self.workers + 1))
                    while flying:
                        done, _ = wait(flying, return_when=FIRST_COMPLETED)
                        arrived = [(flying.pop(future), future.result()) for future in done]
                        flying.update((pool.submit(function, task), task) for task in islice(tasks, len(arrived)))
                        yield from arrived
                finally:
                    for future in flying:
                        future.cancel()


def _in_turn(hear: Hear) -> Hear:
    """Return a listener that may be told by several threads at once."""
    turn = threading.Lock()

    def one_at_a_time(key: str, news: object) -> None:
        with turn:
            hear(key, news)

    return one_at_a_time


def run_on_threads(function: Callable[[Item], Result], tasks: Iterable[Item], workers: int) -> Iterator[Result]:
    """Yield ``function(task)`` for every task, in the order of the tasks.

    Parameters
    ----------
    function : callable
        Must not fail for input that is merely bad: it returns its failures.
    tasks : iterable
        Taken one by one, as workers come free.
    workers : int
        How many run at once; 1 runs in the calling thread.

    Notes
    -----
    OpenCV releases the interpreter's lock, so that threads score on as many cores; it is held to one thread of its
    own meanwhile, as many pairs at once are worth more than many threads on one pair.
    """
    with one_thread_each():
        if workers == 1:
            yield from map(function, tasks)
            return
        with ThreadPoolExecutor(workers, "srmetrics", hold_this_thread) as pool:
            waiting: deque[Future[Result]] = deque()
            try:
                for task in tasks:
                    waiting.append(pool.submit(function, task))
                    # One more than the workers, so that none of them waits for this thread.
                    if len(waiting) > workers:
                        yield waiting.popleft().result()
                while waiting:
                    yield waiting.popleft().result()
            finally:
                for future in waiting:
                    future.cancel()
