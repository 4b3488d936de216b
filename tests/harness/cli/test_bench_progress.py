"""What ``srmetrics bench`` shows while classifiers train: a line on a terminal, a log where one is asked for."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from small_study import tables, write_textures

STUDY = """\
images: {classes: folders}
degradation: {recipe: bicubic-matlab-x2@1}
upscalers: [nearest]
classification: {classifiers: ["net=small-resnet?size=12&epochs=3&batch=4"], modes: [frozen], repeats: 2}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("torch")
    folder = tmp_path_factory.mktemp("progress")
    write_textures(folder / "textures", 4)
    (folder / "study.yaml").write_text(STUDY)
    return folder


def arguments(folder: Path, out: str, *options: object) -> list[str]:
    run = ("bench", folder / "study.yaml", "--images", folder / "textures", "--out", folder / out, "--no-cost")
    return [str(one) for one in (*run, *options)]


def test_a_terminal_sees_the_training_that_told_last_and_a_pipe_the_log_that_was_asked_for(
    srmetrics, folder: Path
) -> None:
    logged = srmetrics(*arguments(folder, "logged", "--workers", 1, "--log-training"))
    assert 0 == logged.code, logged.err
    said = [line.partition(" ")[2] for line in logged.err.splitlines() if "Training" in line]
    for repeat in (1, 2):
        # On a machine with other work, an epoch may take so long that a line tells of its batches.
        mine = [line for line in said if f" · repeat {repeat}/2" in line and " · batch " not in line]
        assert f"Training net · frozen · hr · repeat {repeat}/2" == mine[0]
        assert ["epoch 1/3", "epoch 2/3", "epoch 3/3"] == [line.split(" · ")[4] for line in mine[1:]]
        assert all(re.search(r" · loss \d+\.\d{3} · train acc [01]\.\d\d$", line) for line in mine[1:])
    assert "Training" not in logged.out

    seen = on_a_terminal(arguments(folder, "seen", "--workers", 1))
    assert re.search(r"Running .* \d/2 ", seen)
    # The last one stays until the bar goes.
    assert "Training net · frozen · hr · repeat 2/2 · epoch 3/3 · loss " in seen
    assert tables(folder / "logged") == tables(folder / "seen")


def on_a_terminal(arguments: list[str]) -> str:
    """Run the command with a terminal of 100 columns as its standard error, and return what that shows."""
    pty = pytest.importorskip("pty", reason="needs a system with pseudo-terminals")
    mine, its = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "100"}
    command = [sys.executable, "-m", "harness", *arguments]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=its, env=environment) as process:
        os.close(its)
        shown = b""
        try:
            while more := os.read(mine, 65536):
                shown += more
        except OSError:  # how Linux says that the other end was closed
            pass
    os.close(mine)
    assert 0 == process.returncode, shown
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown.decode())
