"""The bench from images to files, on textures that take a second."""

from __future__ import annotations

import csv
import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
from small_study import run, save, small_study, tables, write_textures

from harness.images import read_picture
from harness.jobs.arms import minmax8
from harness.jobs.smoke import texture
from srmetrics import psnr
from srmetrics.errors import LeakageError, UsageError

TABLES = {
    *("arm_comparisons.csv", "classification.csv", "comparisons.csv", "confusion.csv", "failures.csv", "joined.csv"),
    *("leaderboard.csv", "per_class.csv", "per_image.csv", "predictions.csv"),
}


@pytest.fixture(scope="module")
def textures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_textures(tmp_path_factory.mktemp("bench") / "textures")


@pytest.fixture(scope="module")
def finished(textures: Path) -> Path:
    out = textures.parent / "finished"
    assert 0 == run(small_study(), textures, out, measure_cost=True).exit_code
    return out


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_table_is_written_and_run_json_holds_its_digest(finished: Path) -> None:
    digests = json.loads((finished / "run.json").read_text())["sha256"]
    assert TABLES | {"cost.csv"} == set(digests)
    for name, digest in digests.items():
        assert digest == hashlib.sha256((finished / name).read_bytes()).hexdigest()


def test_quality_is_what_the_saved_outputs_score(finished: Path, textures: Path) -> None:
    values = []
    for path in sorted(textures.glob("*/*.png")):
        output = finished / "arms/nearest" / f"{path.parent.name}%2F{path.name}"
        values.append(psnr(read_picture(path).pixels, read_picture(output).pixels))
    (row,) = [row for row in read(finished / "leaderboard.csv") if row["method"] == "nearest"]
    assert 18 == len(values)
    assert float(row["psnr"]) == pytest.approx(np.mean(values), abs=1e-12)


def test_accuracy_is_the_share_of_right_predictions(finished: Path) -> None:
    predictions = read(finished / "predictions.csv")
    for row in read(finished / "classification.csv"):
        mine = [one for one in predictions if (one["arm"], one["mode"]) == (row["arm"], row["mode"])]
        right: dict[str, list[bool]] = {}
        for one in mine:
            right.setdefault(one["image"], []).append(one["label"] == one["predicted"])
        # An image tested in both repeats counts once, with its mean.
        assert float(row["accuracy"]) == pytest.approx(np.mean([np.mean(each) for each in right.values()]), abs=1e-12)


def test_repeats_split_otherwise(finished: Path) -> None:
    tested = [
        {one["image"] for one in read(finished / "predictions.csv") if one["repeat"] == repeat} for repeat in "01"
    ]
    assert tested[0] != tested[1]


def test_both_modes_and_all_arms_are_in_the_classification(finished: Path) -> None:
    found = {(row["mode"], row["arm"]) for row in read(finished / "classification.csv")}
    assert {(mode, arm) for mode in ("retrain", "frozen") for arm in ("hr", "lr", "nearest", "bicubic")} == found


def test_tables_are_the_same_from_one_two_and_four_workers(finished: Path, textures: Path, tmp_path: Path) -> None:
    for workers in (2, 4):
        run(small_study(), textures, tmp_path / str(workers), workers=workers, measure_cost=True)
        assert tables(finished) == tables(tmp_path / str(workers))


def test_duplicates_planted_across_the_split_stop_the_run_and_are_named(tmp_path: Path) -> None:
    images = write_textures(tmp_path / "images")
    for number in range(6, 10):
        copied, _ = texture(0, number - 6, 3)
        save(images / f"class_0/{number:03d}.png", np.ascontiguousarray(np.rot90(copied[:24, :24])))
    with pytest.raises(LeakageError, match="class_0/00") as stopped:
        run(small_study(), images, tmp_path / "out")
    assert "--deduplicate" in str(stopped.value)
    assert not (tmp_path / "out").exists()


def test_deduplicate_keeps_the_first_and_says_so(tmp_path: Path) -> None:
    images = write_textures(tmp_path / "images")
    pixels, _ = texture(0, 0, 3)
    save(images / "class_0/copy.png", pixels[:24, :24])
    result = run(small_study(), images, tmp_path / "out", deduplicate=True)
    assert any("'class_0/copy' was left out" in note for note in result.notes)
    assert not [row for row in read(tmp_path / "out/predictions.csv") if row["image"] == "class_0/copy"]


def test_allowed_leakage_marks_every_row(tmp_path: Path) -> None:
    images = write_textures(tmp_path / "images")
    for number in range(6, 10):
        pixels, _ = texture(0, number - 6, 3)
        save(images / f"class_0/{number:03d}.png", pixels[:24, :24])
    run(small_study(), images, tmp_path / "out", allow_leakage=True)
    assert all("allowed: " in row["leakage"] for row in read(tmp_path / "out/classification.csv"))


def test_a_class_of_one_image_is_unsplittable_and_listed(tmp_path: Path) -> None:
    images = write_textures(tmp_path / "images")
    pixels, _ = texture(2, 77, 3)
    save(images / "rare/000.png", pixels[:24, :24])
    run(small_study(), images, tmp_path / "out")
    assert {"rare: 1 image for 2 parts"} == {row["unsplittable"] for row in read(tmp_path / "out/classification.csv")}
    rare = [row for row in read(tmp_path / "out/per_class.csv") if row["class"] == "rare"]
    assert {"unsplittable: 1 image for 2 parts"} == {row["note"] for row in rare}


def test_an_upscaler_that_returns_nan_fails_on_that_image_alone(textures: Path, tmp_path: Path) -> None:
    study = small_study(upscalers=["bicubic", "bad=fake?fault=nan&only=class_1/002"])
    result = run(study, textures, tmp_path / "out")
    assert 3 == result.exit_code
    (failure,) = read(tmp_path / "out/failures.csv")
    assert ("class_1/002", "bad", "not upscaled") == (failure["image"], failure["method"], failure["what"])
    assert "NaN" in failure["reason"]
    assert {"17"} == {row["n_images"] for row in read(tmp_path / "out/leaderboard.csv")}
    tested = {row["image"] for row in read(tmp_path / "out/predictions.csv")}
    assert tested
    assert "class_1/002" not in tested


def test_an_upscaler_that_always_fails_leaves_the_other_arms_alone(textures: Path, tmp_path: Path) -> None:
    study = small_study(upscalers=["bicubic", "bad=fake?fault=size"])
    assert 3 == run(study, textures, tmp_path / "out").exit_code
    assert {"hr", "lr", "bicubic"} == {row["arm"] for row in read(tmp_path / "out/classification.csv")}


def test_a_resume_with_other_images_is_refused(tmp_path: Path) -> None:
    images = write_textures(tmp_path / "images")
    run(small_study(), images, tmp_path / "out")
    pixels, _ = texture(1, 99, 3)
    save(images / "class_1/000.png", pixels[:24, :24])
    with pytest.raises(UsageError, match="inputs"):
        run(small_study(), images, tmp_path / "out")


def test_floats_are_scored_as_they_are_when_asked(textures: Path, tmp_path: Path) -> None:
    study = small_study(classification=None, upscalers=["bicubic"], degradation={"recipe": "bicubic-matlab-x2@1"})
    rounded = run(study, textures, tmp_path / "rounded").leaderboard.rows[0]
    floats = run(study, textures, tmp_path / "floats", keep_float=True)
    # uint8 LR is upscaled with MATLAB's rounding after each pass, so that the outputs are whole numbers already.
    assert rounded.cells["psnr"].summary.mean == floats.leaderboard.rows[0].cells["psnr"].summary.mean
    assert floats.leaderboard.heading.protocol.endswith("floats")


def test_minmax8_keeps_order_and_fills_the_range() -> None:
    ramp = np.arange(-300, 300, dtype=np.int16).reshape(20, 30)
    converted = minmax8(ramp)
    assert (0, 255) == (int(converted.min()), int(converted.max()))
    assert (np.diff(converted.ravel().astype(int)) >= 0).all()


def test_an_upscaler_trained_on_these_images_stops_the_run(tmp_path: Path) -> None:
    images = write_textures(tmp_path / "images", 3)
    pixels, _ = texture(1, 10, 3)
    save(tmp_path / "known/some.png", np.ascontiguousarray(pixels[:24, :24][:, ::-1]))
    study = small_study(upscalers=[f"mine=nearest?trained_on={tmp_path / 'known'}"], classification=None)
    with pytest.raises(LeakageError, match=r"'mine' was trained on images of this study; found 1: 'class_1/000'"):
        run(study, images, tmp_path / "out")
    allowed = run(study, images, tmp_path / "out", allow_leakage=True)
    assert any("leakage allowed: mine was trained on 1" in note for note in allowed.notes)


def test_a_shown_interval_of_a_share_ends_where_shares_do_and_the_csv_keeps_it(textures: Path, tmp_path: Path) -> None:
    study = small_study(classification={"classifiers": ["default"], "repeats": 2, "modes": ["frozen"]})
    result = run(study, textures, tmp_path / "out")
    rows = read(tmp_path / "out/classification.csv")
    computed = [(float(row["accuracy_ci_low"]), float(row["accuracy_ci_high"])) for row in rows]
    assert any(low < 0 or high > 1 for low, high in computed), computed  # so few images were tested
    expected = [f"[{100 * max(low, 0):.1f}, {100 * min(high, 1):.1f}]" for low, high in computed]
    assert expected == [line[2] for line in result.classification_text("default", "frozen")]
    for text in (str(result), *((tmp_path / "out" / f"joined.{end}").read_text() for end in ("md", "tex"))):
        words = " ".join(text.replace("\\", "").split())
        assert "95 %: Student t over" in words
        assert "past 0 or 100 is cut there; classification.csv has it as computed." in words
        assert all(one in words for one in expected)


def test_where_no_interval_was_cut_nothing_is_said_of_it(tmp_path: Path) -> None:
    textures = write_textures(tmp_path / "textures", 12)  # enough units for a bootstrap, which stays among shares
    study = small_study(classification={"classifiers": ["fake"], "repeats": 20, "modes": ["frozen"]})
    result = run(study, textures, tmp_path / "out")
    computed = [(row["accuracy_ci_low"], row["accuracy_ci_high"]) for row in read(tmp_path / "out/classification.csv")]
    assert all(0 <= float(low) and float(high) <= 1 for low, high in computed), computed
    assert "95 %: BCa bootstrap" in result.legend
    assert "is cut there" not in result.legend


def test_class_names_of_labels_that_no_image_has_are_told(textures: Path, tmp_path: Path) -> None:
    named = {"classes": "folders", "class_names": {"class_0": "brick", "clas_1": "gravel"}}
    result = run(small_study(images=named), textures, tmp_path / "out")
    assert "class names are given for labels that no image has: clas_1" in result.notes
    assert {"brick", "class_1", "class_2"} == {row["label"] for row in read(tmp_path / "out/predictions.csv")}


def test_a_bench_is_refused_where_another_run_or_its_own_images_are_before_anything_runs(tmp_path: Path) -> None:
    images = write_textures(tmp_path / "textures", 2)
    (tmp_path / "compared").mkdir()
    (tmp_path / "compared" / "run.json").write_text('{"schema": 1, "command": {"job": "compare"}}')
    for out, words in (("compared", "run.json of srmetrics compare"), ("textures/run", "lies among the images")):
        with pytest.raises(UsageError, match=words):
            run(small_study(classification=None), images, tmp_path / out)
    assert not (tmp_path / "textures" / "run").exists()
    assert ["run.json"] == [path.name for path in (tmp_path / "compared").iterdir()]
