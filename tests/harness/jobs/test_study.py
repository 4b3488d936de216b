"""Studies are checked whole before anything runs, and those that ship run on a few generated images."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from small_study import run, small_study, write_textures

from harness.jobs.bench import run_bench
from harness.jobs.bench_options import BenchOptions
from harness.jobs.study import shipped_studies, study_from_yaml, study_named
from srmetrics.errors import ClassifierError, FileError, ModelError, UsageError

GOOD = """\
images:
  classes: folders
degradation:
  recipe: bicubic-matlab-x2@1
upscalers: [bicubic]
classification:
  classifiers: [default]
"""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (GOOD + "  repeat: 3\n", r"line 8, classification\.repeat: unknown field.*Did you mean 'repeats'\?"),
        (GOOD.replace("recipe:", "recip:"), r"line 4, degradation\.recip: unknown field.*recipe, seed"),
        (GOOD.replace("[bicubic]", "bicubic"), r"line 5, upscalers: .*list"),
        (GOOD.replace("[default]", "[]"), r"line 7, classification\.classifiers: "),
        (GOOD + "  repeats: 2.5\n", r"line 8, classification\.repeats: "),
        (GOOD + "upscalers: [nearest]\n", r"line 8: upscalers stands here a second time"),
        (GOOD + "name: [\n", r"line \d+: not valid YAML"),
        (GOOD + "about: &a x\nname: *a\n", "aliases"),
        (GOOD + "about: !!python/object/apply:os.getcwd []\n", "line 8: not valid YAML"),
        ("- bicubic\n", "a study is a mapping"),
        (GOOD.replace("upscalers: [bicubic]\n", ""), "upscalers: Field required"),
    ],
)
def test_a_study_that_is_wrong_is_refused_with_line_and_field(text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said) as refused:
        study_from_yaml(text, "mine.yaml")
    assert "mine.yaml" == refused.value.file


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("wbc-realesrgan-x2", "'wbc-realesrgan-x4'?"),
        ("malaria", "'malaria-rcan-x2'?"),
        ("mri-edsr", "'mri-edsr-wdsr-x2' or 'mri-edsr-wdsr-x4'?"),
        ("WBC", "'wbc-realesrgan-x4'?"),
    ],
)
def test_a_study_that_is_nowhere_is_refused_with_near_names(name: str, meant: str) -> None:
    with pytest.raises(UsageError, match=f"there is no such study.* Did you mean {re.escape(meant)}"):
        study_named(name)


def test_a_name_that_is_near_to_none_is_refused_with_those_that_ship() -> None:
    with pytest.raises(
        UsageError, match=r"expected a YAML file, or one of .*wbc-realesrgan-x4\. .*--smoke --out smoke/`\.$"
    ):
        study_named("unheard-of")


def test_a_file_that_is_not_there_is_named_and_a_study_that_ships_under_its_name_suggested(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"No such file.* Did you mean 'malaria-rcan-x2'\?") as refused:
        study_named(str(tmp_path / "malaria-rcan-x2.yaml"))
    assert str(tmp_path / "malaria-rcan-x2.yaml") == refused.value.file


def test_a_file_that_is_not_there_and_like_none_is_refused_with_one_to_try(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"found No such file or directory; .*`srmetrics bench .* --smoke .*`\.$"):
        study_named(str(tmp_path / "unheard-of.yaml"))


def test_a_device_that_does_not_exist_is_refused_where_no_network_would_look(tmp_path: Path) -> None:
    images = write_textures(tmp_path / "images", 3)
    with pytest.raises(UsageError, match=r"no such device; found 'cpuu'; expected cpu, cuda or cuda:N"):
        run(small_study(), images, tmp_path / "out", device="cpuu")


def test_a_folder_in_a_studys_place_is_sent_to_its_option(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"a folder is no study.*--images DIR"):
        study_named(str(tmp_path))


def test_programs_in_a_study_want_leave(tmp_path: Path) -> None:
    images = write_textures(tmp_path / "images", 3)
    (tmp_path / "program.py").write_text("raise SystemExit('it ran')")
    for changes in (
        {"upscalers": ["mine=python:program:make"]},
        {"classification": {"classifiers": ["python:program:make"]}},
    ):
        with pytest.raises(UsageError, match="--allow-code"):
            run(small_study(**changes), images, tmp_path / "out")


@pytest.mark.parametrize(
    ("changes", "error", "said"),
    [
        ({"upscalers": ["bicubik"]}, ModelError, "'bicubic'"),
        ({"classification": {"classifiers": ["defualt"]}}, ClassifierError, "'default'"),
        ({"upscalers": ["bicubic", "bicubic"]}, UsageError, "one name"),
        ({"upscalers": ["lr=bicubic"]}, UsageError, "cannot have this name.*NAME=bicubic"),
        ({"upscalers": ["bicubic?scale=4"]}, ModelError, "4 times larger"),
        ({"scoring": {"baseline": "edsr"}}, UsageError, "baseline"),
        ({"images": {"classes": "none"}}, UsageError, "--classes"),
    ],
)
def test_what_cannot_run_is_refused_before_anything_is_written(
    changes: dict[str, object], error: type[Exception], said: str, tmp_path: Path
) -> None:
    images = write_textures(tmp_path / "images", 3)
    with pytest.raises(error, match=said):
        run(small_study(**changes), images, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", list(shipped_studies()))
def test_every_study_that_ships_runs_on_generated_images(name: str, tmp_path: Path) -> None:
    if name == "mri-one-channel-resnet":
        pytest.importorskip("torch")
    study = study_named(name)
    result = run_bench(study, BenchOptions(images=None, out=str(tmp_path), smoke=True, measure_cost=False))
    assert 0 == result.exit_code, result.leaderboard.failures
    with (tmp_path / "classification.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    arms = {row["arm"] for row in rows}
    assert {"hr", "lr", *result.methods} == arms
    if study.images.masks is not None:
        regions = {row.region for row in result.leaderboard.rows}
        assert set(study.images.regions.values()) or {"mask", "background", "boundary"} <= regions
        assert set(study.images.regions.values()) <= regions


def test_slices_of_one_patient_are_never_on_both_sides(tmp_path: Path) -> None:
    study = study_named("brain-tumour-masked-ssim")
    run_bench(study, BenchOptions(images=None, out=str(tmp_path), smoke=True, measure_cost=False))
    with (tmp_path / "predictions.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if (row["arm"], row["mode"]) == ("hr", "frozen")]
    for repeat in ("0", "1"):
        tested = [row["group"] for row in rows if row["repeat"] == repeat]
        # Two slices of each patient were made, and both are tested or neither is.
        assert tested
        assert all(2 == tested.count(group) for group in tested)
