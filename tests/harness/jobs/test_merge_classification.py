"""The classification of benches is merged where they trained and tested alike, made anew, and refused where not."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
from small_study import run, small_study, tables, write_textures

import harness
from harness.jobs.merge_runs import merge_runs
from srmetrics.errors import FileError, UsageError

SPLIT = {"repeats": 2}


@pytest.fixture(scope="module")
def textures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_textures(tmp_path_factory.mktemp("merging") / "textures", 4)


def bench(images: Path, out: Path, upscalers: list[str], classifiers: list[str], **changes: Any) -> Path:
    study = {"images": changes.pop("layout")} if "layout" in changes else {}
    asked = {"classifiers": classifiers, **SPLIT, **changes}
    run(small_study(upscalers=upscalers, classification=asked, **study), images, out)
    return out


@pytest.fixture(scope="module")
def first(textures: Path) -> Path:
    return bench(textures, textures.parent / "first", ["nearest", "bicubic"], ["fake", "fake:constant"])


@pytest.fixture(scope="module")
def second(textures: Path) -> Path:
    return bench(textures, textures.parent / "second", ["bicubic", "lanczos"], ["fake", "fake:constant"])


def test_merged_runs_have_the_tables_of_one_run_with_all_methods(
    textures: Path, first: Path, second: Path, tmp_path: Path
) -> None:
    whole = bench(textures, tmp_path / "whole", ["nearest", "bicubic", "lanczos"], ["fake", "fake:constant"])
    (merged,) = merge_runs([first, second])
    merged.write(tmp_path / "merged")
    expected, found = tables(whole), tables(tmp_path / "merged")
    # A bench lists all methods of an image, a merged run all images of a method.
    assert sorted(expected.pop("per_image.csv").splitlines()) == sorted(found.pop("per_image.csv").splitlines())
    assert expected == found


def test_a_merged_run_is_verified_cited_and_merged_again(
    textures: Path, first: Path, second: Path, tmp_path: Path
) -> None:
    merge_runs([first, second])[0].write(tmp_path / "merged")
    found = harness.verify(tmp_path / "merged")
    assert {"identical", "not checkable"} == {one.status for one in found.verdicts}
    assert {"per_image.csv"} == {one.table for one in found.verdicts if one.status == "not checkable"}
    assert found.count("identical", "classification.csv") > 0
    assert "The classifier fake " in harness.cite(tmp_path / "merged").paragraph
    third = bench(textures, tmp_path / "third", ["bilinear"], ["fake", "fake:constant"])
    (again,) = merge_runs([tmp_path / "merged", third])
    (at_once,) = merge_runs([first, second, third])
    assert at_once.texts() == again.texts()


def test_each_classifier_has_the_arms_of_the_runs_that_asked_it(textures: Path, first: Path, tmp_path: Path) -> None:
    second = bench(textures, tmp_path / "second", ["bilinear"], ["fake"], modes=["retrain"])
    third = bench(textures, tmp_path / "third", ["lanczos"], ["fake", "fake2=fake:constant"], modes=["frozen"])
    (merged,) = merge_runs([first, second, third])
    assert merged.classification is not None
    arms: dict[tuple[str, str], list[str]] = {}
    for one in merged.classification.arms:
        arms.setdefault((one.classifier, one.mode), []).append(one.arm)
    assert {
        ("fake", "retrain"): ["hr", "lr", "nearest", "bicubic", "bilinear"],
        ("fake", "frozen"): ["hr", "lr", "nearest", "bicubic", "lanczos"],
        ("constant", "retrain"): ["hr", "lr", "nearest", "bicubic"],
        ("constant", "frozen"): ["hr", "lr", "nearest", "bicubic"],
        ("fake2", "frozen"): ["hr", "lr", "lanczos"],
    } == arms


def test_a_run_without_classifiers_adds_its_quality_alone(textures: Path, first: Path, tmp_path: Path) -> None:
    run(small_study(upscalers=["lanczos"], classification=None, images={"classes": "folders"}), textures, tmp_path)
    (merged,) = merge_runs([tmp_path, first])
    assert ("lanczos", "nearest", "bicubic") == merged.methods
    assert merged.classification is not None
    assert {"hr", "lr", "nearest", "bicubic"} == {one.arm for one in merged.classification.arms}


def test_two_methods_of_one_name_are_told_apart_in_every_table(textures: Path, tmp_path: Path) -> None:
    runs = [
        bench(textures, tmp_path / name, [f"mine={kernel}"], ["fake"])
        for name, kernel in (("monday", "nearest"), ("tuesday", "lanczos"))
    ]
    (merged,) = merge_runs(runs)
    merged.write(tmp_path / "merged")
    names = ["hr", "lr", "mine", "mine (tuesday)"]
    for file, column in (("joined.csv", "arm"), ("classification.csv", "arm"), ("predictions.csv", "arm")):
        with (tmp_path / "merged" / file).open(newline="") as lines:
            assert names == list(dict.fromkeys(line[column] for line in csv.DictReader(lines)))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"seed": 1}, r"differ in the classification's seed; found 0 in .*first, 1 in .*other"),
        ({"repeats": 3}, "differ in the classification's repeats"),
        ({"train": 0.5, "test": 0.5}, "differ in the classification's train"),
        ({"sr_train": 0.3}, "differ in the classification's sr_train"),
        ({"layout": {"classes": "folders", "group_by": "^(class_./00.)"}}, "differ in the images of the part 'test'"),
        ({"layout": {"classes": "folders", "class_names": {"class_0": "brick"}}}, "differ in dataset digest"),
    ],
)
def test_runs_that_divided_otherwise_are_refused(
    textures: Path, first: Path, tmp_path: Path, changes: dict[str, Any], said: str
) -> None:
    bench(textures, tmp_path / "other", ["lanczos"], ["fake"], **changes)
    with pytest.raises(UsageError, match=said):
        merge_runs([first, tmp_path / "other"])


def test_one_name_of_two_classifiers_is_refused(textures: Path, first: Path, tmp_path: Path) -> None:
    bench(textures, tmp_path, ["lanczos"], ["fake=fake:constant"])
    with pytest.raises(UsageError, match=r"differ in the classifier fake; found \('fake', None\) in .*fake:constant"):
        merge_runs([first, tmp_path])
    assert 2 == len(merge_runs([first, tmp_path], mixed=True))


def test_low_resolution_images_of_another_seed_are_refused(textures: Path, tmp_path: Path) -> None:
    for seed in (0, 1):
        degradation = {"recipe": "dn-x3@1", "seed": seed}
        study = small_study(upscalers=["nearest"], classification=None, degradation=degradation)
        run(study, textures, tmp_path / str(seed))
    with pytest.raises(UsageError, match="differ in the low-resolution image class_0/000"):
        merge_runs([tmp_path / "0", tmp_path / "1"])


def test_a_third_run_is_held_to_every_run_before_it(textures: Path, tmp_path: Path) -> None:
    runs = [
        bench(textures, tmp_path / "a", ["nearest"], ["fake"]),
        bench(textures, tmp_path / "b", ["nearest"], ["other=fake:constant"]),
        bench(textures, tmp_path / "c", ["nearest"], ["other=fake"]),
    ]
    with pytest.raises(UsageError, match=r"differ in the classifier other; found .* in .*/b, .* in .*/c"):
        merge_runs(runs)


def test_a_classifier_that_says_another_thing_of_hr_is_refused(first: Path, second: Path, tmp_path: Path) -> None:
    """As from a GPU, or from other versions: the arms of the two runs are then of two classifiers."""
    other = copied(second, tmp_path / "other")
    text = (other / "predictions.csv").read_text()
    probability = r"(?m)^(class_./00.,,hr,fake,frozen,1,test,.*,0\.)(\d)"
    changed = re.sub(probability, lambda found: found[1] + str(9 - int(found[2])), text, count=1)
    assert text != changed
    rewrite(other, "predictions.csv", changed)
    with pytest.raises(UsageError, match=r"differ in what fake \(frozen, repeat 2\) says of class_./00. in the arm hr"):
        merge_runs([first, other])


def test_altered_predictions_are_refused(second: Path, tmp_path: Path) -> None:
    other = copied(second, tmp_path / "other")
    (other / "predictions.csv").write_text((other / "predictions.csv").read_text().replace("lanczos", "theirs"))
    with pytest.raises(FileError, match="altered"):
        merge_runs([other])


def test_a_run_that_does_not_say_how_it_classified_is_refused(second: Path, tmp_path: Path) -> None:
    other = copied(second, tmp_path / "other")
    facts = json.loads((other / "run.json").read_text())
    del facts["splits"]
    (other / "run.json").write_text(json.dumps(facts))
    with pytest.raises(FileError, match="does not say how it classified; found KeyError: 'splits'"):
        merge_runs([other])


def copied(folder: Path, to: Path) -> Path:
    to.mkdir()
    for file in folder.iterdir():
        if file.suffix in (".csv", ".json"):
            (to / file.name).write_bytes(file.read_bytes())
    return to


def rewrite(folder: Path, name: str, text: str) -> None:
    """Write a table and its digest, as a run that made it would have."""
    (folder / name).write_text(text)
    facts = json.loads((folder / "run.json").read_text())
    facts["sha256"][name] = hashlib.sha256(text.encode()).hexdigest()
    (folder / "run.json").write_text(json.dumps(facts))
