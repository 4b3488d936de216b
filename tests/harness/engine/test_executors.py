"""Threads and processes: the same results, however many, and whatever dies."""

from __future__ import annotations

import multiprocessing
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import pytest
from numbered_tasks import (
    KillsItsWorker,
    Numbered,
    Raises,
    Unloadable,
    give_lock,
    measure,
    notes,
    numbered,
    starts,
    tells,
    threads_in_use,
)

from harness.engine.executor import Executor, choose_executor
from harness.engine.on_dask import OnDask
from harness.engine.on_processes import LOSSES_ALLOWED, OnProcesses
from harness.engine.on_threads import OnThreads, run_on_threads
from harness.engine.plain import to_json, to_plain
from srmetrics.errors import FileError, TaskError, UsageError, WorkerError

BOTH = pytest.mark.parametrize(
    "executor", [OnThreads(1), OnThreads(2), OnProcesses(2)], ids=["1 thread", "2 threads", "2 processes"]
)


def results(executor: Executor, function: Callable[[Numbered], object], count: int) -> dict[str, str]:
    return {task.key: to_json(to_plain(result)) for task, result in executor.run(function, numbered(count))}


EXPECTED = {task.key: to_json(to_plain(measure(task))) for task in numbered(12)}


@pytest.mark.parametrize(
    ("workers", "kind"), [(1, "threads"), (2, "threads"), (4, "threads"), (1, "processes"), (4, "processes")]
)
def test_results_are_the_same_bit_for_bit(workers: int, kind: str) -> None:
    found = results(choose_executor(workers, kind=kind), measure, 12)
    assert sorted(EXPECTED) == sorted(found)
    assert found == EXPECTED


@BOTH
def test_news_come_with_the_key_of_their_task_and_in_its_order(executor: Executor) -> None:
    heard: list[tuple[str, object]] = []
    found = {task.key for task, _ in executor.run(tells, numbered(6), lambda key, news: heard.append((key, news)))}
    assert {task.key for task in numbered(6)} == found
    for task in numbered(6):
        # What cannot be read on this side of a pipe is passed over.
        mine = [news for key, news in heard if key == task.key and isinstance(news, tuple)]
        assert [("begins", task.number), ("ends", task.number)] == mine


@BOTH
def test_without_a_listener_nothing_is_told(executor: Executor) -> None:
    assert {False} == {result["heard"] for _, result in executor.run(tells, numbered(3))}


@BOTH
def test_no_tasks_give_no_results(executor: Executor) -> None:
    assert [] == list(executor.run(measure, []))


@BOTH
def test_few_tasks_are_in_flight(executor: Executor) -> None:
    taken, done = 0, 0

    def counted() -> Iterator[Numbered]:
        nonlocal taken
        for task in numbered(40):
            taken += 1
            yield task

    for _ in executor.run(measure, counted()):
        done += 1
        assert taken - done <= 2 * 2 + 1
    assert 40 == done


@BOTH
def test_an_unexpected_exception_names_its_task_after_what_was_in_flight(executor: Executor) -> None:
    found = []
    with pytest.raises(
        TaskError, match=r"the task 'task 003' failed; found ValueError: a bug\. .*run the same"
    ) as caught:
        found.extend(task.number for task, _ in executor.run(Raises(3, ValueError("a bug")), numbered(40)))
    assert {0, 1, 2} <= set(found)
    assert len(found) < 10, "tasks were begun after the failure"
    assert isinstance(caught.value.__cause__, ValueError)
    assert "in __call__" in caught.value.__notes__[0]


@BOTH
def test_an_unexpected_error_of_our_own_keeps_its_file(executor: Executor) -> None:
    function = Raises(0, FileError("it is cut short", file="baby.png"))
    with pytest.raises(TaskError, match=r"^baby\.png: the task 'task 000' failed"):
        list(executor.run(function, numbered(1)))


@BOTH
def test_a_task_that_exits_is_a_failure_of_that_task(executor: Executor) -> None:
    with pytest.raises(TaskError, match="'task 000' failed; found SystemExit: 3"):
        list(executor.run(Raises(0, SystemExit(3)), numbered(1)))


@BOTH
def test_a_run_that_is_given_up_leaves_no_workers(executor: Executor) -> None:
    before = threading.active_count()
    running = executor.run(measure, numbered(40))
    next(running)
    running.close()
    assert [] == multiprocessing.active_children()
    assert before == threading.active_count()


@BOTH
def test_libraries_use_one_thread_for_each_worker_and_get_theirs_back(executor: Executor) -> None:
    opencv_threads = cv2.getNumThreads()
    for _, threads in executor.run(threads_in_use, numbered(4)):
        assert {"opencv": 1, "variable": "1", "pools": [1]} == threads
    assert opencv_threads == cv2.getNumThreads()


def test_torch_uses_one_thread_for_each_worker_and_gets_its_own_back() -> None:
    torch = pytest.importorskip("torch", reason="needs the torch extra")
    before = torch.get_num_threads()
    torch.set_num_threads(3)
    try:
        found = [count for _, count in OnThreads(2).run(lambda task: torch.get_num_threads(), numbered(4))]
        assert [1, 1, 1, 1] == found
        assert 3 == torch.get_num_threads()
    finally:
        torch.set_num_threads(before)


def test_a_killed_process_costs_only_time(tmp_path: Path) -> None:
    function = KillsItsWorker(tmp_path, number=5, times=LOSSES_ALLOWED)
    assert results(OnProcesses(2), function, 12) == EXPECTED
    assert LOSSES_ALLOWED + 1 == len(starts(tmp_path, Numbered(5)))
    assert 12 + LOSSES_ALLOWED == len(notes(tmp_path)), "another task was run twice"


def test_a_task_that_kills_every_worker_is_named_and_the_rest_in_flight_arrives(tmp_path: Path) -> None:
    function = KillsItsWorker(tmp_path, number=0, times=100)
    found = []
    with pytest.raises(TaskError, match=r"'task 000' failed; .* its worker died 3 times: killed by SIGKILL.*memory"):
        found.extend(task.key for task, _ in OnProcesses(2).run(function, numbered(4)))
    assert {"task 001", "task 002", "task 003"} >= set(found)
    assert {line.split()[1] for line in notes(tmp_path)} - {"000"} == {key.split()[1] for key in found}


def test_a_function_that_cannot_be_sent_is_refused() -> None:
    with pytest.raises(UsageError, match=r"cannot be sent to other processes.*threads"):
        list(OnProcesses(1).run(lambda task: task, numbered(1)))


class Unsendable(Numbered):
    """A task that cannot leave its process."""

    def __reduce__(self) -> str:
        raise TypeError("not this one")


def test_a_task_that_cannot_be_sent_is_named() -> None:
    with pytest.raises(TaskError, match="'task 007' failed; found TypeError: not this one"):
        list(OnProcesses(1).run(measure, [Unsendable(7)]))


def test_a_result_that_cannot_be_sent_is_named() -> None:
    with pytest.raises(TaskError, match="'task 000' failed; found TypeError: cannot pickle"):
        list(OnProcesses(1).run(give_lock, numbered(1)))


def test_a_function_that_workers_cannot_load_is_an_error() -> None:
    with pytest.raises(WorkerError, match="cannot load what it is to run; found ValueError: not loaded here"):
        list(OnProcesses(1).run(Unloadable(), numbered(1)))


def test_threads_in_order_keep_the_order_of_the_tasks() -> None:
    pauses = [0.05, 0.0, 0.02, 0.0, 0.0, 0.03]
    assert pauses == list(run_on_threads(lambda pause: time.sleep(pause) or pause, pauses, 2))


@pytest.mark.parametrize("workers", [0, -1, 1.5, True])
def test_impossible_numbers_of_workers_are_refused(workers: int) -> None:
    with pytest.raises(UsageError, match="impossible number of workers"):
        choose_executor(workers)


def test_the_executor_is_chosen_by_what_was_asked_for() -> None:
    assert OnThreads(2) == choose_executor(2)
    assert OnProcesses(2) == choose_executor(2, kind="processes")
    assert OnDask("tcp://10.0.0.1:8786") == choose_executor(2, dask="tcp://10.0.0.1:8786")
    assert OnDask("tcp://10.0.0.1:8786", (Path("images"),), alone=True) == choose_executor(
        2, "tcp://10.0.0.1:8786", "processes", [Path("images")]
    )
    with pytest.raises(UsageError, match="unknown kind of workers; found 'fibres'"):
        choose_executor(2, kind="fibres")
