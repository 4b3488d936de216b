"""``srmetrics verify`` on runs of bench: what methods made, and what classifiers said of it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from kept_run import Said, change_pixel, exchange, flips, forge, verified
from small_study import run, small_study, write_textures

import harness
from harness.classifiers import FakeClassifier
from harness.classifiers.repeats import repeat_seed
from harness.jobs.run_folder import open_run
from harness.jobs.run_rows import rows_of
from harness.jobs.verify.rebuilt import rebuilt_board, rebuilt_texts
from harness.leaderboard.leaderboard import Heading
from srmetrics.errors import ClassifierError

ARM = "class_0%2F001.png"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run with regions, classes, groups and costs, beside its images."""
    place = tmp_path_factory.mktemp("made")
    images = write_textures(place / "textures", 4)
    layout = {"classes": "folders", "masks": "auto:otsu", "boundary": 1}
    classification = {"classifiers": ["fake"], "repeats": 1, "modes": ["retrain"]}
    study = small_study(images=layout, classification=classification)
    run(study, images, place / "run", measure_cost=True)
    return place


@pytest.fixture
def bench(made: Path, tmp_path: Path) -> Path:
    """A copy of it that a test may spoil, with its images."""
    shutil.copytree(made, tmp_path / "copy")
    return tmp_path / "copy" / "run"


def test_a_clean_bench_holds_moved_or_not(made, bench) -> None:
    for place in (made / "run", bench):
        said = verified(place)
        assert (0, []) == (said.code, said.findings)
    assert {
        "classification.csv",
        "per_class.csv",
        "confusion.csv",
        "predictions.csv",
        "joined.csv",
        "joined.tex",
    } <= set(said.answer["summary"])
    assert 12 + 3 * 12 == said.answer["summary"]["pixels"]["identical"]


def test_a_smoke_study_of_the_real_command_holds(srmetrics, tmp_path) -> None:
    assert 0 == srmetrics("bench", "malaria-rcan-x2", "--smoke", "--out", tmp_path / "run").code
    done = srmetrics("verify", tmp_path / "run")
    assert 0 == done.code, done.out


def test_a_changed_pixel_of_an_output_is_named(bench) -> None:
    change_pixel(bench / "arms" / "nearest" / ARM)
    said = verified(bench)
    assert 1 == said.code
    assert ("different", "pixels", "class_0/001, nearest") in said.findings
    assert ("different", "per_image.csv", "class_0/001, nearest, image") in said.findings


def test_a_changed_pixel_of_what_only_classifiers_saw_is_named(bench) -> None:
    change_pixel(bench / "arms" / "lr" / ARM)
    said = verified(bench)
    assert (1, [("different", "pixels", "class_0/001, lr")]) == (said.code, said.findings)


def test_outputs_exchanged_between_methods_are_named(bench) -> None:
    exchange(bench / "arms" / "nearest" / ARM, bench / "arms" / "bicubic" / ARM)
    said = verified(bench)
    assert 1 == said.code
    assert said.reason("class_0/001, nearest").endswith("but those of class_0/001, bicubic")


def test_a_changed_reference_is_named(bench) -> None:
    change_pixel(bench.parent / "textures" / "class_1" / "001.png")
    said = verified(bench, "--images", bench.parent / "textures")
    assert 1 == said.code
    assert ("different", "pixels", "class_1/001, reference") in said.findings


def test_images_of_a_bench_that_are_gone_can_be_given(made, bench, tmp_path) -> None:
    shutil.rmtree(bench.parent / "textures")
    shutil.copytree(made / "textures", tmp_path / "elsewhere")
    assert made.is_dir()
    # The copy remembers where the images lay when it was made, and they still lie there.
    assert 0 == verified(bench).code
    assert 0 == verified(bench, "--images", tmp_path / "elsewhere").code


def test_an_output_that_is_gone_is_not_checkable(bench) -> None:
    (bench / "arms" / "bicubic" / ARM).unlink()
    said = verified(bench)
    assert 3 == said.code
    assert {"pixels", "per_image.csv"} == {table for _, table, _ in said.findings}


@pytest.mark.parametrize(
    "table", ["classification.csv", "per_class.csv", "confusion.csv", "arm_comparisons.csv", "joined.csv"]
)
def test_a_flipped_digit_in_a_forged_table_of_classifiers_is_caught(bench, table) -> None:
    content = (bench / table).read_bytes()
    ((at, changed),) = flips(content, 1, seed=5)
    (bench / table).write_bytes(changed)
    forge(bench)
    assert 1 == verified(bench, "--digests-only").code, content[at - 30 : at + 9]


def test_predictions_of_another_class_than_the_image_has_are_caught(bench) -> None:
    file = bench / "predictions.csv"
    file.write_text(file.read_text().replace(",class_0,class_0,", ",class_1,class_0,", 1))
    forge(bench)
    said = verified(bench, "--digests-only")
    assert 1 == said.code
    (verdict,) = [one for one in said.answer["verdicts"] if one["table"] == "predictions.csv" and one["cells"]]
    assert ["label"] == [cell["column"] for cell in verdict["cells"]]


def test_scores_of_floats_that_were_not_kept_are_not_checkable(tmp_path) -> None:
    images = write_textures(tmp_path / "textures", 2)
    run(small_study(classification=None), images, tmp_path / "run", keep_float=True)
    said = verified(tmp_path / "run")
    assert 3 == said.code
    assert {"per_image.csv"} == {table for _, table, _ in said.findings}
    assert "--keep-float" in said.reason("class_0/000, bicubic, image")


def forge_from(bench: Path, predictions: str) -> None:
    """Write other predictions, every table that follows from them, and the digests: as whoever forges would."""
    (bench / "predictions.csv").write_text(predictions)
    opened = open_run(bench)
    heading = Heading(**opened.facts["heading"], metrics=opened.metrics, version=opened.version)
    board = rebuilt_board(opened, heading, rows_of(opened), masked=True)
    for name, text in rebuilt_texts(opened, board, None).items():
        (bench / name).write_text(text)
    forge(bench)


def of_predictions(said: Said) -> list[tuple[str, str]]:
    return [(row, said.reason(row)) for _, table, row in said.findings if table == "predictions.csv"]


@pytest.mark.parametrize("options", [(), ("--digests-only",)])
def test_an_image_that_was_kept_back_in_every_arm_is_caught_though_all_tables_follow(bench, options) -> None:
    lines = (bench / "predictions.csv").read_text().splitlines(keepends=True)
    image = lines[1].partition(",")[0]
    forge_from(bench, "".join(line for line in lines if not line.startswith(image)))
    said = verified(bench, *options)
    reason = "it is tested in this repeat, and there is no prediction of it"
    assert 1 == said.code
    assert [
        (f"{image}, {arm}, fake, retrain, 0, test", reason) for arm in ("hr", "lr", "nearest", "bicubic")
    ] == of_predictions(said)


def test_all_predictions_of_an_arm_that_were_kept_back_are_caught(bench) -> None:
    lines = (bench / "predictions.csv").read_text().splitlines(keepends=True)
    forge_from(bench, "".join(line for line in lines if ",bicubic,fake," not in line))
    assert {", bicubic, fake, retrain, 0, test"} == {
        row[row.index(",") :] for row, _ in of_predictions(verified(bench, "--digests-only"))
    }


def test_a_prediction_of_an_image_that_was_trained_on_is_caught_though_all_tables_follow(bench) -> None:
    lines = (bench / "predictions.csv").read_text().splitlines(keepends=True)
    tested = {line.partition(",")[0] for line in lines[1:]}
    own = lines[1].partition(",")[0]
    trained = next(f"{own[:-3]}{at:03d}" for at in range(4) if f"{own[:-3]}{at:03d}" not in tested)
    forge_from(bench, "".join([*lines, *(line.replace(own, trained, 1) for line in lines if line.startswith(own))]))
    said = verified(bench, "--digests-only")
    assert 1 == said.code
    assert [
        (f"{trained}, {arm}, fake, retrain, 0, test", "no such row is computed")
        for arm in ("hr", "lr", "nearest", "bicubic")
    ] == of_predictions(said)


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda facts: facts["splits"][0].update(images=1), "splits"),
        (lambda facts: facts["command"]["study"]["classification"].update(train=0.5, test=0.5), "splits"),
        (lambda facts: facts["dropped"].update({"class_0/000": "class_0/001"}), "identical images"),
        (lambda facts: facts["command"]["study"]["classification"].update(classifiers=["fake"], test=0.9), "splits"),
    ],
    ids=["counts", "shares", "copies", "no split at all"],
)
def test_another_division_than_the_seed_draws_is_caught(bench, change, found) -> None:
    facts = json.loads((bench / "run.json").read_text())
    change(facts)
    (bench / "run.json").write_text(json.dumps(facts))
    said = verified(bench)
    assert 1 == said.code
    assert ("different", "run.json", found) in said.findings


@pytest.mark.parametrize("name", ["modes", "splits", "dropped", "unsplittable"])
def test_a_run_that_did_not_record_its_division_is_no_fault(bench, name) -> None:
    facts = json.loads((bench / "run.json").read_text())
    del facts[name]
    (bench / "run.json").write_text(json.dumps(facts))
    said = verified(bench)
    assert (0, []) == (said.code, said.findings) if name == "modes" else (3, 1) == (said.code, len(said.findings))


def test_what_a_seed_draws_is_checked_without_images_too(bench) -> None:
    said = verified(bench, "--digests-only")
    assert (0, []) == (said.code, said.findings)
    assert "splits" in [one["row"] for one in said.answer["verdicts"]]
    assert "identical images" not in [one["row"] for one in said.answer["verdicts"]]
    shutil.move(bench / "arms", bench.parent / "gone")
    shutil.copytree(bench.parent / "textures" / "class_0", bench.parent / "some" / "class_0")
    said = verified(bench, "--images", bench.parent / "some")
    assert ("not checkable", "run.json", "identical images") in said.findings
    assert "splits" in [one["row"] for one in said.answer["verdicts"] if one["status"] == "identical"]


def test_a_reader_is_told_that_classifiers_were_not_trained_again(bench) -> None:
    (note,) = [note for note in verified(bench).answer["notes"] if "trained again" in note]
    assert "To train again, run the bench's command into another folder, and compare the files" in note


@pytest.mark.parametrize(
    "asked",
    [
        {"repeats": 3, "train": 0.5, "validation": 0.25, "test": 0.25},
        {"repeats": 2, "sr_train": 0.34},
        {"repeats": 2, "deduplicate": True},
        {"repeats": 2, "sr_train": ["class_0/000", "class_1/002"]},
    ],
    ids=["three parts", "a share for the upscalers", "copies left out", "images of the upscalers"],
)
def test_every_way_of_dividing_is_drawn_again(asked, tmp_path) -> None:
    images = write_textures(tmp_path / "textures", 6)
    shutil.copy(images / "class_0" / "000.png", images / "class_0" / "copy.png")
    allowed = {} if "deduplicate" in asked else {"allow_leakage": True}
    run(small_study(classification={"classifiers": ["fake"], **asked}), images, tmp_path / "run", **allowed)
    said = verified(tmp_path / "run")
    assert (0, []) == (said.code, said.findings)


@dataclass
class FailsOnce(FakeClassifier):
    """Cannot be trained a second time, as one that runs out of memory."""

    def fit(self, images: Iterable[Any], labels: Sequence[str], seed: int) -> None:
        if seed != repeat_seed(0, 0):
            raise ClassifierError("there is no memory left")
        super().fit(images, labels, seed)


def test_predictions_of_a_training_that_failed_are_not_asked_for(tmp_path) -> None:
    images = write_textures(tmp_path / "textures", 4)
    document = small_study(classification=None).model_dump(mode="json", exclude_none=True)
    document["classification"] = {"classifiers": {"fails": FailsOnce()}, "repeats": 2}
    assert 3 == harness.bench(document, images, out=tmp_path / "run", measure_cost=False, workers=1).exit_code
    said = verified(tmp_path / "run")
    assert (0, []) == (said.code, said.findings)
