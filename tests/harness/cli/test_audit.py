"""``srmetrics audit`` as a user runs it: on RCAN's outputs, on bicubic, on what tools give, and on what is wrong."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from degradations import imresize

Pixels = NDArray[Any]
Command = Callable[..., Any]
Folders = Any


def read(path: Path) -> Pixels:
    with Image.open(path) as image:
        return np.asarray(image)


def answer(finished: Any) -> dict[str, Any]:
    return dict(json.loads(finished.out))


def first(audit: dict[str, Any]) -> dict[str, Any]:
    return dict(audit["classes"][0]["groups"][0][0])


def matlab_mean(data_folder: Path, method: str, scale: str) -> tuple[float, float]:
    with (data_folder / "rcan_set5" / "matlab_reference.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if (row["method"], row["scale"]) == (method, scale)]
    assert len(rows) == 5
    return fmean(float(row["psnr_db"]) for row in rows), fmean(float(row["ssim"]) for row in rows)


@pytest.mark.data
@pytest.mark.matlab
@pytest.mark.parametrize(("method", "decimals"), [("RCAN", (2, 4)), ("RCAN", (6, 6)), ("RCANplus", (3, 4))])
def test_the_means_that_matlab_recorded_for_rcan_are_found_to_be_sr_y(
    method: str, decimals: tuple[int, int], data_folder: Path, srmetrics: Command
) -> None:
    psnr, ssim = matlab_mean(data_folder, method, "4")
    claimed = f"{psnr:.{decimals[0]}f}/{ssim:.{decimals[1]}f}"
    folder = data_folder / "rcan_set5"
    done = srmetrics(
        "audit", folder / "HR" / "x4", folder / method / "x4", "--claimed", claimed, "--scale", 4, "--format", "json"
    )
    assert done.code == 0, done.err
    assert ["sr-y"] == first(answer(done))["names"]
    assert "colour:y-bt601|round:none" in first(answer(done))["signatures"]["both"]


@pytest.mark.data
@pytest.mark.parametrize(
    ("claimed", "said"),
    [
        ("32.73/0.9002", "sr-y, but with 12 pixels cut for PSNR alone"),
        ("32.63/0.8965", "PSNR: sr-y; SSIM: y-and-matlab-ssim, but with no border cut and sample covariance (n - 1)"),
    ],
)
def test_what_only_an_unusual_mixture_gives_is_not_called_found(
    claimed: str, said: str, data_folder: Path, srmetrics: Command
) -> None:
    """MATLAB recorded 32.63/0.9002 for these files."""
    rcan = data_folder / "rcan_set5"
    done = srmetrics(
        "audit", rcan / "HR" / "x4", rcan / "RCAN" / "x4", "--claimed", claimed, "--scale", 4, "--format", "json"
    )
    assert done.code == 3, done.err
    audit = answer(done)
    assert (True, False, 3) == (audit["found"], audit["usual"], audit["exit_code"])
    assert audit["verdict"].startswith(f"Agrees, perhaps by accident: {said} gives it")
    slip = "More likely: PSNR 32.73 is likely 32.63 with one digit mistyped, which sr-y gives here (32.63/0.9002)."
    assert (slip in audit["verdict"]) == (claimed == "32.73/0.9002")


@pytest.fixture(scope="module")
def bicubic(data_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], Path]:
    """Set5's LR of 8 bits, upscaled by MATLAB's bicubic."""

    def upscaled(scale: int) -> Path:
        folder = tmp_path_factory.mktemp(f"bicubic_x{scale}")
        for path in sorted((data_folder / "Set5" / f"image_SRF_{scale}").glob("*_LR.png")):
            Image.fromarray(imresize(read(path), scale)).save(folder / path.name.replace("_LR", "_bicubic"))
        return folder

    return upscaled


@pytest.mark.data
def test_bicubic_of_the_8_bit_set5_lr_is_found_to_be_sr_y8(
    data_folder: Path, bicubic: Callable[[int], Path], srmetrics: Command
) -> None:
    """Huang et al. 2015 publish 28.42/0.8101 for it, rounded Y and crop = scale."""
    references = data_folder / "Set5" / "image_SRF_4" / "*_HR.png"
    done = srmetrics("audit", references, bicubic(4), "--claimed", "28.42/0.8101", "--scale", 4, "--format", "json")
    assert done.code == 0, done.err
    assert ["sr-y8"] == first(answer(done))["names"]


@pytest.mark.data
def test_the_published_row_of_a_float_lr_is_told_from_bicubic_of_the_8_bit_lr(
    data_folder: Path, bicubic: Callable[[int], Path], srmetrics: Command
) -> None:
    """28.42/0.8104 is printed by papers whose LR was never rounded (DESIGN 5); no usual convention gives it here."""
    references = data_folder / "Set5" / "image_SRF_4" / "*_HR.png"
    done = srmetrics("audit", references, bicubic(4), "--claimed", "28.42/0.8104", "--scale", 4, "--format", "json")
    audit = answer(done)
    assert [] == [name for name in first(audit)["names"] if audit["found"]]
    assert ["float LR", "explains"] == [audit["suspects"][0]["name"], audit["suspects"][0]["verdict"]]
    assert "gives 28.42/0.8104" in audit["suspects"][0]["words"]
    assert "the candidate gives 28.42/0.8101" in audit["suspects"][0]["words"]
    assert "an LR kept in floats" in audit["verdict"]


@pytest.mark.data
def test_transposed_digits_are_called_likely_with_the_nearest_value(
    data_folder: Path, bicubic: Callable[[int], Path], srmetrics: Command
) -> None:
    """Several tables print 0.9929 for 0.9299; the 8-bit LR gives 0.9292 (Huang et al. 2015)."""
    references = data_folder / "Set5" / "image_SRF_2" / "*_HR.png"
    done = srmetrics("audit", references, bicubic(2), "--claimed", "33.64/0.9929", "--scale", 2)
    assert done.code == 3, done.err
    words = " ".join(done.out.split())
    assert "SSIM 0.9929 is likely a transposition of 0.9299: the nearest value here is 0.9292, under sr-y8" in words


def test_a_whole_table_is_audited_and_the_exit_code_says_that_a_line_has_no_convention(
    folders: Folders, srmetrics: Command, tmp_path: Path
) -> None:
    table = tmp_path / "table.csv"
    scored = json.loads(srmetrics("compare", folders.references, folders.outputs, "--format", "json").out)
    metrics = scored["leaderboard"][0]["metrics"]
    good = f"{metrics['psnr']['mean']:.2f},{metrics['ssim']['mean']:.4f}"
    table.write_text(f"method,psnr,ssim\nours,{good}\nours,99.99,0.1\n", encoding="utf-8")
    done = srmetrics("audit", folders.references, folders.outputs.parent, "--claimed-csv", table, "--format", "json")
    assert done.code == 3, done.err
    lines = answer(done)["lines"]
    assert [True, False] == [line["found"] for line in lines]
    assert "native" in first(lines[0])["names"]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--claimed", "good"), 2, "28.42/0.8104"),
        ((), 2, "--claimed"),
        (("--claimed", "28.42", "--claimed-csv", __file__), 2, "--claimed-csv stands by itself"),
        (("--claimed-csv", __file__), 2, "holds no claims"),
        (("--claimed", "28.42", "--scale", "0"), 2, "scale"),
    ],
)
def test_wrong_usage_exits_with_2_and_the_way_out(
    arguments: tuple[str, ...], code: int, said: str, folders: Folders, srmetrics: Command
) -> None:
    done = srmetrics("audit", folders.references, folders.outputs, *arguments)
    assert code == done.code
    assert said in done.err


def test_nothing_that_can_be_scored_exits_with_1(folders: Folders, srmetrics: Command) -> None:
    for path in folders.outputs.iterdir():
        path.write_bytes(b"no image")
    done = srmetrics("audit", folders.references, folders.outputs, "--claimed", "28.42")
    assert done.code == 1
    assert "Nothing could be scored" in done.out
    assert "a.png" in done.err


def test_names_of_files_do_no_harm_in_any_form(folders: Folders, srmetrics: Command, tmp_path: Path) -> None:
    name = "<img src=x onerror=alert(1)>|\x1b[31m"
    image = folders.image(7, 40, 40)
    folders.add(name, image, image)
    folders.outputs.joinpath(f"{name}.png").write_bytes(b"no image")
    table = tmp_path / "-=cmd.csv"
    table.write_text(f"method,psnr\n{name},28.42\n", encoding="utf-8")
    for form in ("table", "markdown"):
        done = srmetrics("audit", folders.references, folders.outputs, "--claimed-csv", table, "--format", form)
        assert done.code == 3, done.err
        assert "\x1b" not in done.out + done.err
        assert form == "table" or "<img" not in done.out


def test_the_audit_can_be_written_to_a_file(folders: Folders, srmetrics: Command, tmp_path: Path) -> None:
    out = tmp_path / "audit.md"
    done = srmetrics(
        "audit", folders.references, folders.outputs, "--claimed", "30", "--format", "markdown", "--out", out
    )
    assert "" == done.out
    assert f"Wrote {out}" in done.err
    assert out.read_text("utf-8").startswith("Claimed PSNR 30 for ")
