"""Whatever is wrong with one file, the error names it, the other images are scored, and nothing is lost."""

from __future__ import annotations

import csv
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
import tifffile

if TYPE_CHECKING:
    from numpy.typing import NDArray


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def scored(folder: Path) -> list[str]:
    return [row["image"] for row in rows_of(folder / "per_image.csv") if row["psnr"]]


def failed(folder: Path) -> dict[str, dict[str, str]]:
    return {row["image"]: row for row in rows_of(folder / "failures.csv")}


def compare(srmetrics, folders, *options):
    return srmetrics("compare", folders.references, folders.outputs, "--out", folders.out, *options)


def test_good_folders_are_scored_whole(srmetrics, folders) -> None:
    done = compare(srmetrics, folders)
    assert (0, ["a", "b", "c"], {}) == (done.code, scored(folders.out), failed(folders.out))
    # The pairs differ by 3, 4 and 5 everywhere that clipping at 255 leaves alone: by hand, for the first image.
    reference, output = (
        cv2.imread(str(path / "a.png")).astype(float) for path in (folders.references, folders.outputs)
    )
    expected = 10 * np.log10(255**2 / np.mean((reference - output) ** 2))
    assert expected == pytest.approx(float(rows_of(folders.out / "per_image.csv")[0]["psnr"]), abs=1e-12)


def truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-40])


def text_inside(path: Path) -> None:
    path.write_text("this is no image\n")


def empty(path: Path) -> None:
    path.write_bytes(b"")


def one_flipped_byte(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(bytes(data))


@pytest.mark.parametrize("side", ["references", "outputs"])
@pytest.mark.parametrize("damage", [truncated, text_inside, empty, one_flipped_byte])
def test_a_damaged_file_fails_by_its_name_and_the_others_are_scored(srmetrics, folders, damage, side) -> None:
    path = getattr(folders, side) / "b.png"
    damage(path)
    done = compare(srmetrics, folders)
    assert (3, ["a", "c"]) == (done.code, scored(folders.out))
    assert (str(path), "unreadable") == (failed(folders.out)["b"]["file"], failed(folders.out)["b"]["what"])
    assert str(path) in done.err


def test_a_folder_without_an_image_is_an_error_that_says_so(srmetrics, folders, tmp_path) -> None:
    nothing = tmp_path / "nothing"
    nothing.mkdir()
    for references, outputs in ((nothing, folders.outputs), (folders.references, nothing)):
        done = srmetrics("compare", references, outputs)
        assert 1 == done.code
        assert "no image is here" in done.err
        assert str(nothing) in done.err


def test_a_folder_of_empty_files_scores_nothing_and_says_so(srmetrics, folders) -> None:
    for path in folders.outputs.iterdir():
        path.write_bytes(b"")
    done = compare(srmetrics, folders)
    assert (1, []) == (done.code, scored(folders.out))
    assert 3 == len(failed(folders.out))


def test_a_missing_output_is_listed_and_the_rest_compared(srmetrics, folders) -> None:
    (folders.outputs / "b.png").unlink()
    done = compare(srmetrics, folders)
    assert (3, ["a", "c"], "missing") == (done.code, scored(folders.out), failed(folders.out)["b"]["what"])


def test_a_missing_output_stops_everything_when_that_is_asked_for(srmetrics, folders) -> None:
    (folders.outputs / "b.png").unlink()
    done = compare(srmetrics, folders, "--on-missing", "error")
    assert 1 == done.code
    assert not folders.out.exists()
    assert "'b'" in done.err


def test_an_extra_output_only_warns(srmetrics, folders) -> None:
    shutil.copy(folders.outputs / "a.png", folders.outputs / "zebra.png")
    done = compare(srmetrics, folders)
    assert (0, ["a", "b", "c"]) == (done.code, scored(folders.out))
    assert "zebra" in done.err


def test_two_files_with_one_stem_fail_for_that_image_naming_both(srmetrics, folders) -> None:
    cv2.imwrite(str(folders.outputs / "b.bmp"), cv2.imread(str(folders.outputs / "b.png")))
    done = compare(srmetrics, folders)
    assert (3, ["a", "c"]) == (done.code, scored(folders.out))
    reason = failed(folders.out)["b"]["reason"]
    assert "b.bmp" in reason
    assert "b.png" in reason


def test_sizes_that_differ_fail_with_the_way_out(srmetrics, folders) -> None:
    folders.add("b", folders.image(1), folders.image(1, height=20))
    done = compare(srmetrics, folders)
    assert (3, ["a", "c"]) == (done.code, scored(folders.out))
    reason = failed(folders.out)["b"]["reason"]
    for part in ("32 x 20", "32 x 24", "--align"):
        assert part in reason
    aligned = compare(srmetrics, folders, "--align", "crop")
    assert (0, ["a", "b", "c"]) == (aligned.code, scored(folders.out))
    assert "align:crop" in aligned.out


def test_an_alpha_channel_fails_unless_something_is_said_of_it(srmetrics, folders) -> None:
    image = folders.image(7, channels=4)
    folders.add("b", image[:, :, :3], image)
    done = compare(srmetrics, folders)
    assert (3, ["a", "c"]) == (done.code, scored(folders.out))
    assert "--alpha" in failed(folders.out)["b"]["reason"]
    assert (0, ["a", "b", "c"]) == (compare(srmetrics, folders, "--alpha", "drop").code, scored(folders.out))


def test_a_one_by_one_image_has_a_psnr_and_no_ssim(srmetrics, folders) -> None:
    dot = np.full((1, 1, 3), 100, np.uint8)
    folders.add("b", dot, dot + 5)
    done = compare(srmetrics, folders)
    assert (3, ["a", "b", "c"]) == (done.code, scored(folders.out))
    row = rows_of(folders.out / "per_image.csv")[1]
    # MSE 25: 10 log10(255^2 / 25) = 34.1514...
    assert (10 * np.log10(255**2 / 25), "") == (pytest.approx(float(row["psnr"])), row["ssim"])
    failure = failed(folders.out)["b"]
    assert "metric:ssim" == failure["what"]
    assert "too small" in failure["reason"]
    board = rows_of(folders.out / "leaderboard.csv")[0]
    assert ("3", "3", "2") == (board["n_images"], board["psnr_n"], board["ssim_n"])


def write_float_pair(folders, name: str, reference: NDArray[np.float32], output: NDArray[np.float32]) -> None:
    for folder, image in ((folders.references, reference), (folders.outputs, output)):
        tifffile.imwrite(folder / f"{name}.tif", image, photometric="rgb")


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_value_that_is_no_number_is_named_with_its_place(srmetrics, folders, value) -> None:
    for folder in (folders.references, folders.outputs):
        shutil.rmtree(folder)
        folder.mkdir()
    for index, name in enumerate("abc"):
        image = (folders.image(index) / 255).astype(np.float32)
        bad = image.copy()
        if name == "b":
            bad[4, 7] = value
        write_float_pair(folders, name, image, bad * np.float32(0.9))
    done = compare(srmetrics, folders, "--data-range", "1")
    assert (3, ["a", "c"]) == (done.code, scored(folders.out))
    assert "row 4, column 7" in failed(folders.out)["b"]["reason"]


def test_floats_without_a_range_fail_with_the_way_out(srmetrics, folders) -> None:
    image = (folders.image(9) / 255).astype(np.float32)
    write_float_pair(folders, "d", image, image * np.float32(0.9))
    done = compare(srmetrics, folders)
    assert (3, ["a", "b", "c"]) == (done.code, scored(folders.out))
    assert "--data-range" in failed(folders.out)["d"]["reason"]


def test_mixed_bit_depths_fail_for_that_pair(srmetrics, folders) -> None:
    image = folders.image(1)
    folders.add("b", image, image.astype(np.uint16) * 257)
    done = compare(srmetrics, folders)
    assert (3, ["a", "c"]) == (done.code, scored(folders.out))
    reason = failed(folders.out)["b"]["reason"]
    assert "uint8" in reason
    assert "uint16" in reason


def test_sixteen_bit_pairs_beside_eight_bit_ones_are_rows_of_their_own(srmetrics, folders) -> None:
    image = folders.image(1).astype(np.uint16) * 257
    folders.add("b", image, np.clip(image.astype(np.int32) + 257, 0, 65535).astype(np.uint16))
    done = compare(srmetrics, folders)
    assert (0, ["a", "b", "c"]) == (done.code, scored(folders.out))
    board = rows_of(folders.out / "leaderboard.csv")
    assert [("2", "255"), ("1", "65535")] == [
        (row["n_images"], row["signature"].partition("range:")[2].partition("|")[0]) for row in board
    ]


@pytest.mark.skipif(os.geteuid() == 0 and not shutil.which("setpriv"), reason="root may read every file")
def test_an_image_that_may_not_be_read_fails_by_its_name(srmetrics, folders) -> None:
    (folders.outputs / "b.png").chmod(0)
    # Root may read every file: the command is run without that power.
    powerless = ("setpriv", "--bounding-set", "-dac_override,-dac_read_search") if os.geteuid() == 0 else ()
    done = srmetrics("compare", folders.references, folders.outputs, "--out", folders.out, before=powerless)
    assert (3, ["a", "c"]) == (done.code, scored(folders.out)), done.err
    assert "ermission" in failed(folders.out)["b"]["reason"]


NAMES = [
    "with space",
    "quo'te",
    'double"quote',
    "ünïcødé-画像",
    "=cmd|' C calc'!A0",
    "-minus",
    "<img src=x onerror=alert(1)>",
]


@pytest.mark.parametrize("name", NAMES)
def test_awkward_names_are_scored_and_written_as_data(srmetrics, folders, name) -> None:
    image = folders.image(5)
    folders.add(name, image, image // 2)
    done = compare(srmetrics, folders)
    assert 0 == done.code
    cells = scored(folders.out)
    assert 4 == len(cells)
    written = next(cell for cell in cells if cell not in ("a", "b", "c"))
    assert name == (written[1:] if written.startswith("'") else written)
    assert not written.startswith(("=", "-", "+", "@"))


def renamed(folder: Path) -> None:
    for at, path in enumerate(sorted(folder.iterdir())):
        path.rename(folder / f"{'xyz'[at] * 3}.png")


def test_names_of_which_no_two_pair_are_shown_from_both_sides_with_the_way_out(srmetrics, folders) -> None:
    renamed(folders.outputs)
    done = compare(srmetrics, folders)
    assert (1, False) == (done.code, folders.out.exists())
    for part in ("none of its 3 images pairs", "'xxx', 'yyy', 'zzz'", "'a', 'b', 'c'", "--pair", str(folders.outputs)):
        assert part in done.err


def test_names_that_fit_several_files_are_told_from_names_that_fit_none(srmetrics, folders) -> None:
    for path in list(folders.outputs.iterdir()):
        cv2.imwrite(str(path.with_suffix(".bmp")), cv2.imread(str(path)))
    done = compare(srmetrics, folders)
    assert (1, {"unclear"}) == (done.code, {one["what"] for one in failed(folders.out).values()})
    assert "several files fit one reference" in done.err


def test_one_method_that_does_not_pair_is_said_once_and_the_others_are_scored(srmetrics, folders) -> None:
    other = folders.outputs.with_name("other")
    shutil.copytree(folders.outputs, other)
    renamed(other)
    done = compare(srmetrics, folders, other)
    assert (3, ["a", "b", "c"]) == (done.code, scored(folders.out))
    assert 1 == done.err.count("none of its 3 images pairs")
    assert "Not scored: 3 images, such as a (other)" in done.err
    assert "none of its 3 images pairs" in failed(folders.out)["c"]["reason"]


def test_masks_of_which_none_pairs_are_an_error_that_shows_names(srmetrics, folders) -> None:
    masks = folders.outputs.with_name("masks")
    shutil.copytree(folders.outputs, masks)
    renamed(masks)
    done = compare(srmetrics, folders, "--masks", masks)
    assert (1, False) == (done.code, folders.out.exists())
    assert "none of its 3 masks pairs with a reference by its name; found 'xxx', 'yyy', 'zzz'" in done.err


def test_an_output_folder_that_is_not_free_is_refused_before_anything_is_scored(srmetrics, folders) -> None:
    folders.out.mkdir()
    (folders.out / "run.json").write_text('{"command": {"job": "bench"}}')
    done = compare(srmetrics, folders)
    assert (2, "", ["run.json"]) == (done.code, done.out, [path.name for path in folders.out.iterdir()])
    for part in (str(folders.out), "srmetrics bench", "--out"):
        assert part in done.err
    # The folder is looked at first: that there are no references would be seen when they are read.
    early = srmetrics("compare", folders.references / "nothing", folders.outputs, "--out", folders.out)
    assert (2, True) == (early.code, "srmetrics bench" in early.err)
    among = srmetrics("compare", folders.references, folders.outputs, "--out", folders.references)
    assert (2, "", 3) == (among.code, among.out, len(list(folders.references.iterdir())))
    assert "lies among the references" in among.err


def test_a_pattern_without_quotes_is_answered_with_the_quotes(srmetrics, folders) -> None:
    files = [*sorted(folders.references.iterdir()), *sorted(folders.outputs.iterdir())]
    done = srmetrics("compare", *files)
    assert (2, "") == (done.code, done.out)
    assert f"'{folders.references}/*.png' '{folders.outputs}/*.png'" in done.err
    # One folder alone may be a figure's files: only where they do not go together it is said.
    alone = srmetrics("compare", *files[:3])
    assert (0, False) == (alone.code, "quotes" in alone.err)
    folders.add("b", folders.image(1, height=20), folders.image(1))
    odd = srmetrics("compare", *files[:3])
    assert (3, True) == (odd.code, f"'{folders.references}/*.png' OUTPUTS" in odd.err)


def test_wrong_usage_exits_with_two_and_a_suggestion(srmetrics, folders) -> None:
    for arguments, hint in (
        (("--protocol", "sr-x"), "sr-y"),
        (("--metric", "psnrr"), "psnr"),
        (("--protocol", "sr-y"), "--scale"),
        (("--boundary", "3"), "--masks"),
        (("--baseline", "nobody"), "ours"),
    ):
        done = compare(srmetrics, folders, *arguments)
        assert (2, False) == (done.code, folders.out.exists()), arguments
        assert hint in done.err
