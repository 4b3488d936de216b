"""``srmetrics verify`` on a table that has lost its ``run.json``: alone, beside its neighbour, and given the images."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from image_shelf import Shelf
from kept_run import change_pixel, exchange, fill, flips, keep, verified
from PIL import Image

from srmetrics.errors import FileError, UsageError


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


@pytest.fixture
def bare(shelf: Shelf) -> Path:
    """Both tables of a run, in a folder of their own beside the images."""
    fill(shelf, images=6)
    run = keep(shelf, protocol="sr-y", scale=2)
    (shelf.root / "bare").mkdir()
    for name in ("per_image.csv", "leaderboard.csv"):
        shutil.copy(run / name, shelf.root / "bare" / name)
    shutil.rmtree(run)
    return shelf.root / "bare"


def edit(table: Path, column: str, change: Callable[[str], str], row: int = 0) -> None:
    """Change one cell of a table."""
    with table.open(newline="") as file:
        header, *lines = csv.reader(file)
    lines[row][header.index(column)] = change(lines[row][header.index(column)])
    with table.open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *lines])


def test_alone_a_table_is_checked_as_far_as_it_goes(bare: Path) -> None:
    for name in ("per_image.csv", "leaderboard.csv"):
        said = verified(bare / name)
        assert (3, {"not checkable"}) == (said.code, {status for status, _, _ in said.findings})


def test_a_mean_that_its_neighbour_does_not_give_is_different(bare: Path) -> None:
    edit(bare / "leaderboard.csv", "ssim", lambda text: "0.99")
    said = verified(bare / "leaderboard.csv")
    assert (1, ("different", "leaderboard.csv", "ours, image")) == (said.code, said.findings[0])


def test_ranks_that_are_not_the_order_of_the_means_are_different(bare: Path) -> None:
    (bare / "per_image.csv").unlink()
    edit(bare / "leaderboard.csv", "ssim", lambda text: "0.01")
    assert ("different", "leaderboard.csv", "image, ranks of ssim") in verified(bare / "leaderboard.csv").findings


def test_a_table_of_another_name_is_refused(bare: Path) -> None:
    shutil.copy(bare / "leaderboard.csv", bare / "mine.csv")
    with pytest.raises(FileError, match=r"mine\.csv: verify knows a bare table by its name"):
        verified(bare / "mine.csv")


@pytest.mark.parametrize("name", ["per_image.csv", "leaderboard.csv"])
@pytest.mark.parametrize("alone", [False, True])
def test_given_the_images_a_true_table_holds(name: str, alone: bool, bare: Path, shelf: Shelf) -> None:
    for other in bare.iterdir() if alone else ():
        if other.name != name:
            other.unlink()
    said = verified(bare / name, "--images", shelf.root)
    assert (0, []) == (said.code, said.findings)
    rows = {"per_image.csv": 12, "leaderboard.csv": 2}[name]
    assert rows <= said.answer["summary"][name]["identical"]


def test_a_changed_pixel_is_found_in_its_row_alone(bare: Path, shelf: Shelf) -> None:
    change_pixel(shelf.root / "ours" / "img_3.png")
    said = verified(bare / "per_image.csv", "--images", shelf.root)
    assert (1, [("different", "per_image.csv", "img_3, ours, image")]) == (said.code, said.findings)


def test_exchanged_files_are_found(bare: Path, shelf: Shelf) -> None:
    exchange(shelf.root / "ours" / "img_0.png", shelf.root / "ours" / "img_4.png")
    said = verified(bare / "per_image.csv", "--images", shelf.root)
    assert {"img_0, ours, image", "img_4, ours, image"} == {row for _, _, row in said.findings}
    assert 1 == said.code
    # The mean is over other pairs now, too.
    assert 1 == verified(bare / "leaderboard.csv", "--images", shelf.root).code


def test_a_changed_reference_is_found_by_the_digest_of_the_data_set(bare: Path, shelf: Shelf) -> None:
    change_pixel(shelf.root / "HR" / "img_3.png")
    (bare / "per_image.csv").unlink()
    said = verified(bare / "leaderboard.csv", "--images", shelf.root)
    assert 1 == said.code
    assert said.reason("dataset_digest").startswith("these references have another digest")


@pytest.mark.parametrize("column", ["psnr", "ssim", "psnr_n", "psnr_n_infinite", "n_images", "n_pixels", "psnr_rank"])
def test_every_number_of_a_leaderboard_that_images_give_is_held_to_them(column: str, bare: Path, shelf: Shelf) -> None:
    (bare / "per_image.csv").unlink()
    at = 4 if column in ("psnr", "ssim") else 0  # a hundredth, so that it is no rounding
    edit(bare / "leaderboard.csv", column, lambda text: f"{text[:at]}{9 - int(text[at])}{text[at + 1 :]}", row=1)
    said = verified(bare / "leaderboard.csv", "--images", shelf.root)
    assert 1 == said.code
    assert ("different", "leaderboard.csv", "theirs, image") in said.findings


@pytest.mark.parametrize("column", ["psnr_ci_low", "ssim_ci_high", "psnr_vs_best", "n_groups"])
def test_what_hangs_on_the_run_is_not_called_true_where_it_is_another(column: str, bare: Path, shelf: Shelf) -> None:
    (bare / "per_image.csv").unlink()
    edit(bare / "leaderboard.csv", column, lambda text: {"best": "tied", "6": "3"}.get(text, "17.5"), row=0)
    said = verified(bare / "leaderboard.csv", "--images", shelf.root)
    assert (3, [("not checkable", "leaderboard.csv", "ours, image")]) == (said.code, said.findings)
    assert "what only run.json has (seed, baseline, groups)" in said.reason("ours, image")


def test_no_flipped_digit_of_a_score_is_called_true(bare: Path, shelf: Shelf) -> None:
    table = bare / "per_image.csv"
    content = table.read_bytes()
    for at, changed in flips(content, 12, seed=3):
        table.write_bytes(changed)
        said = verified(table, "--images", shelf.root)
        # A digit beyond the sixth of a score is within the tolerance that unknown versions are allowed.
        within = said.answer["summary"]["per_image.csv"]["within tolerance"]
        assert said.code or within, content[at - 30 : at + 9]


def test_a_method_without_a_folder_is_not_checkable_and_the_other_is(bare: Path, shelf: Shelf) -> None:
    (shelf.root / "theirs").rename(shelf.root.parent / "elsewhere")
    said = verified(bare / "per_image.csv", "--images", shelf.root)
    assert (3, 6) == (said.code, len(said.findings))
    assert {"no folder is named as the method 'theirs'"} == {said.reason(row) for _, _, row in said.findings}
    # The other's rank hangs on it; its mean does not.
    assert 3 == verified(bare / "leaderboard.csv", "--images", shelf.root).code
    edit(bare / "leaderboard.csv", "psnr", lambda text: f"1{text}")
    said = verified(bare / "leaderboard.csv", "--images", shelf.root)
    assert 1 == said.code
    assert ("different", "leaderboard.csv", "ours, image") in said.findings


def test_of_the_folders_of_two_scales_the_one_beside_the_references_is_taken(bare: Path, shelf: Shelf) -> None:
    for name in ("HR", "ours", "theirs"):
        (shelf.root / name).rename(shelf.root / "all")
        shutil.copytree(shelf.root / "all", shelf.root / name / "x2")
        shutil.rmtree(shelf.root / "all")
        if name != "HR":
            shutil.copytree(shelf.root / name / "x2", shelf.root / name / "x4")
            change_pixel(shelf.root / name / "x4" / "img_0.png")
    said = verified(bare / "per_image.csv", "--images", shelf.root)
    assert (0, []) == (said.code, said.findings)


def test_two_folders_that_may_be_the_references_are_both_named(bare: Path, shelf: Shelf) -> None:
    shutil.copytree(shelf.root / "HR", shelf.root / "GT")
    assert 0 == verified(bare / "per_image.csv", "--images", shelf.root).code  # the leaderboard says HR
    (bare / "leaderboard.csv").unlink()
    said = verified(bare / "per_image.csv", "--images", shelf.root)
    assert 3 == said.code
    reason = said.reason("img_0, ours, image")
    assert "GT" in reason
    assert "HR may each hold all references (such as 'img_0')" in reason


def test_rows_of_regions_are_not_checkable_for_want_of_their_masks(shelf: Shelf) -> None:
    fill(shelf)
    mask = np.zeros((18, 20), np.uint8)
    mask[4:12, 5:15] = 255
    for at in range(3):
        shelf.put(f"masks/img_{at}.png", mask)
    run = keep(shelf, masks=str(shelf.root / "masks"))
    (run / "run.json").unlink()
    said = verified(run / "per_image.csv", "--images", shelf.root)
    assert 3 == said.code
    assert {"its mask is not known: there is no run.json"} == {said.reason(row) for _, _, row in said.findings}
    assert 6 == said.answer["summary"]["per_image.csv"]["identical"]


def test_an_image_that_cannot_be_scored_any_more_is_different(bare: Path, shelf: Shelf) -> None:
    Image.new("RGB", (20, 19)).save(shelf.root / "ours" / "img_2.png")
    said = verified(bare / "per_image.csv", "--images", shelf.root)
    assert (1, [("different", "per_image.csv", "img_2, ours, image")]) == (said.code, said.findings)
    assert said.reason("img_2, ours, image").startswith("it cannot be scored now")
    (shelf.root / "ours" / "img_2.png").unlink()
    assert (3, "the folders hold no such image") == (
        (said := verified(bare / "per_image.csv", "--images", shelf.root)).code,
        said.reason("img_2, ours, image"),
    )


@pytest.mark.parametrize("name", ["psnr_y", "foo", "lpips"])
def test_a_column_that_is_no_known_metric_is_not_called_true(name: str, bare: Path, shelf: Shelf) -> None:
    table = bare / "per_image.csv"
    header, *lines = table.read_text().splitlines()
    table.write_text("\n".join([header.replace(",psnr,", f",{name},"), *lines]) + "\n")
    assert 1 == verified(table).code  # the leaderboard beside it has a psnr
    (bare / "leaderboard.csv").unlink()
    said = verified(table, "--images", shelf.root)
    assert (3, [("not checkable", "per_image.csv", f"the column {name}")]) == (said.code, said.findings)


def test_a_row_that_was_left_out_is_told(bare: Path, shelf: Shelf) -> None:
    (bare / "leaderboard.csv").unlink()
    table = bare / "per_image.csv"
    lines = table.read_text().splitlines(keepends=True)
    table.write_text("".join(line for line in lines if not line.startswith("img_2,,ours,")))
    said = verified(table, "--images", shelf.root)
    assert (3, [("not checkable", "per_image.csv", "img_2, ours, image")]) == (said.code, said.findings)
    assert "the table has none" in said.reason("img_2, ours, image")


def test_slices_that_a_run_leaves_out_are_no_rows_that_the_table_lacks(shelf: Shelf) -> None:
    rng = np.random.default_rng(1)
    volume = rng.integers(0, 256, (4, 16, 18), dtype=np.uint8)
    volume[0] = 7  # outside the body
    for name, noise in (("HR", 0), ("ours", 3), ("theirs", 5)):
        shelf.put(f"{name}/v.tif", (volume.astype(int) + noise).clip(0, 255).astype(np.uint8))
    run = keep(shelf)
    (run / "run.json").unlink()
    said = verified(run / "per_image.csv", "--images", shelf.root)
    assert (0, 6) == (said.code, said.answer["summary"]["per_image.csv"]["identical"])


def test_the_references_are_not_taken_for_the_folder_that_holds_everything(bare: Path, shelf: Shelf) -> None:
    for name in ("HR", "ours", "theirs"):
        shutil.copytree(shelf.root / name, shelf.root.parent / f"nest_{shelf.root.name}" / "HR" / name)
    (bare / "per_image.csv").unlink()
    said = verified(bare / "leaderboard.csv", "--images", shelf.root.parent / f"nest_{shelf.root.name}")
    assert (0, []) == (said.code, said.findings)


def test_means_over_images_that_are_gone_are_not_called_different(bare: Path, shelf: Shelf) -> None:
    (bare / "per_image.csv").unlink()
    (shelf.root / "ours" / "img_1.png").unlink()
    said = verified(bare / "leaderboard.csv", "--images", shelf.root)
    assert (3, {"not checkable"}) == (said.code, {status for status, _, _ in said.findings})


def test_means_over_groups_are_checked_where_the_groups_are_known(shelf: Shelf) -> None:
    fill(shelf, images=6)
    groups = shelf.root / "groups.csv"
    groups.write_text("image,group\n" + "".join(f"img_{at},patient{at // 4}\n" for at in range(6)))
    run = keep(shelf, average="group", group_by=str(groups))
    (run / "run.json").unlink()
    said = verified(run / "leaderboard.csv", "--images", shelf.root)
    assert (0, []) == (said.code, said.findings)
    edit(run / "leaderboard.csv", "psnr", lambda text: f"1{text}")
    assert 1 == verified(run / "leaderboard.csv", "--images", shelf.root).code
    (run / "per_image.csv").unlink()
    said = verified(run / "leaderboard.csv", "--images", shelf.root)
    assert "means over groups need the groups" in said.reason("theirs, image")


def test_images_under_two_signatures_are_kept_apart_where_the_rows_say_which(shelf: Shelf) -> None:
    """Eight and sixteen bits in one folder: each image has the range of its own type."""
    fill(shelf, images=6)
    for at in range(3):
        for folder in ("HR", "ours", "theirs"):
            path = shelf.root / folder / f"img_{at}.png"
            pixels = np.asarray(Image.open(path)).astype(np.uint16) * 257
            path.unlink()
            shelf.put(f"{folder}/img_{at}.tif", pixels)
    run = keep(shelf)
    (run / "run.json").unlink()
    for name in ("leaderboard.csv", "per_image.csv"):
        said = verified(run / name, "--images", shelf.root)
        assert (0, []) == (said.code, said.findings)
    edit(run / "leaderboard.csv", "psnr", lambda text: f"1{text}")
    assert 1 == verified(run / "leaderboard.csv", "--images", shelf.root).code
    (run / "per_image.csv").unlink()
    said = verified(run / "leaderboard.csv", "--images", shelf.root)
    assert "which images are under which of the signatures" in said.reason("theirs, image")


def test_a_file_that_is_not_clear_is_not_checkable(bare: Path, shelf: Shelf) -> None:
    for scale in ("x2", "x4"):
        shutil.copytree(shelf.root / "ours", shelf.root / "both" / scale)
    shutil.rmtree(shelf.root / "ours")
    (shelf.root / "both").rename(shelf.root / "ours")
    said = verified(bare / "per_image.csv", "--images", shelf.root)
    assert (3, {"not checkable"}) == (said.code, {status for status, _, _ in said.findings})


def test_a_mean_that_is_no_number_is_different(bare: Path) -> None:
    (bare / "per_image.csv").unlink()
    edit(bare / "leaderboard.csv", "psnr", lambda text: "abc")
    said = verified(bare / "leaderboard.csv")
    assert 1 == said.code
    assert "'abc' is no number" == said.reason("image, ranks of psnr")


@pytest.mark.parametrize(("column", "value"), [("scale", "4"), ("protocol", "sr-y8"), ("protocol", "sr-yx")])
def test_a_protocol_that_the_signature_does_not_say_is_different(column: str, value: str, bare: Path) -> None:
    edit(bare / "leaderboard.csv", column, lambda text: value)
    said = verified(bare / "leaderboard.csv")
    assert 1 == said.code
    assert any(status == "different" and row.startswith("the protocol sr-y") for status, _, row in said.findings)


def test_a_table_that_a_spreadsheet_saved_is_read(bare: Path, shelf: Shelf) -> None:
    table = bare / "per_image.csv"
    table.write_bytes(b"\xef\xbb\xbf" + table.read_bytes())
    assert 0 == verified(table, "--images", shelf.root).code


def test_a_folder_of_images_that_is_not_there_is_refused(bare: Path) -> None:
    with pytest.raises(UsageError, match="the folder of images is not there"):
        verified(bare / "per_image.csv", "--images", bare / "nowhere")
