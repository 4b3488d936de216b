"""A pattern without quotes, which the shell has turned into files, is told from one file of each method."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.jobs.compare_expanded import may_be_expanded
from harness.jobs.compare_options import method_locations
from srmetrics.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

FILES = {
    "HR": ("baby", "bird", "head"),
    "SR": ("baby", "bird", "head"),
    "marked": ("baby_SR", "bird_SR", "head_SR"),
    "frames": ("f_001", "f_002", "f_003"),
    "fig": ("hr", "bicubic", "rcan", "img_hr", "img_bicubic"),
    "mixed": ("head", "edsr", "rcan"),
    "out": ("rcan", "edsr", "baby_rcan", "baby_edsr", "img_rcan", "img_edsr"),
}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for folder, names in FILES.items():
        (tmp_path / folder).mkdir()
        for name in names:
            (tmp_path / folder / f"{name}.png").touch()
    return tmp_path


def spelt_out(*folders: str) -> list[str]:
    """What the shell makes of FOLDER/*.png."""
    return [f"{folder}/{name}.png" for folder in folders for name in sorted(FILES[folder])]


@pytest.mark.parametrize(
    ("arguments", "quoted"),
    [
        (spelt_out("HR", "SR"), "'HR/*.png' 'SR/*.png'"),
        (spelt_out("HR", "marked"), "'HR/*.png' 'marked/*.png'"),
        (spelt_out("HR", "SR", "marked"), "'HR/*.png' 'SR/*.png' 'marked/*.png'"),
        (["HR", *spelt_out("SR")], "HR 'SR/*.png'"),
        (["HR", "marked", *spelt_out("SR")], "HR marked 'SR/*.png'"),
        ([*spelt_out("HR"), "SR"], "'HR/*.png' SR"),
        (spelt_out("frames"), "'frames/*.png'"),
    ],
)
def test_files_that_a_shell_made_of_a_pattern_are_refused(here, arguments, quoted) -> None:
    with pytest.raises(UsageError, match="the shell has spelt out") as caught:
        method_locations(arguments[0], arguments[1:])
    assert f"Put patterns in quotes: {quoted}; " in str(caught.value)
    files = [each for each in arguments if each.endswith(".png")]
    assert f"found {len(files)} single files, such as {files[0]} and {files[-1]};" in str(caught.value)


@pytest.mark.parametrize(
    "arguments",
    [
        ["fig/hr.png", "fig/bicubic.png", "fig/rcan.png"],
        ["fig/hr.png", "fig/bicubic.png", "out/rcan.png", "out/edsr.png"],
        ["fig/img_hr.png", "fig/img_bicubic.png", "out/img_rcan.png", "out/img_edsr.png"],
        ["HR/baby.png", "SR/baby.png"],
        ["HR/baby.png", "SR/baby.png", "marked/baby_SR.png"],
        ["HR/baby.png", "out/baby_rcan.png", "out/baby_edsr.png"],
        ["HR", "out/baby_rcan.png", "out/baby_edsr.png"],
        ["HR", "SR/baby.png", "marked/baby_SR.png"],
        ["HR/head.png", "mixed/head.png", "mixed/edsr.png", "mixed/rcan.png"],
        ["HR/*.png", "SR/*.png", "marked/*.png"],
        ["frames/f_001.png", "frames/f_002.png"],
        ["frames/f_001.png", "second=frames/f_002.png", "third=frames/f_003.png"],
        ["nothing", "SR/baby.png", "SR/bird.png"],  # that it is not there is said where it is read
    ],
)
def test_one_file_of_each_method_is_no_pattern(here, arguments) -> None:
    assert len(arguments) - 1 == len(method_locations(arguments[0], arguments[1:]))


def test_names_that_were_given_are_never_taken_for_a_pattern(here) -> None:
    files = spelt_out("HR", "SR")
    assert len(files) - 1 == len(method_locations(files[0], {f"m{at}": one for at, one in enumerate(files[1:])}))


def test_files_of_one_folder_may_be_a_pattern_or_a_figure(here) -> None:
    files = spelt_out("HR")
    assert "'HR/*.png' OUTPUTS" in str(may_be_expanded(files[0], files[1:]))
    assert may_be_expanded("HR/baby.png", ["HR/bird.png"]) is None
    assert may_be_expanded("HR/baby.png", ["HR/bird.png", "SR/baby.png"]) is None
    assert may_be_expanded("HR", ["SR", "marked"]) is None
