"""One thread for each worker: as many tasks at once as there are cores, each with the arithmetic of one thread.

A library that splits a sum among its own threads gives other last bits on other machines; and many workers with as
many threads each are slower than the workers alone.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
"""What libraries read when they are loaded, which may be in the middle of a run."""


def hold_to_one_thread() -> None:
    """Hold this process to one thread for each worker, for good: what a worker process begins with."""
    import cv2
    from threadpoolctl import threadpool_limits

    os.environ.update(dict.fromkeys(VARIABLES, "1"))
    cv2.setNumThreads(1)
    threadpool_limits(1)
    _set_torch_threads(1)


def hold_this_thread() -> None:
    """Hold OpenMP in a thread of a pool, where it counts for each thread by itself."""
    from threadpoolctl import threadpool_limits

    threadpool_limits(1)


@contextmanager
def one_thread_each() -> Iterator[None]:
    """Hold this process to one thread for each worker, and give it back what it had.

    A library that is loaded meanwhile keeps the one thread that it found.
    """
    import cv2
    from threadpoolctl import threadpool_limits

    opencv_threads, torch_threads = cv2.getNumThreads(), _torch_threads()
    with one_thread_for_libraries_to_come(), threadpool_limits(1):
        cv2.setNumThreads(1)
        _set_torch_threads(1)
        try:
            yield
        finally:
            cv2.setNumThreads(opencv_threads)
            if torch_threads is not None:
                _set_torch_threads(torch_threads)


@contextmanager
def one_thread_for_libraries_to_come() -> Iterator[None]:
    """Tell libraries that are loaded from here on, and processes that are started, to use one thread."""
    before = {name: os.environ.get(name) for name in VARIABLES}
    os.environ.update(dict.fromkeys(VARIABLES, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _torch_threads() -> int | None:
    torch = sys.modules.get("torch")
    return None if torch is None else int(torch.get_num_threads())


def _set_torch_threads(count: int) -> None:
    """Set torch's threads where it is loaded; where it is not, it will read the variables."""
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.set_num_threads(count)
