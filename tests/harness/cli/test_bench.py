"""``srmetrics bench`` and ``srmetrics leaderboard`` as a user types them."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_study import tables, write_textures
from typed_examples import examples_of, typed

from harness.cli.bench import EXAMPLES


def test_the_quick_form_is_the_same_run_as_its_study(srmetrics, tmp_path: Path) -> None:
    images = write_textures(tmp_path / "images")
    shared = ("--workers", 1, "--no-cost")
    quick = srmetrics(
        *("bench", "--images", images, "--scale", 2, "--recipe", "bicubic-matlab-x2", "--upscaler", "bicubic"),
        *("--upscaler", "blocks=nearest", "--classifier", "fake", "--repeats", 2, "--out", tmp_path / "quick", *shared),
    )
    assert 0 == quick.code, quick.err
    assert "classification: fake, retrain" in quick.out
    assert "recovered" in quick.out
    assert "Training" not in quick.err  # progress is for terminals, and for whoever asks for a log
    study = tmp_path / "study.yaml"
    study.write_text(
        "images: {classes: folders}\ndegradation: {recipe: bicubic-matlab-x2}\nupscalers: [bicubic, blocks=nearest]\n"
        "classification: {classifiers: [fake], repeats: 2}\n"
    )
    long = srmetrics("bench", study, "--images", images, "--out", tmp_path / "long", *shared)
    assert 0 == long.code, long.err
    assert tables(tmp_path / "quick") == tables(tmp_path / "long")
    merged = srmetrics("leaderboard", tmp_path / "quick", tmp_path / "long", "--out", tmp_path / "merged")
    assert 0 == merged.code, merged.err
    assert 4 == merged.out.count("│ blocks ")  # quality, both modes, and all joined: once in each
    for name in ("leaderboard.csv", "classification.csv", "predictions.csv"):
        assert (tmp_path / "quick" / name).read_bytes() == (tmp_path / "merged" / name).read_bytes()


def test_wrong_usage_is_told_with_the_way_out(srmetrics, tmp_path: Path) -> None:
    images = write_textures(tmp_path / "images", 3)
    study = tmp_path / "study.yaml"
    study.write_text("degradation: {recipe: bicubic-matlab-x2}\nupscalers: [bicubic]\nscorings: {}\n")
    misspelt = srmetrics("bench", study, "--images", images, "--out", tmp_path / "out")
    assert (2, True) == (misspelt.code, "line 3, scorings: unknown field" in misspelt.err)
    both = srmetrics("bench", study, "--images", images, "--out", tmp_path / "out", "--recipe", "bicubic-matlab-x2")
    assert (2, True) == (both.code, "--recipe goes without a study" in both.err)
    seed = srmetrics("bench", study, "--images", images, "--out", tmp_path / "out", "--seed", 0)
    assert (2, True) == (seed.code, "--seed goes without a study" in seed.err)
    unheard = srmetrics("bench", "wbc-realesrgan-x2", "--smoke", "--out", tmp_path / "out")
    assert (2, True) == (unheard.code, "Did you mean 'wbc-realesrgan-x4'?" in unheard.err)
    scale = srmetrics(
        *("bench", "--images", images, "--scale", 4, "--recipe", "bicubic-matlab-x2", "--upscaler", "bicubic"),
        *("--out", tmp_path / "out"),
    )
    assert (2, True) == (scale.code, "2 times smaller" in scale.err)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (("--upscaler", "bicubik"), "Did you mean 'bicubic'?"),
        (("--upscaler", "bicubic?tlie=8"), "Did you mean 'tile'?"),
        (("--upscaler", "net.pth"), "write spandrel:net.pth."),
        (("--upscaler", "bicubic", "--classifier", "resnet18"), "'torchvision:resnet18'"),
        (("--upscaler", "bicubic", "--classifier", "default?sise=8"), "Did you mean 'size'?"),
        (("--upscaler", "bicubic", "--recipe", "bicubic"), "bicubic-matlab-x2@1"),
        (("--upscaler", "bicubic", "--protocol", "sr-x"), "sr-y"),
        (("--upscaler", "bicubic", "--metric", "psnrr"), "'psnr'"),
        (("--upscaler", "bicubic", "--classes", "folder"), "'folders'"),
        (("--upscaler", "bicubic", "--device", "gpu"), "cuda:N"),
    ],
)
def test_a_misspelt_name_is_wrong_usage(srmetrics, tmp_path: Path, wrong: tuple[str, ...], words: str) -> None:
    images = write_textures(tmp_path / "images", 3)
    recipe = () if "--recipe" in wrong else ("--recipe", "bicubic-matlab-x2")
    done = srmetrics("bench", "--images", images, *recipe, *wrong, "--out", tmp_path / "out")
    assert (2, "") == (done.code, done.out)
    assert done.err.startswith("Error: ")
    assert words in done.err
    assert not (tmp_path / "out").exists()


def test_a_name_that_a_study_misspells_is_told_with_the_studys_file(srmetrics, tmp_path: Path) -> None:
    images = write_textures(tmp_path / "images", 3)
    study = tmp_path / "study.yaml"
    for recipe, upscaler in (("bicubic-matlab-x2", "bicubik"), ("bicubic-matlab", "bicubic")):
        study.write_text(f"degradation: {{recipe: {recipe}}}\nupscalers: [{upscaler}]\n")
        done = srmetrics("bench", study, "--images", images, "--out", tmp_path / "out")
        assert (2, True) == (done.code, done.err.startswith(f"Error: {study}: ")), done.err


def test_files_that_are_not_there_are_no_wrong_usage(srmetrics, tmp_path: Path) -> None:
    images = write_textures(tmp_path / "images", 3)
    shared = ("--images", images, "--out", tmp_path / "out")
    for where in (
        (tmp_path / "gone.yaml",),
        ("--recipe", tmp_path / "gone.yaml", "--upscaler", "bicubic"),
        ("--recipe", "bicubic-matlab-x2", "--upscaler", f"onnx:{tmp_path}/gone.onnx"),
    ):
        done = srmetrics("bench", *where, *shared)
        assert (1, True) == (done.code, str(tmp_path / "gone") in done.err), done.err
        assert "Errno" not in done.err


def test_the_examples_of_the_help_work_as_they_are_typed(tmp_path: Path) -> None:
    write_textures(tmp_path / "cells")
    (tmp_path / "study.yaml").write_text("degradation: {recipe: bicubic-matlab-x2}\nupscalers: [bicubic, nearest]\n")
    torch = pytest.importorskip("torch")
    pytest.importorskip("spandrel")
    from spandrel.architectures.Compact import Compact

    network = Compact(num_in_ch=3, num_out_ch=3, num_feat=8, num_conv=2, upscale=4)
    torch.save({"params": network.state_dict()}, tmp_path / "w.pth")
    examples = examples_of(EXAMPLES)
    assert 4 == len(examples)
    for example in examples:
        done = typed(example, tmp_path)
        assert 0 == done.returncode, (example, done.stderr)
    assert {"smoke", "run", "esr-run", "study-run"} <= {path.parent.name for path in tmp_path.glob("*/leaderboard.csv")}
    assert (tmp_path / "study-run/report/index.html").exists()
