"""Runs: what is finished is never done again, and a killed one ends as an uninterrupted one does."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from numbered_tasks import Numbered, Raises, Slowly, measure, notes, numbered, tells

from harness.engine.executor import choose_executor
from harness.engine.on_threads import OnThreads
from harness.engine.plain import to_json, to_plain
from harness.engine.results_file import RESULTS_NAME
from harness.engine.runner import run_tasks
from harness.engine.store import open_run, read_run
from srmetrics.errors import TaskError, UsageError

COUNT = 30


def contents(folder: Path) -> dict[str, tuple[str, str]]:
    """Return what a reader of the run gets, in the order of the keys."""
    records = read_run(folder).records
    return {key: (records[key].fingerprint, to_json(records[key].value)) for key in sorted(records)}


UNINTERRUPTED = {task.key: (task.fingerprint, to_json(to_plain(measure(task)))) for task in numbered(COUNT)}


def test_results_come_in_the_order_of_the_tasks_and_as_a_reader_gets_them(tmp_path: Path) -> None:
    tasks = numbered(COUNT)[::-1]
    with open_run(tmp_path, {}) as store:
        found = run_tasks(tasks, measure, store, OnThreads(4))
    assert [task.key for task in tasks] == list(found)
    assert contents(tmp_path) == UNINTERRUPTED
    assert {key: to_json(value) for key, value in found.items()} == {key: one[1] for key, one in UNINTERRUPTED.items()}


def test_what_is_stored_is_not_done_again(tmp_path: Path) -> None:
    with open_run(tmp_path, {}) as store:
        first = run_tasks(numbered(5), Slowly(tmp_path, 0), store, OnThreads(2))
    with open_run(tmp_path, {}) as store:
        both = run_tasks(numbered(8), Slowly(tmp_path, 0), store, OnThreads(2))
    assert 8 == len(notes(tmp_path)) == len(set(notes(tmp_path)))
    assert to_json(first) == to_json({key: both[key] for key in first})


def test_progress_begins_with_what_an_earlier_run_did(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    with open_run(tmp_path, {}) as store:
        run_tasks(numbered(2), measure, store, OnThreads(1))
        run_tasks(numbered(4), measure, store, OnThreads(1), lambda done, total: told.append((done, total)))
    assert [(2, 4), (3, 4), (4, 4)] == told


@pytest.mark.parametrize("kind", ["threads", "processes"])
def test_a_listeners_mistake_stops_the_run_after_the_result_and_is_no_tasks_own(tmp_path: Path, kind: str) -> None:
    def fail(key: str, news: object) -> None:
        raise ValueError(f"of the listener: {key}")

    with open_run(tmp_path, {}) as store, pytest.raises(ValueError, match="of the listener: task 000"):
        run_tasks(numbered(5), tells, store, choose_executor(1, kind=kind), hear=fail)
    assert ["task 000"] == list(contents(tmp_path))


@pytest.mark.parametrize("kind", ["threads", "processes"])
def test_what_was_in_flight_beside_a_bug_is_stored_and_the_next_run_goes_on(tmp_path: Path, kind: str) -> None:
    with open_run(tmp_path, {}) as store, pytest.raises(TaskError, match="'task 002' failed"):
        run_tasks(numbered(COUNT), Raises(2, ValueError()), store, choose_executor(2, kind=kind))
    kept = contents(tmp_path)
    assert {"task 000", "task 001"} <= set(kept)
    assert kept.items() <= UNINTERRUPTED.items()
    with open_run(tmp_path, {}) as store:
        run_tasks(numbered(COUNT), measure, store, OnThreads(2))
    assert contents(tmp_path) == UNINTERRUPTED


def test_two_tasks_with_one_key_are_refused_before_anything_runs(tmp_path: Path) -> None:
    with open_run(tmp_path, {}) as store, pytest.raises(TaskError, match="2 tasks have one key; found 'task 003'"):
        run_tasks([*numbered(5), Numbered(3)], measure, store, OnThreads(1))
    assert {} == contents(tmp_path)


@dataclass(frozen=True)
class OfAnotherFile:
    """A task of the same key, made from something else."""

    key: str = "task 001"
    fingerprint: str = "made from another"


def test_a_stored_result_made_from_something_else_is_refused(tmp_path: Path) -> None:
    with open_run(tmp_path, {}) as store:
        run_tasks(numbered(2), measure, store, OnThreads(1))
        with pytest.raises(
            UsageError, match=r"'task 001' was made from something else; found 'made from another' now.*"
        ):
            run_tasks([OfAnotherFile()], lambda task: None, store, OnThreads(1))


@pytest.mark.parametrize(("kind", "kills"), [("threads", 2), ("processes", 1)])
def test_a_run_killed_at_random_moments_ends_as_an_uninterrupted_one(tmp_path: Path, kind: str, kills: int) -> None:
    """Killed each time somewhere between its start and what would be its end."""
    moments = random.Random(kind)
    finished_before: set[str] = set()
    for _ in range(kills):
        begun_before = len(notes(tmp_path))
        process = start_run(tmp_path, kind, 0.03)
        # The moment is drawn in tasks begun and then in time, so that it falls within the run on any machine.
        begun = moments.randint(2, 12)
        until(lambda begun=begun, before=begun_before: len(notes(tmp_path)) >= before + begun)
        time.sleep(moments.uniform(0, 0.03))
        process.send_signal(signal.SIGKILL)
        assert -signal.SIGKILL == process.wait()
        again = {key_of(line) for line in notes(tmp_path)[begun_before:]} & finished_before
        assert not again, "finished tasks were done again"
        finished_before = set(contents(tmp_path))
        assert contents(tmp_path).items() <= UNINTERRUPTED.items()
        assert len(finished_before) < COUNT
    begun_before = len(notes(tmp_path))
    assert 0 == start_run(tmp_path, kind, 0).wait(timeout=300)
    # Workers of the killed runs have ended, and nobody wrote but the run itself.
    assert COUNT - len(finished_before) == len(notes(tmp_path)) - begun_before
    assert contents(tmp_path) == UNINTERRUPTED
    assert 1 + COUNT == len((tmp_path / RESULTS_NAME).read_bytes().splitlines())


def test_worker_processes_end_with_a_killed_run(tmp_path: Path) -> None:
    process = start_run(tmp_path, "processes", 60)
    until(lambda: len(notes(tmp_path)) == 2)
    process.send_signal(signal.SIGKILL)
    process.wait()
    workers = [int(line.split()[-1]) for line in notes(tmp_path)]
    assert process.pid not in workers
    until(lambda: not any(alive(worker) for worker in workers))


def start_run(folder: Path, kind: str, seconds: float) -> subprocess.Popen[bytes]:
    script = Path(__file__).with_name("interrupted_run.py")
    return subprocess.Popen([sys.executable, str(script), str(folder), kind, str(COUNT), str(seconds)])


def key_of(line: str) -> str:
    return line.rsplit(" ", 1)[0]


def alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    try:
        # A process that nobody has waited for yet is dead all the same.
        return "Z" != Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return not Path("/proc").exists()


def until(holds: Callable[[], bool], seconds: float = 120.0) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.002)
