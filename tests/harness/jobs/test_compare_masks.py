"""Masks, label maps and bands: each region's pixels and scores, by numbers computed apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from brute_force import gaussian, ssim_windows
from image_shelf import pair_of, per_image, psnr, values
from PIL import Image
from scipy import ndimage
from skimage.filters import threshold_otsu

from srmetrics.errors import UsageError

if TYPE_CHECKING:
    from image_shelf import Shelf

SHAPE = (26, 32)


def disc(radius: float = 8) -> np.ndarray:
    rows, columns = np.mgrid[: SHAPE[0], : SHAPE[1]]
    return np.asarray(np.hypot(rows - 12, columns - 15) <= radius)


def filled(shelf: Shelf, **masks: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Write a grey pair for each mask, all of the same pixels."""
    reference, candidate = pair_of(1, SHAPE)
    for name, mask in masks.items():
        shelf.put(f"HR/{name}.png", reference)
        shelf.put(f"ours/{name}.png", candidate)
        shelf.put(f"masks/{name}.png", mask)
    return reference, candidate


def regions(board) -> dict[str, int]:
    return {row.region: row.n_pixels for row in board.per_image}


def test_a_mask_gives_the_image_the_mask_and_its_complement(shelf: Shelf) -> None:
    inside = disc()
    reference, candidate = filled(shelf, a=np.where(inside, 255, 0).astype(np.uint8))
    board = shelf.compare(masks=shelf.root / "masks", metrics=["psnr"])
    count = int(inside.sum())
    assert {"image": inside.size, "mask": count, "background": inside.size - count} == regions(board)
    for region, pixels in (("image", inside | True), ("mask", inside), ("background", ~inside)):
        expected = psnr(reference[pixels], candidate[pixels])
        assert {"a": pytest.approx(expected, abs=1e-10)} == values(board, region=region)


def test_every_masking_scores_ssim_by_its_definition(shelf: Shelf) -> None:
    inside = disc()
    reference, candidate = filled(shelf, a=np.where(inside, 255, 0).astype(np.uint8))
    window = gaussian(11, 1.5)

    def mean(found: np.ndarray, where: np.ndarray) -> float:
        return float(np.nanmean(np.where(where, found, np.nan)))

    plain = ssim_windows(reference, candidate, window, data_range=255).ssim
    # A window of 11 lies inside a region where eroding by 11 x 11 leaves its centre.
    within = ndimage.binary_erosion(inside, np.ones((11, 11)))
    black = [np.where(inside, image, 0) for image in (reference, candidate)]
    expected = {
        "normalised": mean(ssim_windows(reference, candidate, window, data_range=255, mask=inside).ssim, inside),
        "interior": mean(plain, within),
        "map": mean(plain, inside),
        "zeroed": mean(ssim_windows(*black, window, data_range=255).ssim, inside | True),
    }
    for masking, ssim in expected.items():
        board = shelf.compare(masks=shelf.root / "masks", masking=masking)
        assert {"a": pytest.approx(ssim, abs=1e-10)} == values(board, "ssim", "mask"), masking
        assert all(f"|masking:{masking}|" in row.signature for row in board.per_image)
        pixels = inside if masking != "zeroed" else inside | True
        error = psnr(*(image[pixels] for image in ((reference, candidate) if masking != "zeroed" else black)))
        assert {"a": pytest.approx(error, abs=1e-10)} == values(board, "psnr", "mask"), masking


def test_named_labels_are_regions_without_a_complement(shelf: Shelf) -> None:
    labels = np.where(disc(4), 255, np.where(disc(), 128, 0)).astype(np.uint8)
    reference, candidate = filled(shelf, a=labels)
    names = {255: "nucleus", 128: "cytoplasm", 0: "rest"}
    board = shelf.compare(masks=shelf.root / "masks", labels=names, metrics=["psnr"])
    assert ["image", *names.values()] == list(regions(board))
    for value, name in names.items():
        expected = psnr(reference[labels == value], candidate[labels == value])
        assert {"a": pytest.approx(expected, abs=1e-10)} == values(board, region=name)


def test_one_label_map_makes_label_maps_of_all_masks(shelf: Shelf) -> None:
    filled(
        shelf, a=np.where(disc(4), 2, disc()).astype(np.uint8), b=disc().astype(np.uint8), c=np.zeros(SHAPE, np.uint8)
    )
    board = shelf.compare(masks=shelf.root / "masks", metrics=["psnr"])
    found = {(row.image, row.region) for row in board.per_image}
    assert {
        ("a", "image"),
        ("a", "label_1"),
        ("a", "label_2"),
        ("b", "image"),
        ("b", "label_1"),
        ("c", "image"),
    } == found


def test_a_mask_with_soft_edges_fails_alone_and_leaves_the_others_masks(shelf: Shelf) -> None:
    soft = (ndimage.gaussian_filter(disc().astype(float), 2) * 255).astype(np.uint8)
    colour = np.dstack([np.where(disc(), 255, 0), np.zeros(SHAPE), np.zeros(SHAPE)]).astype(np.uint8)
    filled(shelf, a=disc().astype(np.uint8), b=soft, c=colour)
    board = shelf.compare(masks=shelf.root / "masks", metrics=["psnr"])
    assert ["image", "mask", "background"] == list(regions(board))
    assert [("b", "mask"), ("c", "mask")] == [(one.image, one.what) for one in board.failures]
    assert [str(shelf.root / "masks" / f"{name}.png") for name in "bc"] == [one.file for one in board.failures]
    assert 3 == board.exit_code


@pytest.mark.parametrize("options", [{"format": "jpeg"}, {"format": "webp", "quality": 60, "exif": b"Exif\0\0"}])
def test_a_mask_saved_with_loss_is_refused(shelf: Shelf, options: dict) -> None:
    filled(shelf, a=disc().astype(np.uint8))
    (shelf.root / "masks" / "a.png").unlink()
    image = Image.fromarray(np.dstack([disc().astype(np.uint8) * 255] * 3))
    image.save(shelf.root / "masks" / f"a.{options['format']}", **options)
    board = shelf.compare(masks=shelf.root / "masks", metrics=["psnr"])
    assert ((), "mask") == (board.per_image, board.failures[0].what)
    assert "PNG" in board.failures[0].reason


def test_the_boundary_is_a_band_on_both_sides(shelf: Shelf) -> None:
    inside = np.zeros(SHAPE, np.uint8)
    inside[:, :10] = 1
    reference, candidate = filled(shelf, a=inside)
    board = shelf.compare(masks=shelf.root / "masks", boundary=2, metrics=["psnr"])
    assert 4 * SHAPE[0] == regions(board)["boundary"]
    expected = psnr(reference[:, 8:12], candidate[:, 8:12])
    assert {"a": pytest.approx(expected, abs=1e-10)} == values(board, region="boundary")


def test_otsu_masks_are_the_reference_above_its_threshold(shelf: Shelf) -> None:
    reference, candidate = filled(shelf, a=disc().astype(np.uint8))
    inside = ndimage.binary_fill_holes(reference > threshold_otsu(reference))
    board = shelf.compare(masks="auto:otsu", metrics=["psnr"])
    assert int(inside.sum()) == regions(board)["mask"]
    assert {"a": pytest.approx(psnr(reference[inside], candidate[inside]), abs=1e-10)} == values(board, region="mask")


def test_a_field_of_mat_files_is_a_mask(shelf: Shelf) -> None:
    scipy_io = pytest.importorskip("scipy.io")
    inside = disc()
    reference, candidate = filled(shelf, a=inside.astype(np.uint8))
    (shelf.root / "mat").mkdir()
    cjdata = {"tumorMask": inside.astype(np.uint8), "image": reference}
    scipy_io.savemat(shelf.root / "mat" / "a.mat", {"cjdata": cjdata})
    board = shelf.compare(masks=f"{shelf.root}/mat/*.mat::cjdata/tumorMask", metrics=["psnr"])
    expected = psnr(reference[inside], candidate[inside])
    assert {"a": pytest.approx(expected, abs=1e-10)} == values(board, region="mask")


def test_an_empty_region_is_nan_with_no_pixels_and_a_warning(shelf: Shelf) -> None:
    filled(shelf, a=np.zeros(SHAPE, np.uint8), b=disc().astype(np.uint8))
    board = shelf.compare(masks=shelf.root / "masks", metrics=["psnr"])
    row = next(row for row in per_image(board) if (row["image"], row["region"]) == ("a", "mask"))
    assert ("0", "") == (row["n_pixels"], row["psnr"])
    assert any("empty" in note for note in board.notes)
    assert 0 == board.exit_code


def test_a_reference_without_a_mask_is_listed_and_the_rest_scored(shelf: Shelf) -> None:
    filled(shelf, a=disc().astype(np.uint8), b=disc().astype(np.uint8))
    (shelf.root / "masks" / "b.png").unlink()
    board = shelf.compare(masks=shelf.root / "masks", metrics=["psnr"])
    assert (["b"], 3) == ([failure.image for failure in board.failures], board.exit_code)
    assert {"a"} == set(values(board))


def test_a_mask_of_another_size_fails_by_its_own_name(shelf: Shelf) -> None:
    filled(shelf, a=np.ones((9, 9), np.uint8))
    (failure,) = shelf.compare(masks=shelf.root / "masks").failures
    assert ("mask", str(shelf.root / "masks" / "a.png")) == (failure.what, failure.file)


def test_a_metric_that_fails_in_one_region_fails_there_alone(shelf: Shelf) -> None:
    filled(shelf, a=disc(2).astype(np.uint8))
    board = shelf.compare(masks=shelf.root / "masks", metrics=["psnr", "ssim"], protocol="skimage", masking="interior")
    assert {"image", "mask", "background"} == set(regions(board))
    ssim = {row["region"]: row["ssim"] for row in per_image(board)}
    # No window of 7 lies inside a disc of radius 2: there is no SSIM, while its PSNR exists.
    assert ("", True, True) == (ssim["mask"], bool(ssim["image"]), bool(ssim["background"]))
    assert all(row["psnr"] for row in per_image(board))


@pytest.mark.parametrize(
    "options",
    [
        {"masking": "map"},
        {"labels": {1: "lesion"}},
        {"boundary": 2},
        {"masks": "auto:otsu", "labels": {1: "lesion"}},
        {"masks": "masks", "labels": {}},
        {"masks": "masks", "labels": {1: "x", 2: "x"}},
        {"masks": "masks", "labels": {1: "image"}},
        {"masks": "masks", "labels": {1: "boundary"}, "boundary": 2},
        {"masks": "masks", "boundary": 0},
    ],
)
def test_options_of_regions_that_do_not_go_together_are_refused_before_any_file_is_read(
    shelf: Shelf, options: dict
) -> None:
    with pytest.raises(UsageError):
        shelf.compare(**options)
