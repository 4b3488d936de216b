"""Running tasks on processes of this machine, each started from nothing."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Any, Generic

from harness.engine.executor import Crash, Hear, Outcomes, Result, Results, Task, settle
from harness.engine.news import listening
from harness.engine.one_thread import hold_to_one_thread, one_thread_for_libraries_to_come
from srmetrics.errors import TaskError, UsageError, WorkerError

LOSSES_ALLOWED = 2
"""How many workers may die over one task, and how many in a row before they are ready for one."""

PATIENCE = 5.0
"""Seconds in which a worker that has nothing left to do must end."""


@dataclass(frozen=True, slots=True)
class OnProcesses:
    """An executor on worker processes. A worker that is killed costs time: another one runs its task again.

    The function is pickled once for each worker, and what it keeps (a loaded model) stays for all of its tasks.
    """

    workers: int

    def describe(self) -> str:
        """Say where tasks run."""
        return f"on {self.workers} process{'es' if self.workers > 1 else ''}"

    def run(
        self, function: Callable[[Task], Result], tasks: Iterable[Task], hear: Hear | None = None
    ) -> Results[Task, Result]:
        """Yield each task with its result, as they come; see ``Executor``.

        Raises
        ------
        UsageError
            If the function cannot be pickled.
        WorkerError
            If processes cannot be started.
        """
        return settle(partial(self._outcomes, hear), function, tasks)

    def _outcomes(
        self, hear: Hear | None, function: Callable[[Task], Result | Crash], tasks: Iterator[Task]
    ) -> Outcomes[Task, Result]:
        try:
            payload = pickle.dumps(function)
        except Exception as error:
            raise UsageError(
                "this function cannot be sent to other processes", found=error, way_out="Run it on threads"
            ) from error
        crew: _Crew[Task, Result] = _Crew(payload, self.workers, tasks, hear)
        try:
            yield from crew.outcomes()
        finally:
            crew.dismiss()


@dataclass(slots=True, eq=False)
class _Worker(Generic[Task]):
    process: SpawnProcess
    connection: Connection
    ready: bool = False
    task: Task | None = None


class _Crew(Generic[Task, Result]):
    """The workers. Each has one task at a time, so that a death is laid to the right one."""

    def __init__(self, payload: bytes, size: int, tasks: Iterator[Task], hear: Hear | None) -> None:
        self._payload, self._size, self._tasks, self._hear_news = payload, size, tasks, hear
        self._workers: list[_Worker[Task]] = []
        self._waiting: deque[Task] = deque()
        self._losses: Counter[str] = Counter()
        self._dead_at_start = 0

    def outcomes(self) -> Outcomes[Task, Result]:
        self._waiting.extend(islice(self._tasks, self._size))
        for _ in range(len(self._waiting)):
            self._hire()
        while self._waiting or any(worker.task is not None for worker in self._workers):
            arrived = [outcome for worker in self._heard_from() for outcome in self._hear(worker)]
            # Before they are yielded: workers need not wait while a result is stored.
            arrived += self._hand_out()
            yield from arrived

    def dismiss(self) -> None:
        for worker in self._workers:
            worker.connection.close()
            if worker.task is not None or not worker.ready:
                worker.process.terminate()
        for worker in self._workers:
            worker.process.join(PATIENCE)
            if worker.process.is_alive():
                worker.process.kill()
                worker.process.join()
            worker.process.close()

    def _hire(self) -> None:
        context = multiprocessing.get_context("spawn")
        here, there = context.Pipe()
        work = (there, self._payload, self._hear_news is not None)
        process = context.Process(target=_serve, args=work, name="srmetrics-worker", daemon=True)
        with one_thread_for_libraries_to_come():
            process.start()
        there.close()
        self._workers.append(_Worker(process, here))

    def _heard_from(self) -> list[_Worker[Task]]:
        by_signal: dict[Any, _Worker[Task]] = {}
        for worker in self._workers:
            by_signal[worker.connection] = worker
            by_signal[worker.process.sentinel] = worker
        heard = {id(by_signal[one]) for one in wait(list(by_signal))}
        return [worker for worker in self._workers if id(worker) in heard]

    def _hear(self, worker: _Worker[Task]) -> list[tuple[Task, Result | Crash]]:
        try:
            received = worker.connection.recv_bytes() if worker.connection.poll() else None
        except (EOFError, OSError):
            received = None
        if received is None:
            return self._bury(worker)
        message = _unpickled(received)
        if not worker.ready:
            worker.ready = True
            self._dead_at_start = 0
            if isinstance(message, Crash):
                raise WorkerError(
                    "a worker process cannot load what it is to run", found=message.summary.removesuffix(".")
                ) from message.error
            return []
        if isinstance(message, _News):
            news = _unpickled(message.pickled)
            if self._hear_news is not None and worker.task is not None and not isinstance(news, Crash):
                self._hear_news(worker.task.key, news)
            return []
        task, worker.task = worker.task, None
        assert task is not None
        return [(task, message)]

    def _hand_out(self) -> list[tuple[Task, Result | Crash]]:
        crashed: list[tuple[Task, Result | Crash]] = []
        for worker in self._workers:
            while worker.ready and worker.task is None:
                task = self._waiting.popleft() if self._waiting else next(self._tasks, None)
                if task is None:
                    return crashed
                try:
                    message = pickle.dumps(task)
                except Exception as error:
                    crashed.append((task, Crash.of(error)))
                    continue
                worker.task = task
                try:
                    worker.connection.send_bytes(message)
                except OSError:
                    break  # It is dead, which its sentinel will tell.
        return crashed

    def _bury(self, worker: _Worker[Task]) -> list[tuple[Task, Result | Crash]]:
        worker.connection.close()
        worker.process.join()
        how = _how_it_ended(worker.process.exitcode)
        worker.process.close()
        self._workers.remove(worker)
        lost: list[tuple[Task, Result | Crash]] = []
        if not worker.ready:
            self._dead_at_start += 1
            if self._dead_at_start > LOSSES_ALLOWED:
                raise WorkerError(
                    "worker processes end before they are ready",
                    found=how,
                    way_out="Start the run from a file, under if __name__ == '__main__', or run it on threads",
                )
        elif worker.task is not None:
            self._losses[worker.task.key] += 1
            if self._losses[worker.task.key] <= LOSSES_ALLOWED:
                self._waiting.append(worker.task)
            else:
                times = self._losses[worker.task.key]
                lost.append((worker.task, _lost_too_often(f"its worker died {times} times: {how}")))
        if self._waiting:
            self._hire()
        return lost


def _lost_too_often(what: str) -> Crash:
    return Crash.of(TaskError(what, way_out="If its memory ran out, use fewer workers"))


def _how_it_ended(exit_code: int | None) -> str:
    if exit_code is not None and exit_code < 0:
        return f"killed by {signal.Signals(-exit_code).name}"
    return f"exit code {exit_code}"


def _unpickled(received: bytes) -> Any:
    try:
        return pickle.loads(received)  # noqa: S301 - from our own worker, over a pipe that only it holds
    except Exception as error:
        return Crash.of(error)


@dataclass(frozen=True, slots=True)
class _News:
    """What a task tells, apart from its outcome: news that cannot be read are no outcome."""

    pickled: bytes


def _serve(connection: Connection, payload: bytes, is_heard: bool) -> None:
    """Run tasks until the connection closes: what a worker process does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that the user started.
    threading.Thread(target=_end_with_parent, daemon=True).start()
    hold_to_one_thread()
    function = _unpickled(payload)
    try:
        connection.send_bytes(pickle.dumps(function if isinstance(function, Crash) else None))
        while callable(function):
            task = _unpickled(connection.recv_bytes())
            with listening(partial(_send_news, connection) if is_heard else None):
                outcome = task if isinstance(task, Crash) else function(task)
            connection.send_bytes(_pickled(outcome))
    except (EOFError, OSError):
        return


def _send_news(connection: Connection, news: object) -> None:
    connection.send_bytes(pickle.dumps(_News(pickle.dumps(news))))


def _pickled(outcome: object) -> bytes:
    try:
        return pickle.dumps(outcome)
    except Exception as error:
        return pickle.dumps(Crash.of(error))


def _end_with_parent() -> None:
    """End a worker whose parent was killed: it would compute for nobody."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)
