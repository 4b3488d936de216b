"""A folder is degraded to the same bytes whatever the order, subset, number of workers or interruptions."""

from __future__ import annotations

import dataclasses
import filecmp
import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
import tifffile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

import harness
from degradations import Recipe, read_manifest, recipe_to_yaml
from degradations.manifest import describe_pixels
from degradations.steps.noise import GaussianNoise
from degradations.steps.quantise import Quantise, ToFloat
from degradations.steps.resize import ResizeBy, ResizeTo
from harness.images import ImageSet, find_images
from harness.jobs.replay_manifest import replay_manifest
from srmetrics.errors import FileError, ManifestError, RecipeError, UsageError

RANDOM = Recipe(
    "random-x2",
    1,
    2,
    (
        ToFloat(),
        ResizeBy(("opencv-area", "opencv-bilinear", "opencv-bicubic"), (0.2, 0.7, 0.1), 0.15, 1.5),
        GaussianNoise(sigma=(1.0, 30.0), grey_probability=0.4),
        ResizeTo(("opencv-bilinear", "opencv-bicubic")),
        Quantise(),
    ),
    "",
    "",
)
NAMES = ("a/one.png", "a/two.png", "b/one.png", "three.png", "vier (4).png", "f\u00fcnf.png")


def make_images(folder: Path, names: tuple[str, ...] = NAMES) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        rng = np.random.RandomState(NAMES.index(name) if name in NAMES else 99)
        shape = (21, 30, 3) if "one" in name else (24, 17)
        Image.fromarray(rng.randint(0, 256, shape).astype(np.uint8)).save(path)
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    """Read every file of a finished run; the lock names a process."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != ".srmetrics.lock"
    }


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_images(tmp_path_factory.mktemp("HR"))


@pytest.fixture(scope="module")
def finished(images: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("LR")
    assert harness.degrade(images, out, RANDOM, seed=7, draws=2, workers=1).exit_code == 0
    return out


def test_images_and_manifest_are_written_for_every_draw(images: Path, finished: Path) -> None:
    entries = read_manifest(finished / "manifest.jsonl")
    assert len(entries) == 12
    assert {(entry.key, entry.draw) for entry in entries} == {
        (name.removesuffix(".png"), draw) for name in NAMES for draw in (0, 1)
    }
    for entry in entries:
        assert entry.file is not None
        with Image.open(finished / entry.file) as opened:
            assert describe_pixels(np.asarray(opened)) == entry.output.model_dump()
        with Image.open(images / str(entry.source)) as opened:
            assert describe_pixels(np.asarray(opened)) == entry.input.model_dump()


def test_four_workers_and_a_renamed_root_give_identical_bytes(images: Path, finished: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "another name"
    shutil.copytree(images, elsewhere)
    harness.degrade(elsewhere, tmp_path / "LR", RANDOM, seed=7, draws=2, workers=4)
    assert contents(finished) == contents(tmp_path / "LR")


def test_the_order_in_which_files_are_found_does_not_matter(
    images: Path, finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = sys.modules["harness.jobs.degrade"]

    def found_backwards(location: str) -> ImageSet:
        found = find_images(location)
        return dataclasses.replace(found, files=found.files[::-1])

    monkeypatch.setattr(job, "find_images", found_backwards)
    harness.degrade(images, tmp_path / "LR", RANDOM, seed=7, draws=2, workers=2)
    assert contents(finished) == contents(tmp_path / "LR")


@given(kept=st.sets(st.sampled_from(NAMES), min_size=1), workers=st.integers(1, 4))
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_subset_gives_the_same_images_and_lines(
    finished: Path, tmp_path_factory: pytest.TempPathFactory, kept: set[str], workers: int
) -> None:
    folder = tmp_path_factory.mktemp("subset")
    make_images(folder / "HR", tuple(sorted(kept)))
    harness.degrade(folder / "HR", folder / "LR", RANDOM, seed=7, draws=2, workers=workers)
    whole, part = contents(finished), contents(folder / "LR")
    lines = whole.pop("manifest.jsonl").splitlines()
    assert [line for line in lines if json.loads(line)["source"] in kept] == part.pop("manifest.jsonl").splitlines()
    assert part.items() <= whole.items()


def test_a_draw_is_the_same_however_many_are_made(images: Path, finished: Path, tmp_path: Path) -> None:
    harness.degrade(images, tmp_path / "one", RANDOM, seed=7)
    harness.degrade(images, tmp_path / "three", RANDOM, seed=7, draws=3)
    for name in NAMES:
        first = (finished / "draw_000" / name).read_bytes()
        assert first == (tmp_path / "one" / name).read_bytes()
        assert first == (tmp_path / "three/draw_000" / name).read_bytes()
        second = (finished / "draw_001" / name).read_bytes()
        assert second == (tmp_path / "three/draw_001" / name).read_bytes()
        assert first != second


def test_another_seed_gives_other_images(images: Path, finished: Path, tmp_path: Path) -> None:
    harness.degrade(images, tmp_path / "LR", RANDOM, seed=8, draws=2)
    assert not any(
        filecmp.cmp(finished / "draw_000" / name, tmp_path / "LR/draw_000" / name, shallow=False) for name in NAMES
    )


def test_content_keys_follow_the_pixels_and_not_the_name(images: Path, tmp_path: Path) -> None:
    (tmp_path / "HR").mkdir()
    for name in ("x.png", "y.png"):
        shutil.copy(images / "three.png", tmp_path / "HR" / name)
    harness.degrade(tmp_path / "HR", tmp_path / "content", RANDOM, key="content")
    harness.degrade(tmp_path / "HR", tmp_path / "path", RANDOM)
    assert (tmp_path / "content/x.png").read_bytes() == (tmp_path / "content/y.png").read_bytes()
    assert (tmp_path / "path/x.png").read_bytes() != (tmp_path / "path/y.png").read_bytes()
    replay_manifest(tmp_path / "HR", tmp_path / "again", tmp_path / "content/manifest.jsonl", recipe=RANDOM)
    assert (tmp_path / "content/x.png").read_bytes() == (tmp_path / "again/x.png").read_bytes()


def test_cut_high_resolution_images_are_saved_and_recorded(images: Path, tmp_path: Path) -> None:
    harness.degrade(images, tmp_path / "LR", "bicubic-matlab-x4", save_hr=tmp_path / "cut")
    entry = next(each for each in read_manifest(tmp_path / "LR/manifest.jsonl") if each.key == "a/one")
    assert (entry.crop.bottom, entry.crop.right) == (1, 2)
    assert entry.hr == "a/one.png"
    with Image.open(images / "a/one.png") as whole, Image.open(tmp_path / "cut/a/one.png") as cut:
        np.testing.assert_array_equal(np.asarray(whole)[:20, :28], np.asarray(cut))


def test_replay_makes_every_draw_and_every_cut_image_again(images: Path, tmp_path: Path) -> None:
    harness.degrade(images, tmp_path / "LR", "bicubic-matlab-x4", draws=2, save_hr=tmp_path / "cut")
    replay_manifest(
        images, tmp_path / "again", tmp_path / "LR/manifest.jsonl", save_hr=tmp_path / "cut again", workers=2
    )
    made = contents(tmp_path / "LR")
    del made["degrade.json"]
    assert made == contents(tmp_path / "again")
    assert contents(tmp_path / "cut") == contents(tmp_path / "cut again")


def test_sixteen_bits_and_floats_are_written_without_loss(tmp_path: Path) -> None:
    (tmp_path / "HR").mkdir()
    deep = np.random.RandomState(0).randint(0, 65536, (8, 12, 3)).astype(np.uint16)
    cv2.imwrite(str(tmp_path / "HR/deep.png"), deep[..., ::-1])
    tifffile.imwrite(tmp_path / "HR/float.tif", (deep / 65535).astype(np.float32), photometric="rgb")
    result = harness.degrade(tmp_path / "HR", tmp_path / "LR", "bicubic-matlab-x2")
    assert [entry["file"] for entry in result.entries] == ["deep.png", "float.tif"]
    read = {
        "deep.png": cv2.imread(str(tmp_path / "LR/deep.png"), cv2.IMREAD_UNCHANGED)[..., ::-1],
        "float.tif": tifffile.imread(tmp_path / "LR/float.tif"),
    }
    for entry in result.entries:
        assert describe_pixels(read[entry["file"]]) == entry["output"]
    assert {"uint16", "float32"} == {image.dtype.name for image in read.values()}


def test_every_page_of_a_stack_is_an_image(tmp_path: Path) -> None:
    stack = np.random.RandomState(0).randint(0, 256, (3, 8, 8)).astype(np.uint8)
    (tmp_path / "HR").mkdir()
    tifffile.imwrite(tmp_path / "HR/volume.tif", stack, photometric="minisblack")
    result = harness.degrade(tmp_path / "HR", tmp_path / "LR", RANDOM)
    assert [(0, "volume#0000"), (1, "volume#0001"), (2, "volume#0002")] == [
        (entry["page"], entry["key"]) for entry in result.entries
    ]
    assert 3 == len({entry["output"]["sha256"] for entry in result.entries})
    replay_manifest(tmp_path / "HR", tmp_path / "again", tmp_path / "LR/manifest.jsonl", recipe=RANDOM)


# --- stopping and going on
# -------------------------------------------------------------------------------------------

SLOW_RUN = """
import sys, time
import harness
from harness.jobs import degrade_image
written = degrade_image.write_atomically
def slowly(path, data):
    written(path, data)
    print(path.name, flush=True)
    time.sleep(0.02)
degrade_image.write_atomically = slowly
harness.degrade(sys.argv[1], sys.argv[2], sys.argv[3], seed=7, draws=2, workers=2)
"""


def test_a_killed_run_goes_on_to_the_same_bytes(images: Path, finished: Path, tmp_path: Path) -> None:
    recipe, out = tmp_path / "random.yaml", tmp_path / "LR"
    recipe.write_text(recipe_to_yaml(RANDOM), encoding="utf-8")
    for images_before_the_kill in (1, 9):
        process = subprocess.Popen(
            [sys.executable, "-c", SLOW_RUN, str(images), str(out), str(recipe)], stdout=subprocess.PIPE
        )
        assert process.stdout is not None
        for _ in range(images_before_the_kill):
            assert process.stdout.readline()
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert not (out / "manifest.jsonl").exists()
    # What a kill in the middle of a write leaves behind.
    (out / "draw_000/.three.png.abcdef12.part").write_bytes(b"half")
    with (out / ".manifest.part.jsonl").open("a") as journal:
        journal.write('{"schema": 1, "rec')
    result = harness.degrade(images, out, RANDOM, seed=7, draws=2, workers=2)
    assert contents(finished) == contents(out)
    assert result.already_there >= 1
    assert len(result.entries) == 12


def test_a_finished_run_is_not_done_again(images: Path, finished: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in finished.rglob("*.png")}
    result = harness.degrade(images, finished, RANDOM, seed=7, draws=2)
    assert (12, 12) == (result.already_there, len(result.entries))
    assert before == {path: path.stat().st_mtime_ns for path in finished.rglob("*.png")}


def test_a_result_that_was_taken_away_is_made_again(images: Path, finished: Path, tmp_path: Path) -> None:
    out = tmp_path / "LR"
    shutil.copytree(finished, out)
    (out / "draw_001/three.png").unlink()
    result = harness.degrade(images, out, RANDOM, seed=7, draws=2)
    assert 11 == result.already_there
    assert contents(finished) == contents(out)


def test_images_that_were_added_are_made_too(images: Path, finished: Path, tmp_path: Path) -> None:
    make_images(tmp_path / "HR", NAMES[:2])
    harness.degrade(tmp_path / "HR", tmp_path / "LR", RANDOM, seed=7, draws=2)
    make_images(tmp_path / "HR")
    result = harness.degrade(tmp_path / "HR", tmp_path / "LR", RANDOM, seed=7, draws=2)
    assert 4 == result.already_there
    assert contents(finished) == contents(tmp_path / "LR")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"seed": 8}, "another seed; found 8 now; expected 7"),
        ({"draws": 3}, "another draws"),
        ({"key": "content"}, "another key"),
        ({"recipe": "bicubic-matlab-x2"}, "another recipe"),
        ({"save_hr": "cut"}, "another save hr"),
    ],
)
def test_going_on_with_other_arguments_is_refused(
    images: Path, finished: Path, tmp_path: Path, changes: dict[str, object], words: str
) -> None:
    before = contents(finished)
    if "save_hr" in changes:
        changes = {"save_hr": tmp_path / "cut"}
    arguments = {"recipe": RANDOM, "seed": 7, "draws": 2, **changes}
    with pytest.raises(UsageError, match=words):
        harness.degrade(images, finished, **arguments)  # type: ignore[arg-type]
    assert before == contents(finished)


def test_going_on_after_a_recipes_words_were_mended_is_allowed(images: Path, finished: Path) -> None:
    mended = dataclasses.replace(RANDOM, text="in other words")
    assert 12 == harness.degrade(images, finished, mended, seed=7, draws=2).already_there


def test_a_damaged_record_of_the_run_is_refused(images: Path, finished: Path, tmp_path: Path) -> None:
    shutil.copytree(finished, tmp_path / "LR")
    (tmp_path / "LR/degrade.json").write_text("{")
    with pytest.raises(FileError, match=r"degrade\.json: the record of the earlier run"):
        harness.degrade(images, tmp_path / "LR", RANDOM, seed=7, draws=2)


def test_going_on_with_a_changed_image_is_refused(images: Path, finished: Path, tmp_path: Path) -> None:
    shutil.copytree(images, tmp_path / "HR")
    shutil.copytree(finished, tmp_path / "LR")
    shutil.copy(images / "a/one.png", tmp_path / "HR/three.png")
    with pytest.raises(ManifestError, match=r"three\.png: the image has changed"):
        harness.degrade(tmp_path / "HR", tmp_path / "LR", RANDOM, seed=7, draws=2)


def test_two_runs_in_one_folder_at_once_are_refused(images: Path, tmp_path: Path) -> None:
    from harness.engine.lock import locked

    with locked(tmp_path), pytest.raises(FileError, match="another run"):
        harness.degrade(images, tmp_path, RANDOM)


# --- what cannot be done
# ---------------------------------------------------------------------------------------------


def test_files_that_are_there_already_are_not_overwritten(images: Path, tmp_path: Path) -> None:
    (tmp_path / "three.png").write_bytes(b"precious")
    with pytest.raises(UsageError, match=r"three\.png: the output folder already holds"):
        harness.degrade(images, tmp_path, RANDOM)
    assert (tmp_path / "three.png").read_bytes() == b"precious"
    assert not (tmp_path / "degrade.json").exists()


@pytest.mark.parametrize("inside", ["", "LR", "a/deeper"])
def test_an_output_folder_inside_the_input_is_refused(tmp_path: Path, inside: str) -> None:
    make_images(tmp_path / "HR")
    with pytest.raises(UsageError, match="inside the folder"):
        harness.degrade(tmp_path / "HR", tmp_path / "HR" / inside, RANDOM)
    with pytest.raises(UsageError, match="inside the folder"):
        harness.degrade(tmp_path / "HR", tmp_path / "LR", RANDOM, save_hr=tmp_path / "HR" / inside)


def test_high_and_low_resolution_images_cannot_share_a_folder(images: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--save-hr"):
        harness.degrade(images, tmp_path / "LR", RANDOM, save_hr=tmp_path / "LR")


def test_bad_images_are_listed_and_the_others_made(tmp_path: Path) -> None:
    high = make_images(tmp_path / "HR", ("a/one.png", "three.png"))
    (high / "torn.png").write_bytes((high / "three.png").read_bytes()[:60])
    (high / "text.png").write_text("no image")
    (high / "empty.png").write_bytes(b"")
    Image.fromarray(np.zeros((1, 9), np.uint8)).save(high / "flat.png")
    Image.fromarray(np.zeros((9, 9, 4), np.uint8)).save(high / "alpha.png")
    shutil.copy(high / "three.png", high / "twice.png")
    Image.fromarray(np.zeros((8, 8), np.uint8)).save(high / "twice.bmp")
    result = harness.degrade(high, tmp_path / "LR", RANDOM)
    assert 3 == result.exit_code
    assert ["a/one", "three"] == [entry["key"] for entry in result.entries]
    listed = (tmp_path / "LR/failures.csv").read_text()
    for name in ("torn.png", "text.png", "empty.png", "flat.png", "alpha.png", "twice.png", "twice.bmp"):
        assert f",{name}," in listed
    assert "smaller than the recipe's scale" in listed
    (high / "torn.png").unlink()


def test_mended_images_are_made_by_the_same_command(tmp_path: Path) -> None:
    high = make_images(tmp_path / "HR", ("a/one.png",))
    (high / "three.png").write_bytes(b"")
    assert 3 == harness.degrade(high, tmp_path / "LR", RANDOM).exit_code
    make_images(high, ("three.png",))
    assert 0 == harness.degrade(high, tmp_path / "LR", RANDOM).exit_code
    assert not (tmp_path / "LR/failures.csv").exists()


def test_nothing_made_is_a_failed_run(tmp_path: Path) -> None:
    (tmp_path / "HR").mkdir()
    (tmp_path / "HR/empty.png").write_bytes(b"")
    assert 1 == harness.degrade(tmp_path / "HR", tmp_path / "LR", RANDOM).exit_code


@pytest.mark.parametrize(
    "arguments", [{"seed": -1}, {"draws": 0}, {"workers": 0}, {"key": "name"}, {"seed": 1.5}, {"draws": True}]
)
def test_impossible_arguments_are_refused_before_anything_is_written(
    images: Path, tmp_path: Path, arguments: dict[str, object]
) -> None:
    with pytest.raises(UsageError):
        harness.degrade(images, tmp_path / "LR", RANDOM, **arguments)  # type: ignore[arg-type]
    assert not (tmp_path / "LR").exists()


def test_unknown_recipes_and_folders_are_refused_before_anything_is_written(images: Path, tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="bicubic-matlab-x4"):
        harness.degrade(images, tmp_path / "LR", "bicubic-matlab-x44")
    with pytest.raises(FileError):
        harness.degrade(tmp_path / "nowhere", tmp_path / "LR", RANDOM)
    assert not (tmp_path / "LR").exists()


def test_progress_is_reported_to_its_end(images: Path, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    harness.degrade(images, tmp_path / "LR", RANDOM, progress=lambda done, total: seen.append((done, total)))
    assert [(number, 6) for number in range(1, 7)] == seen


def test_memory_does_not_grow_with_the_folder(tmp_path: Path) -> None:
    # Two workers hold at most three images in flight; thirty images of 3 MB would be 90 MB in 8 bits, 360 in
    # float32.
    resource = pytest.importorskip("resource")
    (tmp_path / "HR").mkdir()
    image = np.random.RandomState(0).randint(0, 256, (1000, 1000, 3)).astype(np.uint8)
    for number in range(30):
        cv2.imwrite(str(tmp_path / f"HR/{number}.png"), image, [cv2.IMWRITE_PNG_COMPRESSION, 0])
    script = (
        "import sys, resource, harness\n"
        "harness.degrade(sys.argv[1] + '/HR/0.png', sys.argv[1] + '/one', 'bicubic-matlab-x4', workers=2)\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "harness.degrade(sys.argv[1] + '/HR', sys.argv[1] + '/all', 'bicubic-matlab-x4', workers=2)\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    )
    assert resource
    grown = int(subprocess.run([sys.executable, "-c", script, str(tmp_path)], capture_output=True, check=True).stdout)
    assert grown < 70_000  # kilobytes: two more images in flight, of 3 MB and their float64 strips


@pytest.mark.parametrize("mark", ["run.json", "results.jsonl"])
def test_the_folder_of_another_job_is_left_as_it_is(images: Path, tmp_path: Path, mark: str) -> None:
    out = tmp_path / "run"
    out.mkdir()
    (out / mark).write_text('{"schema": 1, "command": {"job": "compare"}}')
    (out / "failures.csv").write_text("image,method,what,file,reason\n")
    with pytest.raises(UsageError, match="the output folder holds"):
        harness.degrade(images, out, "bicubic-matlab-x2")
    assert {mark, "failures.csv"} == {path.name for path in out.iterdir()}
