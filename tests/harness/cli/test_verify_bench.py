"""``srmetrics verify`` on runs of bench: what methods made, and what classifiers said of it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from kept_run import change_pixel, exchange, flips, forge, verified
from small_study import run, small_study, write_textures

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
