"""Dask: the same results on a real cluster of two processes, one of which is killed on the way."""

from __future__ import annotations

import gc
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from numbered_tasks import (
    KillsItsWorker,
    Numbered,
    Raises,
    Slowly,
    measure,
    neighbours,
    notes,
    numbered,
    starts,
    tells,
    threads_in_use,
)

from harness.engine.dask_workers import Needs, make_probe
from harness.engine.on_dask import OnDask
from harness.engine.on_threads import OnThreads
from harness.engine.plain import to_json, to_plain
from harness.engine.runner import run_tasks
from harness.engine.store import open_run, read_run
from srmetrics.errors import TaskError, WorkerError

distributed = pytest.importorskip("distributed", reason="needs the dask extra")


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """Start two worker processes of two threads each, and no dashboard."""
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=2, processes=True, dashboard_address=None, memory_limit=0
    ) as cluster:
        yield cluster


@pytest.fixture
def executor(cluster: Any) -> OnDask:
    return OnDask(cluster.scheduler_address)


def stored(folder: Path, function: Any, executor: Any, count: int) -> dict[str, str]:
    """Run tasks with a store and return what a later reader finds, as JSON."""
    with open_run(folder, {"count": count}) as store:
        run_tasks(numbered(count), function, store, executor)
    return {key: to_json(record.value) for key, record in sorted(read_run(folder).records.items())}


def test_results_are_the_same_as_on_threads(tmp_path: Path, executor: OnDask) -> None:
    here = stored(tmp_path / "threads", measure, OnThreads(2), 12)
    assert here == stored(tmp_path / "dask", measure, executor, 12)


def test_news_come_with_the_key_of_their_task_and_in_its_order(executor: OnDask) -> None:
    heard: list[tuple[str, object]] = []
    # The last task's news may come after its result, when nobody listens any more: it tells nothing.
    for _ in executor.run(tells_but_the_last, numbered(9), lambda key, news: heard.append((key, news))):
        time.sleep(0.05)
    for task in numbered(8):
        assert [("begins", task.number), ("ends", task.number)] == [news for key, news in heard if key == task.key]
    assert {False} == {result["heard"] for _, result in executor.run(tells, numbered(2))}


def tells_but_the_last(task: Numbered) -> dict[str, object]:
    if task.number < 8:
        return tells(task)
    time.sleep(1)
    return {}


def test_a_worker_killed_from_outside_costs_only_time(tmp_path: Path, executor: OnDask) -> None:
    expected = stored(tmp_path / "threads", measure, OnThreads(2), 30)
    killed: list[int] = []

    def kill_the_one_that_began_last(done: int, total: int) -> None:
        if done == 8:
            killed.append(int(notes(tmp_path)[-1].split()[-1]))
            os.kill(killed[0], signal.SIGKILL)

    with open_run(tmp_path / "dask", {"count": 30}) as store:
        run_tasks(numbered(30), Slowly(tmp_path, 0.05), store, executor, kill_the_one_that_began_last)
    assert 1 == len(killed)
    assert killed[0] != os.getpid()
    found = {key: to_json(record.value) for key, record in sorted(read_run(tmp_path / "dask").records.items())}
    assert expected == found


def test_a_worker_killed_in_the_middle_of_a_task_costs_only_time(tmp_path: Path, executor: OnDask) -> None:
    expected = stored(tmp_path / "threads", measure, OnThreads(2), 12)
    assert expected == stored(tmp_path / "dask", KillsItsWorker(tmp_path, number=5, times=1), executor, 12)
    assert 2 == len(starts(tmp_path, Numbered(5)))


def test_an_unexpected_exception_names_its_task_after_what_was_in_flight(executor: OnDask) -> None:
    found = []
    with pytest.raises(TaskError, match=r"the task 'task 003' failed; found ValueError: a bug\.") as caught:
        found.extend(task.number for task, _ in executor.run(Raises(3, ValueError("a bug")), numbered(40)))
    assert {0, 1, 2} <= set(found)
    assert len(found) < 20, "tasks were begun after the failure"
    assert isinstance(caught.value.__cause__, ValueError)


def test_few_tasks_are_in_flight(executor: OnDask) -> None:
    taken, done = 0, 0

    def counted() -> Iterator[Numbered]:
        nonlocal taken
        for task in numbered(30):
            taken += 1
            yield task

    for _ in executor.run(measure, counted()):
        done += 1
        assert taken - done <= 2 * 4
    assert 30 == done


def test_libraries_use_one_thread_for_each_worker(executor: OnDask) -> None:
    for _, threads in executor.run(threads_in_use, numbered(8)):
        assert {"opencv": 1, "variable": "1", "pools": [1]} == threads


def test_a_function_that_needs_a_process_to_itself_gets_it(executor: OnDask) -> None:
    assert {1} == {count for _, count in replace(executor, alone=True).run(neighbours, numbered(8))}
    assert 2 == max(count for _, count in executor.run(neighbours, numbered(8)))


def test_another_version_on_a_worker_is_refused_naming_worker_and_package(
    cluster: Any, executor: OnDask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def of_another_machine(paths: Any) -> Needs:
        return Needs({**make_probe()(["srmetrics", "opencv"], ())["versions"], "numpy": "1.0.0"}, ())

    monkeypatch.setattr("harness.engine.on_dask.Needs.of_here", of_another_machine)
    first = min(addresses(cluster))
    with pytest.raises(WorkerError, match=rf"worker {first} has another version of numpy; found .*expected 1\.0\.0"):
        list(executor.run(measure, numbered(4)))
    with pytest.raises(WorkerError, match="another version of numpy"):
        executor.check()


def test_a_worker_that_joins_later_is_looked_at_too(executor: OnDask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.engine.on_dask.OnDask._checked", lambda self, client: Needs({"numpy": "1.0.0"}, ()))
    with pytest.raises(TaskError, match=r"found WorkerError: the Dask worker tcp.* has another version of numpy"):
        list(executor.run(measure, numbered(4)))


def test_files_that_a_worker_does_not_see_are_named(cluster: Any, tmp_path: Path) -> None:
    OnDask(cluster.scheduler_address, (tmp_path,)).check()
    with pytest.raises(WorkerError, match=rf"worker tcp.* does not see the file or folder {tmp_path}/absent.*shares"):
        OnDask(cluster.scheduler_address, (tmp_path, tmp_path / "absent")).check()


def test_a_scheduler_that_is_not_there_is_an_error_that_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.engine.on_dask.CONNECTING", 0.5)
    # Warnings are errors here: Dask's client would complain of itself when it is collected.
    with pytest.raises(WorkerError, match=r"scheduler cannot be reached; found foo \(missing port number"):
        list(OnDask("foo").run(measure, numbered(1)))
    gc.collect()
    with pytest.raises(WorkerError, match=r"scheduler cannot be reached; found tcp://127\.0\.0\.1:9"):
        list(OnDask("tcp://127.0.0.1:9").run(measure, numbered(1)))


def test_the_shared_files_are_said(executor: OnDask) -> None:
    assert executor.describe().endswith("whose workers must see the same files under the same paths")


def addresses(cluster: Any) -> list[str]:
    with distributed.Client(cluster.scheduler_address, set_as_default=False) as client:
        return list(client.nthreads())


@pytest.fixture
def scheduler(tmp_path: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Start a scheduler in a process of its own, so that it can be killed."""
    file = tmp_path / "scheduler.json"
    command = [sys.executable, "-m", "dask", "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard"]
    with subprocess.Popen([*command, "--scheduler-file", str(file)], stderr=subprocess.DEVNULL) as process:
        try:
            until(lambda: file.exists() and file.read_text().endswith("}"))
            yield json.loads(file.read_text())["address"], process
        finally:
            process.kill()


def test_a_cluster_without_workers_is_an_error_when_patience_ends(scheduler: Any) -> None:
    address, _ = scheduler
    with pytest.raises(WorkerError, match=rf"has had no worker for 1 seconds; found {address}.*run the same command"):
        list(OnDask(address, patience=1).run(measure, numbered(2)))


def test_a_scheduler_killed_in_the_middle_is_an_error_and_what_was_finished_is_kept(
    tmp_path: Path, scheduler: Any
) -> None:
    address, process = scheduler
    # It joins when there are tasks already, as on a cluster that grows with its work.
    worker = subprocess.Popen(
        [sys.executable, "-m", "dask", "worker", address, "--no-dashboard", "--nthreads", "1", "--no-nanny"],
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        cwd=tmp_path,
    )

    def kill_the_scheduler(done: int, total: int) -> None:
        if done == 5:
            process.kill()

    try:
        with open_run(tmp_path / "run", {}) as store, pytest.raises(WorkerError, match=f"lost.*{address}.*is kept"):
            run_tasks(numbered(30), Slowly(tmp_path, 0.05), store, OnDask(address), kill_the_scheduler)
    finally:
        worker.kill()
        worker.wait()
    kept = read_run(tmp_path / "run").records
    assert 5 <= len(kept) < 30
    with open_run(tmp_path / "run", {}) as store:
        found = run_tasks(numbered(30), measure, store, OnThreads(2))
    assert [to_json(to_plain(measure(task))) for task in numbered(30)] == [to_json(value) for value in found.values()]


def until(holds: Callable[[], bool], seconds: float = 120.0) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.02)
