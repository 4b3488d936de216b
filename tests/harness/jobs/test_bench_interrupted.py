"""A bench that is killed, or that works on a cluster, ends with the tables of one that nobody disturbed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from small_study import run, small_study, tables, write_textures

STUDY = """\
images: {classes: folders}
degradation: {recipe: bicubic-matlab-x2@1}
upscalers: [nearest, bicubic]
classification: {classifiers: [fake], repeats: 2}
"""


@pytest.fixture(scope="module")
def textures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_textures(tmp_path_factory.mktemp("interrupted") / "textures")


@pytest.fixture(scope="module")
def undisturbed(textures: Path) -> dict[str, bytes]:
    run(small_study(), textures, textures.parent / "undisturbed")
    return tables(textures.parent / "undisturbed")


def test_a_killed_run_goes_on_and_ends_with_the_same_tables(
    textures: Path, undisturbed: dict[str, bytes], tmp_path: Path
) -> None:
    study, out = tmp_path / "study.yaml", tmp_path / "out"
    study.write_text(STUDY)
    command = [sys.executable, "-m", "harness", "bench", str(study), "--images", str(textures), "--out", str(out)]
    command += ["--workers", "1", "--no-cost"]
    results = out / "results.jsonl"
    # In the middle of the images, and in the middle of the trainings.
    for needle in (b"class_1", b'"classify/'):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while process.poll() is None and not (results.exists() and needle in results.read_bytes()):
            time.sleep(0.002)
        process.send_signal(signal.SIGKILL)
        assert -signal.SIGKILL == process.wait()
        assert not (out / "run.json").exists()
    before = results.read_bytes()
    again = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    assert 0 == again.returncode, again.stderr
    # Nothing that was finished was done again: lines are only added, behind the last whole one.
    assert results.read_bytes().startswith(before[: before.rindex(b"\n") + 1])
    assert undisturbed == tables(out)


def test_a_cluster_of_two_workers_gives_the_same_tables_though_workers_are_killed(
    textures: Path, undisturbed: dict[str, bytes], tmp_path: Path
) -> None:
    distributed = pytest.importorskip("distributed", reason="needs the dask extra")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, memory_limit=0
    ) as cluster:
        killed: list[int] = []

        def kill_a_worker(done: int, total: int) -> None:
            # In the middle of the 54 tasks of images, and of the 10 trainings.
            if (done, total) in ((20, 54), (3, 10)):
                worker = cluster.workers[len(killed)]
                killed.append(worker.pid)
                os.kill(worker.pid, signal.SIGKILL)

        run(small_study(), textures, tmp_path / "out", kill_a_worker, dask=cluster.scheduler_address)
        assert 2 == len(set(killed))
        assert not set(killed) & {worker.pid for worker in cluster.workers.values()}
    assert undisturbed == tables(tmp_path / "out")
