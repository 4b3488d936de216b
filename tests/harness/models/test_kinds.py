from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from harness.models import KINDS, LoadSettings, Upscaler, load_upscaler, restore
from harness.models.kinds import Kind, _by_name
from srmetrics.errors import ModelError


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ("bicubc", ["no such kind", "'bicubc'", "Did you mean 'bicubic'?"]),
        ("Spandrel:x.pth", ["Did you mean 'spandrel'?"]),
        ("onxx:model.onnx", ["Did you mean 'onnx'?"]),
        ("zebra", ["no such kind", "bicubic", "torchscript", "spandrel:weights.pth", "dir:outputs/"]),
        ("esrgan:x.pth", ["write spandrel:x.pth."]),
        ("C:\\x.onnx", ["write onnx:C:\\x.onnx."]),
        ("swinir", ["basicsr:SwinIR?"]),
        ("EDRS", ["basicsr:EDSR?"]),
    ],
)
def test_an_unknown_kind_is_refused_with_a_near_one(spec: str, words: list[str]) -> None:
    with pytest.raises(ModelError) as caught:
        load_upscaler(spec, LoadSettings(scale=2))
    assert all(word in str(caught.value) for word in words), str(caught.value)


def test_a_folder_without_its_kind_is_shown_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "outputs/x4").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    for spec, written in (("outputs", "dir:outputs"), ("a=outputs/x4", "a=dir:outputs/x4")):
        with pytest.raises(ModelError, match=rf"For a folder of outputs, write {written}\."):
            load_upscaler(spec, LoadSettings(scale=2))


@pytest.mark.parametrize("spec", ["fak", "zebra"])
def test_what_is_for_tests_is_offered_to_nobody(spec: str) -> None:
    with pytest.raises(ModelError) as caught:
        load_upscaler(spec, LoadSettings(scale=2))
    assert "fake" not in str(caught.value)
    assert isinstance(load_upscaler("fake", LoadSettings(scale=2)), Upscaler)


def test_two_kinds_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="two kinds of upscaler are called 'a'"):
        _by_name(Kind("a", "x:y"), Kind("a", "z:y"))


def test_every_kind_names_a_function_that_exists() -> None:
    for kind in KINDS.values():
        module, _, name = kind.load.partition(":")
        assert callable(getattr(__import__(module, fromlist=[name]), name)), kind


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ("bicubic?scale=2&tile=64", "takes no tiles"),
        ("fake?scale=2&overlap=4", "overlap= goes with tile="),
        ("bicubic?scale=2&self_ensemble=x4", "self_ensemble= has no such value; found 'x4'; expected x8"),
        ("bicubic?scale=2&sclae=2", "no such option; found 'sclae'"),
        ("bicubic?scale=0", "scale= has no such value"),
        ("fake?scale=2&fault=all", "fault= has no such value"),
    ],
)
def test_options_that_do_not_go_together_are_refused(spec: str, words: str) -> None:
    with pytest.raises(ModelError, match=words):
        load_upscaler(spec)


def test_a_scale_that_is_not_the_runs_is_refused() -> None:
    with pytest.raises(
        ModelError, match=r"'bicubic' makes images 2 times larger, and this run needs 4.*run at scale 2"
    ):
        load_upscaler("bicubic?scale=2", LoadSettings(scale=4))


def test_name_and_origin_are_the_users(photograph: np.ndarray) -> None:
    upscaler = load_upscaler("my own=bicubic?trained_on=DIV2K train", LoadSettings(scale=2))
    assert isinstance(upscaler, Upscaler)
    said = upscaler.description
    assert (said.name, said.spec, said.trained_on) == ("my own", "bicubic?trained_on=DIV2K train", "DIV2K train")
    assert restore(upscaler, photograph, dtype=np.uint8).shape == (104, 134, 3)


def test_heavy_libraries_are_imported_only_when_a_kind_that_needs_them_is_named() -> None:
    script = """
import sys
from harness.models import LoadSettings, load_upscaler
heavy = ("torch", "spandrel", "basicsr", "onnxruntime", "torchvision", "pandas", "matplotlib", "skimage")
load_upscaler("bicubic", LoadSettings(scale=2)); load_upscaler("fake")
sys.exit(", ".join(name for name in heavy if name in sys.modules) or 0)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert (0, "", "") == (done.returncode, done.stdout, done.stderr)
