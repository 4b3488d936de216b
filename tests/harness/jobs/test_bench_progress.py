"""Who watches a bench is told of single trainings, wherever they run, and changes no byte of its tables."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_study import run, small_study, tables, write_textures

from harness.classifiers import TrainingProgress
from harness.jobs.bench_progress import BenchProgress, TrainingUpdate
from harness.jobs.study import Study

EPOCHS = 2
SHARES = {"train": 0.5, "validation": 0.25, "test": 0.25, "repeats": 2, "modes": ["retrain"]}


@pytest.fixture(scope="module")
def textures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_textures(tmp_path_factory.mktemp("progress") / "textures", 4)


@pytest.fixture(scope="module")
def study() -> Study:
    pytest.importorskip("torch")
    classifiers = ["net=small-resnet?size=12&epochs=2&batch=4", "fake"]
    return small_study(upscalers=["nearest"], classification={"classifiers": classifiers, **SHARES})


@pytest.fixture(scope="module")
def unwatched(study: Study, textures: Path) -> dict[str, bytes]:
    run(study, textures, textures.parent / "unwatched")
    return tables(textures.parent / "unwatched")


@pytest.mark.parametrize("where", ["this process", "two processes", "Dask"])
def test_every_training_is_told_and_the_tables_are_those_of_a_run_that_nobody_watched(
    study: Study, textures: Path, unwatched: dict[str, bytes], tmp_path: Path, where: str
) -> None:
    told: list[TrainingUpdate] = []
    watch = BenchProgress(training=told.append)
    if where == "Dask":
        distributed = pytest.importorskip("distributed", reason="needs the dask extra")
        with distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, memory_limit=0
        ) as cluster:
            run(study, textures, tmp_path, watch, dask=cluster.scheduler_address)
    else:
        run(study, textures, tmp_path, watch, workers=1 if where == "this process" else 2)
    assert unwatched == tables(tmp_path)
    # News of a cluster's last tasks may come after the results.
    least = 10 if where == "Dask" else 12
    begun = [one for one in told if one.progress is None]
    assert least <= len({(one.classifier, one.arm, one.repeat) for one in begun}) == len(begun)
    assert {"retrain"} == {one.mode for one in told}
    assert {2} == {one.repeats for one in told}
    for arm in ("hr", "lr", "nearest"):
        for repeat in (1, 2):
            mine = [one.progress for one in told if (one.classifier, one.arm, one.repeat) == ("net", arm, repeat)]
            epochs = [one for one in mine if one is not None and one.ends_epoch]
            if where != "Dask" or len(epochs) == EPOCHS:
                assert [1, 2] == [one.epoch for one in epochs]
                # Three images, one of each class: the network is asked of the validation part.
                assert {True} == {round((one.validation_accuracy or 0) * 3, 9) in (0, 1, 2, 3) for one in epochs}
                assert None not in {one.validation_accuracy for one in epochs}


def test_a_plain_function_counts_tasks_as_before(textures: Path, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    run(small_study(upscalers=["nearest"]), textures, tmp_path, lambda done, total: told.append((done, total)))
    # 12 images as LR and as nearest; two repeats of three arms, and of all arms at once.
    assert [*((done, 24) for done in range(25)), *((done, 8) for done in range(9))] == told


def test_an_update_is_said_in_a_line() -> None:
    progress = TrainingProgress("resnet18", 3, 30, 8, 8, loss=0.4119, accuracy=0.93, validation_accuracy=0.8125)
    update = TrainingUpdate("resnet18", "retrain", "hr", 1, 5, progress)
    assert "Training resnet18 · retrain · hr · repeat 1/5 · epoch 3/30 · loss 0.412 · val acc 0.81" == str(update)
    begun = TrainingUpdate("default", "frozen", "hr", 2, 5, None)
    assert "Training default · frozen · hr · repeat 2/5" == str(begun)
    early = TrainingProgress("small-resnet", 1, 30, 1, 8, loss=0.7, accuracy=0.5)
    line = str(TrainingUpdate("both", "retrain", "lr", 1, 5, early))
    assert line.startswith("Training both (small-resnet) · retrain · lr · ")
    assert line.endswith(" · epoch 1/30 · batch 1/8 · loss 0.700 · train acc 0.50")
