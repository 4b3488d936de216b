"""Running tasks on the workers of a Dask cluster."""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import islice
from pathlib import Path
from queue import Empty, SimpleQueue
from time import monotonic
from typing import Any

from harness.engine.dask_news import DaskNews, send_news, subscribe
from harness.engine.dask_workers import PACKAGES, Needs, make_probe
from harness.engine.executor import Crash, Hear, Outcomes, Result, Results, Task, settle
from harness.engine.news import listening
from harness.engine.one_thread import hold_to_one_thread
from srmetrics.errors import DependencyError, TaskError, WorkerError

CONNECTING = 15.0
"""Seconds in which the scheduler must answer."""

AHEAD = 2
"""Tasks in flight for each thread of the cluster: one that runs and one on its way."""

LOOKING = 1.0
"""Seconds between looks at how many workers there are."""


@dataclass(frozen=True, slots=True)
class OnDask:
    """An executor on a Dask cluster, whose workers see the same files as this machine under the same paths.

    A worker that is lost costs time: the scheduler gives its tasks to others, as often as its setting
    ``distributed.scheduler.allowed-failures`` says. Workers may come and go.
    """

    address: str
    """Of the scheduler: ``tcp://10.0.0.1:8786``."""
    shared: tuple[Path, ...] = ()
    """What every worker must see, which is looked at before the first task."""
    alone: bool = False
    """A worker with several threads runs one task at a time: for functions that use a process's global state."""
    patience: float = 600.0
    """Seconds that a cluster may be without any worker."""

    def describe(self) -> str:
        """Say where tasks run, and what is taken for granted."""
        return f"on the Dask cluster at {self.address}, whose workers must see the same files under the same paths"

    def run(
        self, function: Callable[[Task], Result], tasks: Iterable[Task], hear: Hear | None = None
    ) -> Results[Task, Result]:
        """Yield each task with its result, as they come; see ``Executor``.

        Raises
        ------
        DependencyError
            If dask is not installed.
        WorkerError
            If the scheduler cannot be reached or is lost, no worker is there, or one has other versions or files.
        """
        return settle(partial(self._outcomes, hear), function, tasks)

    def check(self) -> None:
        """Look at every worker's versions and files, before anything is begun.

        Raises
        ------
        DependencyError, WorkerError
            As ``run``.
        """
        with self._connected() as client:
            self._checked(client)

    def _outcomes(
        self, hear: Hear | None, function: Callable[[Task], Result | Crash], tasks: Iterator[Task]
    ) -> Outcomes[Task, Result]:
        with self._connected() as client:
            import cloudpickle

            needs = self._checked(client)
            payload = cloudpickle.dumps((_Alone(function) if self.alone else function, needs))
            finished: SimpleQueue[Any] = SimpleQueue()
            flying: dict[str, tuple[Any, Task]] = {}
            workers = _Workers(client, self)
            run = "" if hear is None else subscribe(client, finished)
            try:
                while True:
                    for task in islice(tasks, max(0, workers.room() - len(flying))):
                        future = client.submit(_run_there, payload, cloudpickle.dumps(task), run, pure=False)
                        flying[future.key] = (future, task)
                        future.add_done_callback(finished.put)
                    if not flying:
                        return
                    try:
                        future = finished.get(timeout=LOOKING)
                    except Empty:
                        continue
                    if isinstance(future, DaskNews):
                        if hear is not None and future.run == run:
                            future.tell(hear)
                        continue
                    try:
                        outcome = self._outcome_of(future)
                    except TimeoutError:
                        # Its worker was lost before the result was fetched, and it is made again.
                        finished.put(future)
                        continue
                    yield flying.pop(future.key)[1], outcome
            finally:
                # What is still in flight when the run is given up; a scheduler that was lost has forgotten it.
                with suppress(Exception):
                    client.cancel([future for future, _ in flying.values()])

    @contextmanager
    def _connected(self) -> Iterator[Any]:
        try:
            from distributed import Client
            from distributed.comm import get_address_host_port
            from distributed.versions import VersionMismatchWarning
        except ImportError as error:
            raise DependencyError(
                "dask is not installed, which --dask needs", way_out="pip install 'srmetrics[dask]'"
            ) from error
        try:
            # The client looks at it too late, and then complains of itself for half a minute.
            if not self.address.startswith("inproc://"):
                get_address_host_port(self.address)
            with warnings.catch_warnings():
                # The versions are looked at here, and a difference is an error.
                warnings.simplefilter("ignore", VersionMismatchWarning)
                client = Client(self.address, timeout=CONNECTING, set_as_default=False, name="srmetrics")
        except (OSError, ValueError) as error:
            raise WorkerError(
                "the Dask scheduler cannot be reached",
                found=f"{self.address} ({error})",
                expected="the address of a running scheduler, such as tcp://10.0.0.1:8786",
            ) from error
        try:
            yield client
        finally:
            with suppress(Exception):
                client.close()

    def _checked(self, client: Any) -> Needs:
        needs = Needs.of_here(self.shared)
        try:
            found = client.run(make_probe(), PACKAGES, needs.paths, on_error="return")
        except OSError as error:
            raise self.lost() from error
        for worker, answer in sorted(found.items()):
            if isinstance(answer, OSError):
                continue  # Lost in this moment; whichever comes in its place is looked at when it gets a task.
            if isinstance(answer, BaseException):
                raise WorkerError(
                    f"the Dask worker {worker} cannot say what it has", found=f"{type(answer).__name__}: {answer}"
                ) from answer
            needs.check(worker, answer)
        return needs

    def _outcome_of(self, future: Any) -> Any:
        from distributed import KilledWorker

        if future.status == "error":
            error = future.exception(timeout=CONNECTING)
            if not isinstance(error, KilledWorker):
                return Crash.of(error)
            return Crash.of(
                TaskError(
                    f"{error.allowed_failures + 1} Dask workers died while they ran it",
                    way_out="If their memory ran out, give them more, or fewer threads each",
                )
            )
        try:
            return future.result(timeout=LOOKING)
        except (asyncio.CancelledError, concurrent.futures.CancelledError) as error:
            raise self.lost() from error

    def lost(self) -> WorkerError:
        """Return the error for a scheduler that does not answer any more."""
        return WorkerError(
            "the connection to the Dask scheduler was lost",
            found=self.address,
            way_out="What was finished is kept: start it and run the same command again",
        )


class _Workers:
    """How many threads the cluster has, looked at now and then."""

    def __init__(self, client: Any, executor: OnDask) -> None:
        self._client, self._executor = client, executor
        self._threads = 0
        self._looked = -LOOKING
        self._seen = monotonic()

    def room(self) -> int:
        """Return how many tasks may be in flight.

        Raises
        ------
        WorkerError
            If there has been no worker for longer than the executor's patience, or the scheduler is lost.
        """
        now = monotonic()
        if now - self._looked < LOOKING:
            return AHEAD * max(1, self._threads)
        try:
            self._threads = sum(self._client.nthreads().values())
        except Exception as error:
            raise self._executor.lost() from error
        self._looked = now
        if self._threads > 0:
            self._seen = now
        elif now - self._seen > self._executor.patience:
            raise WorkerError(
                f"the Dask cluster has had no worker for {self._executor.patience:.0f} seconds",
                found=self._executor.address,
                way_out="What was finished is kept: start workers and run the same command again",
            )
        # A cluster that grows with its work has no worker until it has a task.
        return AHEAD * max(1, self._threads)


_THREAD = threading.local()
_ONE_AT_A_TIME = threading.Lock()


@dataclass(frozen=True, slots=True)
class _Alone:
    """A function that has its process to itself while it runs."""

    function: Callable[[Any], object]

    def __call__(self, task: object) -> object:
        with _ONE_AT_A_TIME:
            return self.function(task)


def _run_there(payload: bytes, task: bytes, run: str) -> object:
    """Run a task on a worker: what is submitted. News go to the run, where it has a name."""
    import cloudpickle

    if not getattr(_THREAD, "held", False):
        hold_to_one_thread()
        _THREAD.held = True
    function = _loaded(payload)
    if isinstance(function, Crash):
        return function
    loaded = cloudpickle.loads(task)
    with listening(partial(send_news, run, loaded.key) if run else None):
        return function(loaded)


@lru_cache(maxsize=2)
def _loaded(payload: bytes) -> Any:
    """Load the function once for all of its tasks, with what it keeps, on a worker that has what it needs."""
    import cloudpickle
    from distributed import get_worker

    function, needs = cloudpickle.loads(payload)
    try:
        needs.check(get_worker().address, make_probe()(PACKAGES, needs.paths))
    except WorkerError as error:
        return Crash.of(error)
    return function
