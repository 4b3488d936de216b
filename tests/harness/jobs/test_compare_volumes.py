"""Volumes: slices as images of one group, or pooled as fastMRI pools them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from image_shelf import per_image, psnr, smooth, table, values
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

import harness.images.files as files

if TYPE_CHECKING:
    from image_shelf import Shelf
    from numpy.typing import NDArray


def volume(seed: int, slices: int = 5) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    reference = np.stack([smooth(10 * seed + at, (18, 20)) * (at + 1) for at in range(slices)]).astype(np.float32)
    noise = np.random.default_rng(seed).normal(0, 9, reference.shape)
    return reference, (reference + noise).astype(np.float32)


def put(shelf: Shelf, place: str, array: NDArray[np.float32]) -> None:
    """Write a volume; NIfTI keeps slices along the last axis."""
    if not place.endswith(".nii.gz"):
        shelf.put(place, array)
        return
    nibabel = pytest.importorskip("nibabel")
    path = shelf.root / place
    path.parent.mkdir(exist_ok=True)
    nibabel.save(nibabel.Nifti1Image(np.moveaxis(array, 0, -1), np.eye(4)), path)


@pytest.mark.parametrize("suffix", ["tif", "npy", "nii.gz"])
def test_slices_are_images_of_the_group_of_their_volume(shelf: Shelf, suffix: str) -> None:
    for seed, name in enumerate(("v", "w")):
        for folder, array in zip(("HR", "ours"), volume(seed), strict=True):
            put(shelf, f"{folder}/{name}.{suffix}", array)
    board = shelf.compare(data_range=255.0, metrics=["psnr"], facets={"slice": "#0*([0-9]+)$"})
    expected = {
        f"{name}#{at:04d}": pytest.approx(psnr(*(array[at] for array in volume(seed))), abs=1e-9)
        for seed, name in enumerate(("v", "w"))
        for at in range(5)
    }
    assert expected == values(board)
    assert [("v", str(at)) for at in range(5)] == [(row["group"], row["slice"]) for row in per_image(board)[:5]]
    assert ("10", "2") == tuple(table(board)[0][name] for name in ("n_images", "n_groups"))


def fastmri(reference: NDArray[np.float32], candidate: NDArray[np.float32]) -> tuple[float, float]:
    """Call scikit-image as fastMRI's evaluation does (Zbontar et al. 2018, fastmri/evaluate.py), fed float64."""
    x, y = reference.astype(np.float64), candidate.astype(np.float64)
    slices = [structural_similarity(a, b, data_range=x.max()) for a, b in zip(x, y, strict=True)]
    return peak_signal_noise_ratio(x, y, data_range=x.max()), float(np.mean(slices))


def test_the_fastmri_protocol_pools_a_volume_as_fastmri_does(shelf: Shelf) -> None:
    for seed, name in enumerate(("v", "w")):
        for folder, array in zip(("HR", "ours"), volume(seed), strict=True):
            put(shelf, f"{folder}/{name}.npy", array)
    board = shelf.compare(protocol="fastmri")
    for seed, row in enumerate(board.per_image):
        assert fastmri(*volume(seed)) == pytest.approx((row.values["psnr"], row.values["ssim"]), abs=1e-10)
        assert 5 * 18 * 20 == row.n_pixels
    assert ["v", "w"] == [row.image for row in board.per_image]
    assert () == board.notes


def test_files_of_one_slice_are_volumes_of_their_own_and_a_note_says_so(shelf: Shelf) -> None:
    for folder, array in zip(("HR", "ours"), volume(0), strict=True):
        for at, one in enumerate(array):
            put(shelf, f"{folder}/v_{at}.npy", one)
    board = shelf.compare(protocol="fastmri", group_by="^(v)_")
    reference, candidate = volume(0)
    expected = {f"v_{at}": pytest.approx(fastmri(reference[at : at + 1], candidate[at : at + 1])[0]) for at in range(5)}
    assert expected == values(board)
    assert any("5 files hold one slice" in note for note in board.notes)


@pytest.mark.parametrize("protocol", ["native", "fastmri"])
def test_masks_of_a_volume_are_one_for_all_slices_or_one_for_each(shelf: Shelf, protocol: str) -> None:
    reference, candidate = volume(0)
    put(shelf, "HR/v.npy", reference)
    put(shelf, "ours/v.npy", candidate)
    each = np.zeros((5, 18, 20), np.uint8)
    for at in range(5):
        each[at, : at + 3] = 1
    for place, mask in (("one", each[2]), ("each", each)):
        put(shelf, f"{place}/v.npy", mask)
        told = {} if protocol == "fastmri" else {"data_range": 900.0}
        board = shelf.compare(masks=shelf.root / place, metrics=["psnr"], protocol=protocol, **told)
        inside = np.broadcast_to(mask, each.shape) != 0
        if protocol == "fastmri":
            expected = {"v": pytest.approx(psnr(reference[inside], candidate[inside], reference.max()), abs=1e-9)}
        else:
            expected = {
                f"v#{at:04d}": pytest.approx(psnr(*(a[at][inside[at]] for a in (reference, candidate)), 900), abs=1e-9)
                for at in range(5)
            }
        assert expected == values(board, region="mask")
        digests = board.run["inputs"]["mask"]
        assert [f"v#{at:04d}" for at in range(5)] == sorted(digests)
        assert (5 if place == "each" else 1) == len(set(digests.values()))


def test_otsu_has_one_threshold_for_a_volume(shelf: Shelf) -> None:
    reference, candidate = volume(0)
    put(shelf, "HR/v.npy", np.rint(reference))
    put(shelf, "ours/v.npy", candidate)
    board = shelf.compare(masks="auto:otsu", metrics=["psnr"], data_range=900.0)
    inside = {row.image: row.n_pixels for row in board.per_image if row.region == "mask"}
    # The slices grow brighter: of the first nothing is above the threshold, of the last most.
    assert (0, True) == (inside["v#0000"], inside["v#0004"] > 180)


def test_a_volume_with_another_number_of_slices_fails_once_and_the_others_are_scored(shelf: Shelf) -> None:
    for protocol in ("native", "fastmri"):
        for seed, name in enumerate(("v", "w")):
            reference, candidate = volume(seed)
            put(shelf, f"HR/{name}.npy", reference)
            put(shelf, f"ours/{name}.npy", candidate[: 5 if name == "v" else 4, :, :, None])
        told = {} if protocol == "fastmri" else {"data_range": 255.0}
        board = shelf.compare(protocol=protocol, **told)
        (failure,) = board.failures
        assert ("w", "unscorable", 3) == (failure.image, failure.what, board.exit_code)
        assert "found 4; expected 5" in failure.reason
        assert {"v"} == {row.image[0] for row in board.per_image}


def test_slices_whose_reference_is_constant_are_left_out_and_listed_unless_kept(shelf: Shelf) -> None:
    reference, candidate = volume(0)
    reference[0], candidate[0] = 0, 0
    reference[1, 0, 0] = np.nan  # not constant: it fails as NaN does
    put(shelf, "HR/v.npy", reference)
    put(shelf, "ours/v.npy", candidate)
    board = shelf.compare(data_range=900.0)
    assert [("v#0000", "left out"), ("v#0001", "unscorable")] == [(one.image, one.what) for one in board.failures]
    assert {"v#0002", "v#0003", "v#0004"} == set(values(board))
    assert any("1 slices" in note and "--keep-constant" in note for note in board.notes)
    kept = shelf.compare(data_range=900.0, keep_constant=True)
    assert np.inf == values(kept)["v#0000"]


@pytest.mark.parametrize(("protocol", "expected"), [("native", 5), ("fastmri", 5)])
def test_a_reference_is_decoded_once_for_all_methods(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, protocol: str, expected: int
) -> None:
    reference, candidate = volume(0)
    for folder, array in (("HR", reference), ("ours", candidate), ("theirs", candidate[::-1])):
        put(shelf, f"{folder}/v.npy", array)
    seen: list[Path] = []
    opened = files._damage_named

    def counted(path: Path, kind: str):
        seen.append(path)
        return opened(path, kind)

    monkeypatch.setattr(files, "_damage_named", counted)
    told = {} if protocol == "fastmri" else {"data_range": 900.0}
    shelf.compare("ours", "theirs", protocol=protocol, **told)
    # Once for opening and once for each slice.
    assert expected + 1 == seen.count(shelf.root / "HR" / "v.npy")
