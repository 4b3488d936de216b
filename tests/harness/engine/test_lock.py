"""The lock: one run per folder, and none held by the dead."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from harness.engine.lock import locked
from harness.engine.store import open_run
from srmetrics.errors import FileError

HOLD = """
import sys, time
from pathlib import Path
from harness.engine.store import open_run
with open_run(Path(sys.argv[1]), {}):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path: Path):
    """Another process that holds the folder's lock."""
    with subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert "held" == process.stdout.readline().strip()
        yield process
        process.kill()


def test_a_second_process_gets_an_error_that_names_the_first(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    with (
        pytest.raises(FileError, match=rf"{tmp_path}: another run .* found process {holder.pid} on .* another output"),
        open_run(tmp_path, {}),
    ):
        pass


def test_a_killed_holder_does_not_block_the_next_run(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    with open_run(tmp_path, {}) as store:
        assert 0 == len(store)


def test_a_second_run_in_the_same_process_is_refused_too(tmp_path: Path) -> None:
    with locked(tmp_path):
        with pytest.raises(FileError, match=f"found process {os.getpid()} on"), locked(tmp_path):
            pass
        with pytest.raises(FileError, match="another run"), locked(tmp_path):
            pass
    with locked(tmp_path):
        pass


def test_an_error_in_a_run_lets_go_of_the_lock(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), locked(tmp_path):
        raise ZeroDivisionError
    with locked(tmp_path):
        pass


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_forked_child_does_not_keep_the_lock_of_a_parent_that_is_gone(tmp_path: Path) -> None:
    """As of a data loader's workers, which may outlive a killed run for seconds."""
    fork_and_die = "import os\n    if os.fork() == 0: time.sleep(60)\n    os.kill(os.getpid(), 9)"
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD.replace("time.sleep(60)", fork_and_die), str(tmp_path)],
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    process.wait()
    try:
        # The child lets go as its first act, for which a busy machine may let it wait.
        for attempt in range(100):
            try:
                with locked(tmp_path):
                    break
            except FileError:
                assert attempt < 99, "the child keeps the lock"
                time.sleep(0.1)
    finally:
        os.killpg(process.pid, signal.SIGKILL)


def test_a_folder_that_cannot_be_made_is_an_error_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(FileError, match="file: the folder cannot be written to"), locked(tmp_path / "file"):
        pass
