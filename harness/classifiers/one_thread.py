"""One thread for the arithmetic libraries while a classifier trains, whoever runs it.

How many threads BLAS, OpenMP, OpenCV and torch use can change the last bits of a sum. The executors hold their
workers to one thread; this holds a task that is run by hand, or in several threads of one process, to the same.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock

_lock = Lock()
_users = 0
_give_back: dict[str, Callable[[], None]] = {}


@contextmanager
def one_thread() -> Iterator[None]:
    """Hold the libraries to one thread while any thread of this process is inside."""
    global _users
    with _lock:
        _hold()  # in every thread: OpenMP counts its threads for each thread by itself
        _users += 1
    try:
        yield
    finally:
        with _lock:
            _users -= 1
            if _users == 0:
                for undo in _give_back.values():
                    undo()
                _give_back.clear()


def _hold() -> None:
    import cv2
    from threadpoolctl import threadpool_limits

    opencv_before = cv2.getNumThreads()
    _give_back.setdefault("opencv", lambda: cv2.setNumThreads(opencv_before))
    cv2.setNumThreads(1)
    limits = threadpool_limits(limits=1)
    _give_back.setdefault("threadpools", limits.restore_original_limits)
    torch = sys.modules.get("torch")  # which may have been loaded since the first user came
    if torch is not None:
        torch_before = torch.get_num_threads()
        _give_back.setdefault("torch", lambda: torch.set_num_threads(torch_before))
        torch.set_num_threads(1)
