"""What a figure shows: which image, which crops, whose scores, and where everything stands."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from image_shelf import Shelf, pair_of, psnr
from PIL import Image
from pypdf import PdfReader
from small_study import run as run_study
from small_study import small_study, write_textures

from harness.figures import Crop, FigureOptions, MadeFigure, figure, make_figure, parse_crop
from harness.figures.draw import exact_dpi, mask_edges
from harness.figures.label_text import broken, drawable, text_width
from harness.figures.layout import GAP, SMALLEST, Panel, lay_out
from harness.figures.propose import propose_crops, proposed_side
from harness.figures.score_labels import ScoreLabel, metric_labels, score_labels
from harness.figures.subject import find_key
from harness.figures.width import parse_width
from srmetrics.errors import FileError, SizeError, SrmetricsError, UsageError


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


def scored(shelf: Shelf, **options: object) -> Path:
    for at in range(2):
        reference, candidate = pair_of(at, (40, 52, 3))
        shelf.put(f"HR/set/im{at}.png", reference)
        shelf.put(f"ours/set/im{at}.png", candidate)
        shelf.put(f"theirs/set/im{at}.png", (candidate // 2 + reference // 2).astype(np.uint8))
    shelf.compare("ours", "theirs", **options).write(shelf.root / "run")
    return shelf.root / "run"


def made(shelf: Shelf, run: Path, image: str = "im1", crops: tuple[str, ...] = (), **options: object) -> MadeFigure:
    chosen = FigureOptions(**options)
    return make_figure(run, image, shelf.root / "fig.pdf", [parse_crop(crop) for crop in crops], chosen)


def words(shelf: Shelf) -> list[str]:
    return PdfReader(shelf.root / "fig.pdf").pages[0].extract_text().replace("\n", " ").split()


# ---- scores


def test_scores_are_those_of_the_run_rounded(shelf: Shelf) -> None:
    run = scored(shelf)
    made(shelf, run)
    reference = np.asarray(Image.open(shelf.root / "HR/set/im1.png"))
    for method in ("ours", "theirs"):
        expected = psnr(reference, np.asarray(Image.open(shelf.root / f"{method}/set/im1.png")))
        assert f"{expected:.2f}" in words(shelf)
    assert {"Reference", "PSNR", "SSIM"} <= set(words(shelf))


def test_scores_of_a_crop_are_those_of_its_pixels_alone(shelf: Shelf) -> None:
    run = scored(shelf)
    found = made(shelf, run, crops=("7,5,12,10",), crop_scores=True, metrics=("psnr",))
    reference = np.asarray(Image.open(shelf.root / "HR/set/im1.png"))[5:15, 7:19]
    for method in ("ours", "theirs"):
        candidate = np.asarray(Image.open(shelf.root / f"{method}/set/im1.png"))[5:15, 7:19]
        assert f"{psnr(reference, candidate):.2f}" in words(shelf)
    assert "PSNR of the crop. Best in bold." in found.caption


def test_a_crop_is_scored_without_the_border_that_the_protocol_cuts_off_and_the_caption_says_so(shelf: Shelf) -> None:
    run = scored(shelf, protocol="ntire", scale=2)  # which cuts 8 pixels off
    reference = np.asarray(Image.open(shelf.root / "HR/set/im1.png"))[8:16, 8:14]
    candidate = np.asarray(Image.open(shelf.root / "ours/set/im1.png"))[8:16, 8:14]
    found = made(shelf, run, crops=("0,2,14,14",), crop_scores=True, metrics=("psnr",))
    assert f"{psnr(reference, candidate):.2f}" in words(shelf)
    assert "PSNR of the crop without the image's border of 8 pixels, which is not scored. Best" in found.caption
    assert "border" not in made(shelf, run, crops=("8,8,14,10",), crop_scores=True).caption
    assert "border" not in made(shelf, run, crops=("0,2,14,14",)).caption
    with pytest.raises(UsageError, match=r"no score.*border of 8 pixels off; found 0,0,8,20; .* inside 8,8,36,24"):
        made(shelf, run, crops=("0,0,8,20",), crop_scores=True)


def test_the_best_is_bold_by_each_metrics_own_direction_and_all_that_read_alike() -> None:
    scores = {
        "a": {"psnr": 30.001, "piq:gmsd": 0.2},
        "b": {"psnr": 30.004, "piq:gmsd": 0.1},
        "c": {"psnr": math.nan, "piq:gmsd": math.nan},
        "lr": {},
    }
    labels = score_labels(scores, ("psnr", "piq:gmsd"), ("a", "b", "c"))
    assert (ScoreLabel("30.00", True), ScoreLabel("0.2000")) == labels["a"]
    assert (ScoreLabel("30.00", True), ScoreLabel("0.1000", True)) == labels["b"]
    assert (ScoreLabel("-"), ScoreLabel("-")) == labels["c"] == labels["lr"]
    assert ("PSNR↑", "GMSD↓") == metric_labels(("psnr", "piq:gmsd"))
    assert ("PSNR", "MS-SSIM") == metric_labels(("psnr", "ms_ssim"))
    infinite = score_labels({"a": {"psnr": math.inf}, "b": {"psnr": 40.0}}, ("psnr",), ("a", "b"))
    assert (ScoreLabel("inf", True),) == infinite["a"]
    assert not score_labels({"a": {"psnr": 1.0}}, ("psnr",), ("a",))["a"][0].best, "alone it is best of nothing"


def test_errors_of_images_from_0_to_1_are_shown_with_decimals_that_tell_them_apart() -> None:
    scores = {"a": {"mse": 0.00123, "mae": 4.7, "psnr": 0.05}, "b": {"mse": 0.0315, "mae": 12.0, "psnr": 0.01}}
    labels = score_labels(scores, ("mse", "mae", "psnr"), ("a", "b"))
    assert (ScoreLabel("0.00123", True), ScoreLabel("4.70", True), ScoreLabel("0.05", True)) == labels["a"]
    assert (ScoreLabel("0.03150"), ScoreLabel("12.00"), ScoreLabel("0.01")) == labels["b"]
    assert "0.00" == score_labels({"a": {"mse": 0.0}}, ("mse",), ("a",))["a"][0].text


def test_metrics_are_called_what_their_papers_call_them() -> None:
    assert ("HaarPSI", "VIFp", "FSIM", "MS-SSIM") == metric_labels(("piq:haarpsi", "piq:vif", "piq:fsim", "ms_ssim"))


# ---- which image, method and crop


@pytest.mark.parametrize("name", ["set/im1", "im1", "im1.png", "SET/IM1", "set/im1.PNG", "set\\im1"])
def test_an_image_is_found_by_its_key_or_file_name(name: str) -> None:
    assert "set/im1" == find_key(name, ("set/im0", "set/im1"))


def test_a_name_that_fits_none_or_several_is_refused_with_near_ones() -> None:
    with pytest.raises(UsageError, match=r"no such image; found 'im7'.*Did you mean 'im1' or"):
        find_key("im7", ("im0", "im1"))
    assert "set/butterfly_HR" == find_key("butterfly", ("set/butterfly_HR", "set/bird_HR"))
    with pytest.raises(UsageError, match=r"several images are called so.*set/bird_HR or set/bill_HR"):
        find_key("bi", ("set/bird_HR", "set/bill_HR"))
    with pytest.raises(UsageError, match=r"several images are called so.*a/x or b/x"):
        find_key("x", ("a/x", "b/x"))
    with pytest.raises(UsageError, match="Did you mean 'vol#0000' or 'vol#0001'"):
        find_key("vol", ("vol#0000", "vol#0001"))
    with pytest.raises(UsageError, match="There are 2, such as 'a', 'b'"):
        find_key("zzzzzz", ("a", "b"))
    for name in ("", ".", "..", "/", "./", "#"):
        with pytest.raises(UsageError, match="no such image"):
            find_key(name, ("a", "b"))


def test_methods_and_metrics_are_shown_in_the_order_that_was_asked(shelf: Shelf) -> None:
    run = scored(shelf)
    made(shelf, run, methods=("theirs", "ours"), metrics=("ssim",))
    found = words(shelf)
    assert found.index("theirs") < found.index("ours")
    assert "PSNR" not in found
    with pytest.raises(UsageError, match=r"no such method.*Did you mean 'theirs'"):
        made(shelf, run, methods=("their",))
    with pytest.raises(UsageError, match=r"no such metric.*psnr, ssim"):
        made(shelf, run, metrics=("mse",))


def test_a_crop_that_leaves_the_image_is_refused_with_the_nearest_that_does_not(shelf: Shelf) -> None:
    run = scored(shelf)
    with pytest.raises(
        UsageError, match=r"leaves the image; found 45,5,12,10 in an image of 52 x 40.*--crop 40,5,12,10"
    ):
        made(shelf, run, crops=("45,5,12,10",))
    for text in ("1,2,3", "a,b,c,d", "1,2,0,4", "-1,2,3,4", "1,2,3,4,5", ""):
        with pytest.raises(UsageError, match="this is no crop"):
            parse_crop(text)


def test_images_that_are_gone_are_named_and_found_again_elsewhere(shelf: Shelf) -> None:
    run = scored(shelf)
    (shelf.root / "moved").mkdir()
    for folder in ("HR", "ours", "theirs"):
        (shelf.root / folder).rename(shelf.root / "moved" / folder)
    with pytest.raises(FileError, match=r"the reference is not where the run read it.*--images DIR"):
        made(shelf, run)
    figure(run, image="im1", out=shelf.root / "fig.svg", images=shelf.root / "moved")
    (shelf.root / "moved/theirs/set/im1.png").unlink()
    with pytest.raises(FileError, match="the output of theirs is not where"):
        figure(run, image="im1", out=shelf.root / "fig.svg", images=shelf.root / "moved")


def test_a_leaderboard_of_several_runs_is_refused_naming_them(shelf: Shelf) -> None:
    from harness.jobs.merge_runs import merge_runs

    run = scored(shelf)
    merge_runs([run])[0].write(shelf.root / "all")
    with pytest.raises(UsageError, match=rf"several runs has no images.*Draw from one of its runs: {run}"):
        made(shelf, shelf.root / "all")


def test_what_is_no_format_width_or_size_is_refused(shelf: Shelf) -> None:
    with pytest.raises(UsageError, match=r"suffix says no format; found 'fig.jpg'.*\.pdf, \.svg or \.png"):
        figure(shelf.root, image="a", out=shelf.root / "fig.jpg")
    for options in ({"columns": 0}, {"dpi": 10}, {"font_size": 2}):
        with pytest.raises(UsageError, match="cannot be this"):
            FigureOptions(**options)
    for width in ("wide", "0.5", "2m", "", "-3in", "nan"):
        with pytest.raises(UsageError, match="no width of a figure"):
            parse_width(width)
    found = [parse_width(width) for width in ("single", "double", "88.9 mm", "3.5in", 3.5, "252pt")]
    assert [3.25, 6.875, 3.5, 3.5, 3.5, 252 / 72.27] == pytest.approx(found)


# ---- proposals


def test_the_place_where_methods_differ_is_proposed_first_and_places_do_not_overlap() -> None:
    reference = np.full((96, 120, 3), 128, np.uint8)
    rng = np.random.default_rng(0)
    one = reference.copy()
    one[50:74, 60:84] = rng.integers(0, 256, (24, 24, 3))  # only here they differ much
    both = rng.integers(-40, 40, (24, 24, 3))
    two = reference.copy()
    for image in (one, two):
        image[4:28, 4:28] = 128 + both  # both are equally wrong here
    found = propose_crops(reference, [one, two], 24)
    assert 3 == len(found)
    assert abs(found[0].x - 60) <= 3
    assert abs(found[0].y - 50) <= 3
    for first in found:
        first.check_inside(reference.shape)
        for second in found:
            apart = abs(first.x - second.x) >= 24 or abs(first.y - second.y) >= 24
            assert first == second or apart
    assert found == propose_crops(reference, [two, one], 24), "the order of methods says nothing"
    alone = propose_crops(reference, [two], 24)[0]
    assert abs(alone.x - 4) <= 3, "alone: where it errs most"
    assert abs(alone.y - 4) <= 3


def test_equal_windows_are_taken_from_the_top_left_and_the_border_is_left_out() -> None:
    flat = np.zeros((100, 100), np.uint8)
    assert Crop(0, 0, 24, 24) == propose_crops(flat, [flat, flat], 24)[0]
    assert Crop(6, 6, 24, 24) == propose_crops(flat, [flat, flat], 24, border=6)[0]
    assert Crop(8, 8, 24, 24) == propose_crops(flat, [flat, flat], 24, border=6, multiple=4)[0]
    assert [] == propose_crops(flat[:10], [flat[:10]], 24)
    assert 24 == proposed_side(100, 140)
    assert 83 == proposed_side(500, 700)
    assert 80 == proposed_side(500, 700, 4)
    assert 128 == proposed_side(2000, 2000)
    assert 10 == proposed_side(10, 50)


def test_a_figure_draws_the_first_proposal_and_lists_all(shelf: Shelf) -> None:
    run = scored(shelf)
    found = made(shelf, run)
    assert found.crops == found.proposals[:1]
    assert made(shelf, run, crops=("1,2,3,4",)).proposals == ()
    assert (Crop(1, 2, 3, 4),) == made(shelf, run, crops=("1,2,3,4",)).crops


# ---- values of more than eight bits, volumes, benches, masks


def test_a_value_window_is_what_was_scored_or_what_was_asked(shelf: Shelf) -> None:
    values = np.linspace(-1000, 1000, 40 * 40).reshape(40, 40).astype(np.int16)
    shelf.put("HR/ct.npy", values)
    shelf.put("ours/ct.npy", values + np.int16(20))
    shelf.compare(window="40,400").write(shelf.root / "run")
    found = made(shelf, shelf.root / "run", "ct", ("0,20,40,2",))
    assert "Shown: value window 40/400, as scored." in found.caption
    # DICOM PS3.3 C.11.2.1.2.1: y = ((x - (c - 0.5)) / (w - 1) + 0.5) * 255
    expected = np.rint(np.clip((values[20:22] - 39.5) / 399 + 0.5, 0, 1) * 255).astype(np.uint8)
    picture = np.asarray(PdfReader(found.path).pages[0].images[1].image.convert("L"))
    times = picture.shape[1] // 40
    np.testing.assert_array_equal(expected, picture[::times, ::times])
    other = made(shelf, shelf.root / "run", "ct", window="0,2000")
    assert "Shown: value window 0,2000." in other.caption
    with pytest.raises(UsageError, match="no value window"):
        made(shelf, shelf.root / "run", "ct", window="40")


def test_a_slice_is_shown_with_the_scores_of_its_volume_where_these_are_pooled(shelf: Shelf) -> None:
    stack = np.stack([pair_of(at, (32, 40))[0] for at in range(3)])
    other = np.stack([pair_of(at, (32, 40))[1] for at in range(3)])
    shelf.put("HR/v.tif", stack)
    shelf.put("ours/v.tif", other)
    shelf.compare(protocol="fastmri").write(shelf.root / "pooled")
    shelf.compare().write(shelf.root / "single")
    assert "of the whole volume" in made(shelf, shelf.root / "pooled", "v#0002").caption
    mse = np.mean((stack.astype(float) - other) ** 2)
    assert f"{10 * np.log10(float(stack.max()) ** 2 / mse):.2f}" in words(shelf)
    with pytest.raises(
        UsageError, match=r"a volume, and a figure shows one slice; found 3 slices.*'v#0000' to 'v#0002'"
    ):
        made(shelf, shelf.root / "pooled", "v")
    with pytest.raises(SrmetricsError, match="no such page"):
        made(shelf, shelf.root / "pooled", "v#0003")
    found = made(shelf, shelf.root / "single", "v#0002", ("3,4,16,10",))
    assert "of the whole image" in found.caption
    assert f"{psnr(stack[2], other[2]):.2f}" in words(shelf)
    picture = np.asarray(PdfReader(found.path).pages[0].images[1].image.convert("L"))
    times = picture.shape[1] // 16
    np.testing.assert_array_equal(stack[2, 4:14, 3:19], picture[::times, ::times])


def test_a_bench_shows_its_arms_and_its_low_resolution_images_too(shelf: Shelf) -> None:
    write_textures(shelf.root / "images", of_a_class=2)
    run_study(small_study(classification=None), shelf.root / "images", shelf.root / "run")
    run, image = shelf.root / "run", "class_0/000"
    found = made(shelf, run, image, ("4,6,12,8",), methods=("lr", "nearest", "bicubic"))
    pictures = [np.asarray(one.image.convert("RGB")) for one in PdfReader(found.path).pages[0].images]
    assert 5 == len(pictures)
    small = [picture[:: picture.shape[0] // 4, :: picture.shape[1] // 6] for picture in pictures[2:4]]
    np.testing.assert_array_equal(small[0], small[1], "nearest repeats what lr has")
    assert "Best in bold" in found.caption
    alone = made(shelf, run, image, ("4,6,12,8",), methods=("lr", "bicubic"))
    assert "bold" not in alone.caption, "lr has no score, and one method is best of nothing"
    with pytest.raises(UsageError, match=r"no crop can be proposed.*no method whose output is as large"):
        made(shelf, run, image, methods=("lr",))
    with pytest.raises(UsageError, match=r"edges lie inside pixels of lr.*multiples of 2.*--crop 4,6,12,8"):
        made(shelf, run, image, ("5,6,11,8",), methods=("lr",))
    assert all(
        part % 2 == 0
        for crop in made(shelf, run, image, methods=("lr", "bicubic")).proposals
        for part in (crop.x, crop.y)
    )


def test_an_output_of_another_size_is_refused(shelf: Shelf) -> None:
    for at in range(2):
        reference, candidate = pair_of(at, (40, 52, 3))
        shelf.put(f"HR/set/im{at}.png", reference)
        shelf.put(f"ours/set/im{at}.png", candidate[at:])
    shelf.compare("ours").write(shelf.root / "run")
    run = shelf.root / "run"
    with pytest.raises(SizeError, match="output of ours cannot be laid over the reference; found 52 x 39"):
        made(shelf, run)


def test_outlines_run_along_the_edges_of_the_masks_pixels(shelf: Shelf) -> None:
    mask = np.zeros((4, 5), np.uint8)
    mask[1:3, 2:4] = 7
    edges = {frozenset(segment) for segment in mask_edges(mask)}
    assert {
        frozenset({(2, 1), (4, 1)}),
        frozenset({(2, 3), (4, 3)}),
        frozenset({(2, 1), (2, 3)}),
        frozenset({(4, 1), (4, 3)}),
    } == edges
    assert [] == mask_edges(np.ones((3, 3)))
    for at in range(2):
        shelf.put(f"masks/set/im{at}.png", np.pad(np.full((10, 22), 255, np.uint8), 15))
    made(shelf, scored(shelf, masks=str(shelf.root / "masks")), outline_mask=True)
    with pytest.raises(FileError, match="no mask file"):
        made(shelf, scored(Shelf(shelf.root / "plain")), outline_mask=True)


# ---- layout


NAMES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=60)


@settings(max_examples=40)
@given(
    names=st.lists(NAMES, min_size=1, max_size=9),
    width=st.sampled_from([2.0, 3.25, 6.875, 10.0]),
    size=st.sampled_from([5.0, 7.0, 12.0]),
    shape=st.tuples(st.integers(1, 300), st.integers(1, 300)),
    whole=st.tuples(st.integers(30, 600), st.integers(30, 600)),
    scores=st.integers(1, 3),
    crops=st.integers(1, 3),
)
def test_nothing_overlaps_and_nothing_leaves_the_figure(
    names: list[str],
    width: float,
    size: float,
    shape: tuple[int, int],
    whole: tuple[int, int],
    scores: int,
    crops: int,
) -> None:
    if not 0.2 <= shape[0] / shape[1] <= 5 or not 0.2 <= whole[0] / whole[1] <= 5:
        return
    label = tuple(ScoreLabel("28.42") for _ in range(scores))
    panels = [Panel(name, label, shape, crop) for crop in range(crops) for name in names]
    layout = lay_out(panels, whole, "a title of several words", width=width, size=size)
    assert len(panels) == len(layout.panels)
    left, top, across, along = layout.whole
    titles = max(text_width(line, size) for line in layout.whole_lines)
    boxes = [
        layout.whole,
        (left + (across - titles) / 2, top + along, titles, len(layout.whole_lines) * size * 1.25 / 72),
    ]
    for placed in layout.panels:
        lines = len(placed.name_lines) + len(placed.score_lines)
        boxes.append((placed.left, placed.top, placed.width, placed.height + lines * placed.size * 1.25 / 72))
        assert placed.size >= SMALLEST
        for line in placed.name_lines:
            assert text_width(line, placed.size) <= placed.width + GAP
    for at, (left, top, across, along) in enumerate(boxes):
        assert left >= 0
        assert top >= 0
        assert left + across <= width + 1e-9
        assert top + along <= layout.height + 1e-9
        for other_left, other_top, other_across, other_along in boxes[:at]:
            beside = left >= other_left + other_across - 1e-9 or other_left >= left + across - 1e-9
            below = top >= other_top + other_along - 1e-9 or other_top >= top + along - 1e-9
            assert beside or below


@given(NAMES, st.floats(0.3, 3))
@settings(max_examples=60)
def test_a_broken_name_fits_and_loses_at_most_its_middle(name: str, width: float) -> None:
    lines = broken(name, width, 7)
    assert 1 <= len(lines) <= 3
    assert all(text_width(line, 7) <= width or len(line) == 1 for line in lines)
    whole, kept = drawable(name).replace(" ", ""), "".join(lines).replace(" ", "")
    if "…" not in kept:
        assert whole == kept
    else:
        start, _, end = kept.partition("…")
        assert whole.startswith(start) or "…" in whole
        assert whole.endswith(end) or "…" in whole


def test_columns_that_were_asked_for_are_taken() -> None:
    panels = [Panel(f"m{at}", (ScoreLabel("30.00"),), (40, 40), 0) for at in range(6)]
    for columns in (1, 2, 3, 6, 40):
        tops = [placed.top for placed in lay_out(panels, (80, 80), "t", width=7, size=7, columns=columns).panels]
        assert min(columns, 6) == tops.count(tops[0])


def test_a_title_above_the_crops_has_the_width_of_the_figure() -> None:
    panels = [Panel(f"m{at}", (ScoreLabel("30.00"),), (20, 40), 0) for at in range(4)]
    title = "Set5: woman_HR_x4 (×4)"
    layout = lay_out(panels, (344, 228), title, width=3.25, size=7, columns=2)
    left, _, across, _ = layout.whole
    assert text_width(title, 7) > across, "or there is nothing to see"
    assert (title,) == layout.whole_lines
    assert left + across / 2 == pytest.approx(3.25 / 2)


def test_a_title_of_ones_own_stands_under_the_whole_image(shelf: Shelf) -> None:
    run = scored(shelf, dataset="Shelf")
    made(shelf, run)
    assert "Shelf:" in words(shelf)
    made(shelf, run, title="An owl")
    assert "owl" in words(shelf)
    assert "Shelf:" not in words(shelf)


def test_letters_that_the_font_lacks_are_told(shelf: Shelf) -> None:
    run = scored(shelf)
    assert "网络" == made(shelf, run, title="μ ×4 网络网").undrawn
    assert "" == made(shelf, run, title="Ελληνικά").undrawn


def test_labels_stand_once_under_crops_in_single_rows() -> None:
    panels = [
        Panel(name, (ScoreLabel("30.00"),), (30, 40), crop, repeated=crop == 0) for crop in range(2) for name in "abc"
    ]
    placed = lay_out(panels, (80, 100), "t", width=7, size=7, columns=3).panels
    assert [(), (), ()] == [one.name_lines for one in placed[:3]]
    assert [("a",), ("b",), ("c",)] == [one.name_lines for one in placed[3:]]
    wrapped = lay_out(panels, (80, 100), "t", width=7, size=7, columns=2).panels
    assert all(one.name_lines for one in wrapped)


@given(st.floats(0.3, 6), st.lists(st.integers(1, 400), min_size=1, max_size=3), st.integers(50, 1200))
def test_a_png_has_a_whole_number_of_pixels_for_each_of_the_widest_crop(
    width: float, pixels: list[int], dpi: int
) -> None:
    found = exact_dpi([width], pixels, dpi)
    times = found * width / max(pixels)
    assert abs(times - round(times)) < 1e-6
    assert round(times) >= 1
    assert found >= dpi - 1e-6 or found * width >= max(pixels) - 1e-6


def test_images_too_small_for_a_proposal_are_told_to_give_a_crop(shelf: Shelf) -> None:
    shelf.put("HR/a.png", np.zeros((1, 1), np.uint8))
    shelf.put("ours/a.png", np.ones((1, 1), np.uint8))
    shelf.compare(metrics=("psnr",)).write(shelf.root / "run")
    assert (Crop(0, 0, 1, 1),) == made(shelf, shelf.root / "run", "a").crops


def test_every_error_is_one_of_ours(shelf: Shelf) -> None:
    with pytest.raises(SrmetricsError):
        figure(shelf.root / "nowhere", image="a", out=shelf.root / "a.pdf")
