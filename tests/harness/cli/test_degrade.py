"""``srmetrics degrade`` and ``srmetrics recipes``: the real command on real files."""

from __future__ import annotations

import json
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from skimage import data
from typed_examples import examples_of, typed

from degradations import RECIPES, recipe_from_yaml
from harness.cli.degrade import EXAMPLES
from harness.cli.main import main

REAL = "realesrgan-x4plus@1"


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Run the command in this process: its exit code, and what it printed."""

    def command(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as leaving:
            main([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        code = leaving.value.code
        assert isinstance(code, int)
        return code, printed.out, printed.err

    return command


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("photographs") / "HR"
    (folder / "grey").mkdir(parents=True)
    Image.fromarray(data.astronaut()[:130, 100:270]).save(folder / "astronaut.png")
    Image.fromarray(data.chelsea()[50:150, 100:222]).save(folder / "chelsea.png")
    Image.fromarray(data.camera()[60:180, 180:300]).save(folder / "grey/camera.png")
    return folder


@pytest.fixture(scope="module")
def made(images: Path) -> Path:
    out = images.parent / "LR"
    with pytest.raises(SystemExit) as leaving:
        main(["degrade", str(images), str(out), "--recipe", REAL, "--seed", "0"])
    assert leaving.value.code == 0
    return out


Run = Callable[..., tuple[int, str, str]]


def pixels(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*.png"))}


def test_a_folder_is_degraded_and_the_way_to_repeat_it_is_printed(images: Path, tmp_path: Path, run: Run) -> None:
    code, out, err = run("degrade", images, tmp_path / "LR", "--recipe", "realesrgan-x4plus")
    assert (0, f"3 images by {REAL}, seed 0, in {tmp_path / 'LR'}\n") == (code, out)
    assert err.startswith("To make them again: srmetrics degrade HR OUT --replay")
    assert ["astronaut.png", "chelsea.png", "grey/camera.png"] == list(pixels(tmp_path / "LR"))


def test_the_same_command_in_another_process_gives_the_same_bytes(images: Path, made: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "harness", "degrade", images, tmp_path / "LR", "--recipe", REAL, "--workers", "4"]
    finished = subprocess.run(command, capture_output=True, text=True, check=True)
    assert pixels(made) == pixels(tmp_path / "LR")
    assert (made / "manifest.jsonl").read_bytes() == (tmp_path / "LR/manifest.jsonl").read_bytes()
    assert "\x1b" not in finished.stdout + finished.stderr  # no progress bar in a pipe


def test_replay_makes_the_same_pixels(images: Path, made: Path, tmp_path: Path, run: Run) -> None:
    code, out, _ = run("degrade", images, tmp_path / "again", "--replay", made / "manifest.jsonl")
    assert code == 0
    assert out.startswith("3 images made again, identical to ")
    assert pixels(made) == pixels(tmp_path / "again")
    assert (made / "manifest.jsonl").read_bytes() == (tmp_path / "again/manifest.jsonl").read_bytes()


def altered(made: Path, tmp_path: Path, change: Callable[[list[dict[str, Any]]], object]) -> Path:
    entries = [json.loads(line) for line in (made / "manifest.jsonl").read_text().splitlines()]
    change(entries)
    path = tmp_path / "altered.jsonl"
    path.write_text("".join(json.dumps(entry) + "\n" for entry in entries))
    return path


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            lambda entries: entries[1]["draws"][2]["drew"].update(size=23),
            "chelsea.png: draws[2].drew.size differs from the manifest",
        ),
        (
            lambda entries: entries[2]["versions"].update(opencv="4.9.0"),
            "grey/camera.png: versions.opencv differs from the manifest",
        ),
        (lambda entries: entries[0].update(schema=2), "line 1, schema: the manifest is newer than this release"),
        (lambda entries: entries[1].update(file="../../up.png"), "line 2, file: the path leads out of its folder"),
        (lambda entries: entries[1].update(source="../up.png"), "line 2, source: the path leads out of its folder"),
        (lambda entries: entries[1].update(file="chelsea.exe"), "a name that ends with .png"),
        (lambda entries: entries[1].update(recipe_digest="0" * 64), "chelsea.png: recipe_digest differs"),
        (
            lambda entries: entries[1].update(source="gone.png"),
            "found source 'gone.png'. Name the folder or pattern that was degraded",
        ),
        (lambda entries: entries[1]["output"].update(sha256="0" * 64), "chelsea.png: output.sha256 differs"),
    ],
)
def test_replay_names_the_first_file_and_field_that_differ(
    images: Path, made: Path, tmp_path: Path, run: Run, change: Callable[..., object], words: str
) -> None:
    code, _, err = run("degrade", images, tmp_path / "again", "--replay", altered(made, tmp_path, change))
    assert code == 1
    assert err.startswith("Error: ")
    assert words in err
    assert not (tmp_path / "again/manifest.jsonl").exists()
    assert not (tmp_path.parent / "up.png").exists()


def test_replay_names_a_changed_input(images: Path, made: Path, tmp_path: Path, run: Run) -> None:
    shutil.copytree(images, tmp_path / "HR")
    shutil.copy(images / "astronaut.png", tmp_path / "HR/chelsea.png")
    code, _, err = run("degrade", tmp_path / "HR", tmp_path / "again", "--replay", made / "manifest.jsonl")
    assert code == 1
    assert "chelsea.png: input.shape[0] differs from the manifest; found 130; expected 100" in err


def test_replay_goes_on_under_other_versions_on_request(images: Path, made: Path, tmp_path: Path, run: Run) -> None:
    manifest = altered(made, tmp_path, lambda entries: entries[0]["versions"].update(numpy="1.0"))
    code, _, err = run("degrade", images, tmp_path / "again", "--replay", manifest, "--other-versions")
    assert (0, "") == (code, err)
    assert pixels(made) == pixels(tmp_path / "again")


def test_a_preview_is_drawn_with_or_without_a_run(images: Path, made: Path, tmp_path: Path, run: Run) -> None:
    sheet = tmp_path / "sheet.png"
    code, out, _ = run("degrade", images, "--recipe", REAL, "--preview", sheet)
    assert (0, f"Wrote {sheet}\n") == (code, out)
    alone = sheet.read_bytes()
    assert 0 == run("degrade", images, tmp_path / "LR", "--recipe", REAL, "--preview", sheet)[0]
    assert alone == sheet.read_bytes()
    assert pixels(made) == pixels(tmp_path / "LR")
    assert 2 == run("degrade", images, "--recipe", REAL, "--preview", tmp_path / "sheet.jpg")[0]
    assert 2 == run("degrade", images, "--recipe", REAL)[0]


def test_a_recipe_of_ones_own_is_degraded_by_and_replayed(images: Path, tmp_path: Path, run: Run) -> None:
    recipe = tmp_path / "my recipe.yaml"
    recipe.write_text("name: mine-x2\nversion: 1\nscale: 2\nsteps:\n  - kind: resize-to\n    rules: [opencv-area]\n")
    code, _, err = run("degrade", images, tmp_path / "LR", "--recipe", recipe)
    assert code == 0
    printed = err.splitlines()[-1].partition(": srmetrics ")[2]
    fill = {"HR": images, "OUT": tmp_path / "again"}
    code, _, err = run("degrade", images, tmp_path / "again", "--replay", tmp_path / "LR/manifest.jsonl")
    assert code == 1
    assert "recipe: unknown recipe" in err
    assert "--recipe FILE" in err
    code, out, _ = run(*(fill.get(word, word) for word in shlex.split(printed)))
    assert (0, f"3 images made again, identical to {tmp_path / 'LR/manifest.jsonl'}, in {tmp_path / 'again'}\n") == (
        code,
        out,
    )
    assert pixels(tmp_path / "LR") == pixels(tmp_path / "again")


@pytest.mark.parametrize("location", ["*.png", "astronaut.png"])
def test_what_was_degraded_by_pattern_or_name_is_replayed_by_it(
    location: str, images: Path, tmp_path: Path, run: Run
) -> None:
    assert 0 == run("degrade", images / location, tmp_path / "LR", "--recipe", REAL)[0]
    replay = ("--replay", tmp_path / "LR/manifest.jsonl")
    assert 0 == run("degrade", images / location, tmp_path / "again", *replay)[0]
    assert pixels(tmp_path / "LR") == pixels(tmp_path / "again")


def test_one_array_of_several_is_replayed_by_its_name(tmp_path: Path, run: Run) -> None:
    (tmp_path / "HR").mkdir()
    np.savez(tmp_path / "HR/a.npz", other=np.zeros((8, 8), np.uint8), image=data.camera()[:32, :32])
    where = f"{tmp_path}/HR/*.npz::image"
    assert 0 == run("degrade", where, tmp_path / "LR", "--recipe", "bicubic-matlab-x2")[0]
    assert 0 == run("degrade", where, tmp_path / "again", "--replay", tmp_path / "LR/manifest.jsonl")[0]
    assert pixels(tmp_path / "LR") == pixels(tmp_path / "again")


def test_a_recipe_file_that_is_not_there_is_named_with_a_way_out(images: Path, tmp_path: Path, run: Run) -> None:
    code, _, err = run("degrade", images, tmp_path / "LR", "--recipe", tmp_path / "gone.yaml")
    assert code == 1
    assert err.startswith(
        f"Error: {tmp_path / 'gone.yaml'}: the recipe cannot be read; found No such file or directory"
    )
    assert "`srmetrics recipes bicubic-matlab-x4`" in err
    assert "Errno" not in err


def test_the_examples_of_the_help_work_as_they_are_typed(images: Path, tmp_path: Path) -> None:
    shutil.copytree(images, tmp_path / "HR")
    for example in examples_of(EXAMPLES):
        assert "srmetrics degrade" in example or "srmetrics recipes" in example
        done = typed(example, tmp_path)
        assert 0 == done.returncode, (example, done.stderr)
    assert 30 == len(pixels(tmp_path / "AGAIN"))
    assert (tmp_path / "sheet.png").exists()
    assert ["astronaut.png", "chelsea.png"] == list(pixels(tmp_path / "MINE"))


def test_killed_in_the_middle_and_run_again_is_an_uninterrupted_run(tmp_path: Path) -> None:
    (tmp_path / "HR").mkdir()
    for number in range(40):
        Image.fromarray(np.roll(data.astronaut()[:300], number * 11, axis=1)).save(tmp_path / f"HR/{number:02d}.png")
    command = [sys.executable, "-m", "harness", "degrade", tmp_path / "HR"]
    options = ["--recipe", REAL, "--workers", "2"]
    process = subprocess.Popen([*command, tmp_path / "LR", *options])
    deadline = time.monotonic() + 300
    while len(list((tmp_path / "LR").glob("*.png"))) < 5 and time.monotonic() < deadline:
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    assert not (tmp_path / "LR/manifest.jsonl").exists()
    again = subprocess.run([*command, tmp_path / "LR", *options], capture_output=True, text=True, check=True)
    assert "were there already" in again.stdout
    subprocess.run([*command, tmp_path / "whole", *options], capture_output=True, check=True)
    names = {path.name for path in (tmp_path / "whole").iterdir()}
    assert names == {path.name for path in (tmp_path / "LR").iterdir()}
    for name in names:
        if name != ".srmetrics.lock":  # it names a process
            assert (tmp_path / "whole" / name).read_bytes() == (tmp_path / "LR" / name).read_bytes()


def test_a_full_disk_stops_the_run_with_an_error_and_leaves_nothing_half_written(tmp_path: Path, images: Path) -> None:
    resource = pytest.importorskip("resource")  # a limit on the size of files stands for a full disk
    command = [sys.executable, "-m", "harness", "degrade", images, tmp_path / "LR", "--recipe", "bicubic-matlab-x2"]
    full = subprocess.run(
        command,
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4000, 4000)),
    )
    assert full.returncode == 1
    assert "astronaut.png: the file cannot be written" in full.stderr
    assert "Traceback" not in full.stderr
    assert [] == list((tmp_path / "LR").rglob("*.part"))
    assert "astronaut.png" not in pixels(tmp_path / "LR")
    freed = subprocess.run(command, capture_output=True, text=True, check=True)
    assert freed.stdout.startswith("3 images by bicubic-matlab-x2@1")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--recipe", "realesrgan-x4"], "unknown recipe; found 'realesrgan-x4'; expected realesrgan-x4plus"),
        (["--recipe", "bicubic-matlab-x4@9"], "expected bicubic-matlab-x4@1"),
        (["--recipe", "{tmp}/field.yaml"], "field.yaml: line 6, steps[0].sigmma: unknown field; expected sigma"),
        ([], "Give --recipe"),
        (["--recipe", REAL, "--seed", "-1"], "--seed"),
        (["--recipe", REAL, "--draws", "0"], "--draws"),
        (["--recipe", REAL, "--other-versions"], "--other-versions goes with --replay"),
        (["--replay", "m.jsonl", "--seed", "0"], "--seed does not go with --replay"),
        (["--recipe", REAL, "--save-hr", "{out}"], "Give --save-hr a folder of its own"),
        (["--recipe", REAL, "--save-hr", "{images}/cut"], "inside the folder of high-resolution images"),
    ],
)
def test_wrong_usage_is_said_before_anything_is_written(
    images: Path, tmp_path: Path, run: Run, arguments: list[str], words: str
) -> None:
    (tmp_path / "field.yaml").write_text(
        "name: mine-x2\nversion: 1\nscale: 2\nsteps:\n  - kind: gaussian-noise\n    sigmma: [1, 2]\n"
    )
    filled = [part.format(tmp=tmp_path, out=tmp_path / "LR", images=images) for part in arguments]
    code, out, err = run("degrade", images, tmp_path / "LR", *filled)
    assert (2, "") == (code, out)
    assert words in err
    assert not (tmp_path / "LR").exists()


def test_an_output_folder_inside_the_input_is_refused(images: Path, run: Run) -> None:
    code, _, err = run("degrade", images, images / "LR", "--recipe", REAL)
    assert code == 2
    assert "the output folder lies inside the folder of high-resolution images" in err
    assert not (images / "LR").exists()


def test_another_seed_in_the_same_folder_is_refused(images: Path, made: Path, run: Run) -> None:
    code, _, err = run("degrade", images, made, "--recipe", REAL, "--seed", "1")
    assert code == 2
    assert "begun with another seed; found 1 now; expected 0, as in degrade.json" in err


def test_bad_images_are_named_and_the_rest_is_made(images: Path, tmp_path: Path, run: Run) -> None:
    shutil.copytree(images, tmp_path / "HR")
    (tmp_path / "HR/torn.png").write_bytes((images / "astronaut.png").read_bytes()[:2000])
    Image.fromarray(np.zeros((3, 50, 3), np.uint8)).save(tmp_path / "HR/flat.png")
    Image.fromarray(np.zeros((20, 20, 3), np.uint8)).save(tmp_path / "HR/small.png")
    Image.fromarray(np.zeros((100, 100), np.uint16)).save(tmp_path / "HR/deep.png")
    code, out, err = run("degrade", tmp_path / "HR", tmp_path / "LR", "--recipe", REAL)
    assert code == 3
    assert out.startswith("3 images by")
    assert pixels(tmp_path / "LR").keys() == pixels(images).keys()
    for name in ("torn.png", "flat.png", "small.png", "deep.png"):
        assert f"Not degraded: {name}: " in err
        assert name in (tmp_path / "LR/failures.csv").read_text()
    assert "smaller than the recipe's scale" in err


def test_nothing_that_can_be_degraded_is_exit_1(tmp_path: Path, run: Run) -> None:
    (tmp_path / "HR").mkdir()
    (tmp_path / "HR/text.png").write_text("not an image")
    code, _, err = run("degrade", tmp_path / "HR", tmp_path / "LR", "--recipe", REAL)
    assert code == 1
    assert "--replay" not in err  # there is no manifest
    (tmp_path / "none").mkdir()
    code, _, err = run("degrade", tmp_path / "none", tmp_path / "LR2", "--recipe", REAL)
    assert code == 1
    assert "no image is here" in err
    assert 1 == run("degrade", tmp_path / "HR", tmp_path / "LR3", "--replay", tmp_path / "gone.jsonl")[0]


def test_odd_names_are_only_names(images: Path, tmp_path: Path, run: Run) -> None:
    names = ["=1+2.png", "a'b\"c.png", "%d {x}.png", "-n.png", "\u7ec6\u80de.png", "a#0001.png"]
    (tmp_path / "HR").mkdir()
    for name in names:
        shutil.copy(images / "grey/camera.png", tmp_path / "HR" / name)
    assert 0 == run("degrade", tmp_path / "HR", tmp_path / "LR", "--recipe", "bicubic-pillow-x4")[0]
    assert sorted(names) == sorted(pixels(tmp_path / "LR"))
    assert 0 == run("degrade", tmp_path / "HR", tmp_path / "again", "--replay", tmp_path / "LR/manifest.jsonl")[0]


def test_recipes_are_listed_with_their_digests(run: Run) -> None:
    code, out, _ = run("recipes")
    assert code == 0
    for recipe in RECIPES.values():
        assert any(line.split()[:3:2] == [recipe.full_name, recipe.digest[:12]] for line in out.splitlines())


def test_an_explained_recipe_is_a_file_that_makes_the_same(images: Path, made: Path, tmp_path: Path, run: Run) -> None:
    code, out, _ = run("recipes", REAL)
    assert code == 0
    assert RECIPES[REAL] == recipe_from_yaml(out)
    assert RECIPES[REAL].digest in out
    (tmp_path / "saved.yaml").write_text(out)
    assert 0 == run("degrade", images, tmp_path / "LR", "--recipe", tmp_path / "saved.yaml")[0]
    assert pixels(made) == pixels(tmp_path / "LR")


def test_an_unknown_recipe_is_not_explained(run: Run) -> None:
    code, out, err = run("recipes", "bicubic-mathlab-x4")
    assert (2, "") == (code, out)
    assert "bicubic-matlab-x4" in err
