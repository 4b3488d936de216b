"""``srmetrics bench`` and ``srmetrics leaderboard`` as a user types them."""

from __future__ import annotations

from pathlib import Path

from small_study import tables, write_textures


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
