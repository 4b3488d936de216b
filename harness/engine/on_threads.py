"""Running tasks on threads: results in the order of the tasks, never more in flight than there are workers."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")


def run_on_threads(
    function: Callable[[Task], Result], tasks: Iterable[Task], workers: int
) -> Iterator[Result]:
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
    with one_opencv_thread():
        if workers == 1:
            yield from map(function, tasks)
            return
        with ThreadPoolExecutor(workers, thread_name_prefix="srmetrics") as pool:
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


@contextmanager
def one_opencv_thread() -> Iterator[None]:
    """Hold OpenCV to one thread, and give it back what it had."""
    import cv2

    before = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        cv2.setNumThreads(before)
