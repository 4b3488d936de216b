"""One thread for the arithmetic libraries, so that sums come out the same in every worker.

How many threads BLAS, OpenMP, OpenCV and torch use can change the last bits of a sum, and workers that each use
all cores are slower than workers that use one each.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock

_lock = Lock()
_users = 0
_give_back: list[Callable[[], None]] = []


@contextmanager
def one_thread() -> Iterator[None]:
    """Hold the libraries to one thread while any thread of this process is inside."""
    global _users
    with _lock:
        restore = _hold()  # in every thread: OpenMP counts its threads per thread
        if _users == 0:
            _give_back[:] = restore
        _users += 1
    try:
        yield
    finally:
        with _lock:
            _users -= 1
            if _users == 0:
                for undo in _give_back:
                    undo()


def _hold() -> list[Callable[[], None]]:
    import cv2
    from threadpoolctl import threadpool_limits

    opencv_before = cv2.getNumThreads()
    undo: list[Callable[[], None]] = [threadpool_limits(limits=1).restore_original_limits]
    cv2.setNumThreads(1)
    undo.append(lambda: cv2.setNumThreads(opencv_before))
    torch = sys.modules.get("torch")
    if torch is not None:
        torch_before = torch.get_num_threads()
        torch.set_num_threads(1)
        undo.append(lambda: torch.set_num_threads(torch_before))
    return undo
