"""Every option that changes how a pair is scored does what it says, by numbers computed apart from srmetrics."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from image_shelf import pair_of, per_image, psnr, smooth, table, values
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

if TYPE_CHECKING:
    from image_shelf import Shelf


def studio_y(image: np.ndarray) -> np.ndarray:
    # ITU-R BT.601: Y = 16 + (65.481 R + 128.553 G + 24.966 B) / 255 for 8-bit RGB.
    return 16 + image.astype(np.float64) @ np.array([65.481, 128.553, 24.966]) / 255


def two(shelf: Shelf, reference: np.ndarray, candidate: np.ndarray, suffix: str = "png") -> None:
    shelf.put(f"HR/a.{suffix}", reference)
    shelf.put(f"ours/a.{suffix}", candidate)


def only(board, metric: str = "psnr") -> float:
    (row,) = board.per_image
    return row.values[metric]


def test_native_is_scikit_image_with_gaussian_windows(shelf: Shelf) -> None:
    reference, candidate = pair_of(1)
    two(shelf, reference, candidate)
    board = shelf.compare()
    expected = structural_similarity(
        *(reference, candidate), data_range=255, channel_axis=2, gaussian_weights=True, sigma=1.5,
        use_sample_covariance=False,
    )  # fmt: skip
    assert expected == pytest.approx(only(board, "ssim"), abs=1e-10)
    assert peak_signal_noise_ratio(reference, candidate) == pytest.approx(only(board), abs=1e-10)


def test_sr_y_is_studio_luma_cut_by_the_scale(shelf: Shelf) -> None:
    reference, candidate = pair_of(2)
    two(shelf, reference, candidate)
    expected = psnr(studio_y(reference)[4:-4, 4:-4], studio_y(candidate)[4:-4, 4:-4])
    board = shelf.compare(protocol="sr-y", scale=4, metrics=["psnr"])
    assert expected == pytest.approx(only(board), abs=1e-9)
    assert (board.heading.scale, table(board)[0]["protocol"]) == (4, "sr-y")


def test_a_signature_given_back_as_protocol_scores_the_same(shelf: Shelf) -> None:
    two(shelf, *pair_of(3))
    board = shelf.compare(protocol="sr-y8", scale=3)
    again = shelf.compare(protocol=board.signatures[0])
    assert board.signatures == again.signatures
    assert per_image(board) == per_image(again)


def test_the_metrics_asked_for_are_the_columns_in_their_order(shelf: Shelf) -> None:
    reference, candidate = pair_of(4)
    two(shelf, reference, candidate)
    board = shelf.compare(metrics=["mae", "mse", "rmse", "nrmse"])
    x, y = reference.astype(np.float64), candidate.astype(np.float64)
    expected = {
        "mae": np.abs(x - y).mean(),
        "mse": ((x - y) ** 2).mean(),
        "rmse": np.sqrt(((x - y) ** 2).mean()),
        "nrmse": np.sqrt(((x - y) ** 2).sum() / (x**2).sum()),
    }
    row = per_image(board)[0]
    assert list(expected) == list(row)[5:9]
    assert expected == pytest.approx({name: float(row[name]) for name in expected}, rel=1e-12)
    assert "1" == table(board)[0]["mae_rank"]


def test_one_metric_may_be_named_by_itself(shelf: Shelf) -> None:
    two(shelf, *pair_of(4))
    assert ("psnr",) == shelf.compare(metrics="psnr").heading.metrics


def test_floats_are_scored_in_the_range_that_was_told(shelf: Shelf) -> None:
    reference = (smooth(5) / 255).astype(np.float32)
    two(shelf, reference, reference * np.float32(0.9), "tif")
    expected = psnr(reference, reference * np.float32(0.9), 2.0)
    board = shelf.compare(data_range=2.0, metrics=["psnr"])
    assert expected == pytest.approx(only(board), abs=1e-9)
    assert "|range:2|" in board.signatures[0]


def test_a_told_range_replaces_that_of_the_dtype(shelf: Shelf) -> None:
    reference = (smooth(6, (20, 20)) * 16).astype(np.uint16)
    two(shelf, reference, reference + np.uint16(40))
    # All differ by 40: MSE 1600.
    assert 10 * math.log10(4095**2 / 1600) == pytest.approx(only(shelf.compare(data_range=4095)), abs=1e-12)
    board = shelf.compare()
    assert 10 * math.log10(65535**2 / 1600) == pytest.approx(only(board), abs=1e-12)
    assert any("--data-range 4095" in note for note in board.notes)


@pytest.mark.parametrize(("align", "expected_height", "expected_width"), [("modcrop", 24, 28), ("crop", 24, 28)])
def test_align_cuts_to_the_top_left(shelf: Shelf, align: str, expected_height: int, expected_width: int) -> None:
    reference, candidate = pair_of(7, (26, 30, 3))
    two(shelf, reference, candidate[:24, :28])
    expected = psnr(reference[:expected_height, :expected_width], candidate[:expected_height, :expected_width])
    board = shelf.compare(align=align, scale=4, metrics=["psnr"])
    assert expected == pytest.approx(only(board), abs=1e-10)
    assert expected_height * expected_width == board.per_image[0].n_pixels
    assert f"native align={align}" == board.heading.protocol


def test_align_resize_brings_the_candidate_to_the_reference(shelf: Shelf) -> None:
    reference, _ = pair_of(8)
    small = reference[::2, ::2]
    two(shelf, reference, small)
    # A nearest neighbour doubled is each pixel four times.
    doubled = small.repeat(2, axis=0).repeat(2, axis=1)
    board = shelf.compare(align="resize-opencv-nearest", metrics=["psnr"])
    assert psnr(reference, doubled) == pytest.approx(only(board), abs=1e-10)


def test_a_grey_image_saved_as_rgb_is_collapsed_and_an_rgb_one_needs_expand(shelf: Shelf) -> None:
    reference, candidate = pair_of(9, (24, 30))
    two(shelf, reference, np.dstack([candidate] * 3))
    board = shelf.compare(metrics=["psnr"])
    assert psnr(reference, candidate) == pytest.approx(only(board), abs=1e-10)
    assert any("collapsed" in note for note in board.notes)
    coloured = np.dstack([candidate, candidate, 255 - candidate])
    two(shelf, reference, coloured)
    failed = shelf.compare(metrics=["psnr"])
    assert ((), 1) == (failed.per_image, failed.exit_code)
    assert "--grey expand" in failed.failures[0].reason
    expanded = shelf.compare(metrics=["psnr"], grey="expand")
    assert psnr(np.dstack([reference] * 3), coloured) == pytest.approx(only(expanded), abs=1e-10)


def test_alpha_is_dropped_or_composited_over_white_as_told(shelf: Shelf) -> None:
    reference, candidate = pair_of(10)
    alpha = np.full((24, 30, 1), 51, np.uint8)  # a fifth
    two(shelf, reference, np.concatenate([candidate, alpha], axis=2))
    dropped = only(shelf.compare(alpha="drop", metrics=["psnr"]))
    composited = only(shelf.compare(alpha="composite", metrics=["psnr"]))
    assert psnr(reference, candidate) == pytest.approx(dropped, abs=1e-10)
    assert psnr(reference, 0.2 * candidate + 0.8 * 255.0) == pytest.approx(composited, abs=1e-9)


def test_mean_of_channels_writes_a_column_for_each(shelf: Shelf) -> None:
    reference, candidate = pair_of(11)
    two(shelf, reference, candidate)
    native = shelf.compare(metrics=["psnr"]).signatures[0]
    board = shelf.compare(protocol=native.replace("all-channels", "mean-of-channels"), metrics=["psnr"])
    expected = [psnr(reference[..., channel], candidate[..., channel]) for channel in range(3)]
    row = per_image(board)[0]
    assert expected == pytest.approx([float(row[f"psnr_c{channel}"]) for channel in range(3)], abs=1e-10)
    assert np.mean(expected) == pytest.approx(float(row["psnr"]), abs=1e-10)


def test_a_folder_compared_with_itself_is_infinite_and_says_how_often(shelf: Shelf) -> None:
    for seed, name in enumerate("abc"):
        shelf.put(f"HR/{name}.png", pair_of(seed)[0])
    board = shelf.compare("HR")
    line = table(board)[0]
    assert ("inf", "3", "1.0", "0") == tuple(
        line[name] for name in ("psnr", "psnr_n_infinite", "ssim", "ssim_n_infinite")
    )
    assert {"inf"} == {row["psnr"] for row in per_image(board)}


def test_images_of_two_depths_are_blocks_of_their_own(shelf: Shelf) -> None:
    reference, candidate = pair_of(12)
    two(shelf, reference, candidate)
    shelf.put("HR/b.tif", reference[..., 0].astype(np.uint16) * 257)
    shelf.put("ours/b.tif", candidate[..., 0].astype(np.uint16) * 257)
    board = shelf.compare(metrics=["psnr"])
    assert [("1", "range:255"), ("1", "range:65535")] == [
        (row["n_images"], row["signature"].split("|")[7]) for row in table(board)
    ]


def test_two_single_files_of_any_names_are_a_pair(shelf: Shelf) -> None:
    reference, candidate = pair_of(13)
    shelf.put("truth.png", reference)
    shelf.put("guess.png", candidate)
    board = shelf.compare("guess.png", reference="truth.png", metrics=["psnr"])
    assert {"truth": pytest.approx(psnr(reference, candidate), abs=1e-10)} == values(board)


def test_a_pairing_expression_and_a_table_pair_as_they_say(shelf: Shelf) -> None:
    images = {number: pair_of(number) for number in (1, 2)}
    for number, (reference, candidate) in images.items():
        shelf.put(f"HR/scan{number}.png", reference)
        shelf.put(f"ours/{3 - number}_out_{number}.png", candidate)
    expected = {f"scan{number}": pytest.approx(psnr(*images[number]), abs=1e-10) for number in images}
    assert expected == values(shelf.compare(pair=r"(\d)$", metrics=["psnr"]))
    rows = [f"scan{number}.png,{3 - number}_out_{number}.png" for number in images]
    paper = shelf.root / "pairs.csv"
    paper.write_text("\n".join(["image,candidate", *rows]))
    assert expected == values(shelf.compare(pair=paper, metrics=["psnr"]))


def dicom(path, stored: np.ndarray, slope: float = 1, intercept: float = 0, patient: str = "Doe^John") -> None:
    pydicom = pytest.importorskip("pydicom")
    from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

    meta = pydicom.dataset.FileMetaDataset()
    meta.TransferSyntaxUID, meta.MediaStorageSOPClassUID = ExplicitVRLittleEndian, CTImageStorage
    meta.MediaStorageSOPInstanceUID = generate_uid(entropy_srcs=[path.name])
    made = pydicom.dataset.Dataset()
    made.file_meta = meta
    made.SOPClassUID, made.SOPInstanceUID = CTImageStorage, meta.MediaStorageSOPInstanceUID
    made.PatientID = patient
    made.Rows, made.Columns = stored.shape
    made.SamplesPerPixel, made.PhotometricInterpretation = 1, "MONOCHROME2"
    made.BitsAllocated, made.BitsStored, made.HighBit, made.PixelRepresentation = 16, 12, 11, 0
    made.RescaleSlope, made.RescaleIntercept = slope, intercept
    made.PixelData = stored.astype("<u2").tobytes()
    path.parent.mkdir(exist_ok=True)
    made.save_as(path, enforce_file_format=True)


def test_dicom_knows_its_range_and_a_window_replaces_it(shelf: Shelf) -> None:
    stored = np.random.default_rng(0).integers(900, 1300, (20, 20))
    other = stored + np.random.default_rng(1).integers(-9, 10, stored.shape)
    dicom(shelf.root / "HR" / "a.dcm", stored, 1, -1024)
    dicom(shelf.root / "ours" / "a.dcm", other, 1, -1024)
    assert psnr(stored, other, 4095) == pytest.approx(only(shelf.compare(metrics=["psnr"])), abs=1e-10)
    board = shelf.compare(window="40,400", metrics=["psnr"])

    def windowed(values: np.ndarray) -> np.ndarray:
        # DICOM PS3.3 C.11.2.1.2.1, linear: ((x - (c - 0.5)) / (w - 1) + 0.5) * (ymax - ymin), clamped.
        return np.clip(((values - 1024.0 - 39.5) / 399 + 0.5) * 255, 0, 255)

    assert psnr(windowed(stored), windowed(other)) == pytest.approx(only(board), abs=1e-9)
    assert "|value_window:40/400|" in board.signatures[0]


def test_a_candidate_that_says_no_range_is_scored_in_that_of_the_dicom_reference(shelf: Shelf) -> None:
    stored = np.random.default_rng(0).integers(900, 1300, (20, 20))
    dicom(shelf.root / "HR" / "a.dcm", stored)
    shelf.put("ours/a.npy", (stored + 7.0))
    assert 10 * math.log10(4095**2 / 49) == pytest.approx(only(shelf.compare(metrics=["psnr"])), abs=1e-10)


def test_two_files_of_one_type_that_say_different_ranges_fail(shelf: Shelf) -> None:
    stored = np.random.default_rng(0).integers(900, 1300, (20, 20))
    dicom(shelf.root / "HR" / "a.dcm", stored)
    shelf.put("ours/a.png", stored.astype(np.uint16))
    shelf.put("swapped/a.png", stored.astype(np.uint16))
    for reference, candidate in (("HR", "ours"), ("ours", "HR")):
        board = shelf.compare(candidate, reference=reference)
        assert ((), "unscorable") == (board.per_image, board.failures[0].what)
        assert "different data ranges" in board.failures[0].reason


def test_patients_are_groups_under_a_hash_that_needs_a_secret(shelf: Shelf, monkeypatch) -> None:
    for index, patient in enumerate(("Doe^John", "Doe^John", "Roe^Jane")):
        stored = np.random.default_rng(index).integers(900, 1300, (20, 20))
        for folder in ("HR", "ours"):
            dicom(shelf.root / folder / f"{index}.dcm", stored, patient=patient)
    (shelf.root / "HR" / "3.dcm").write_bytes(b"")
    (shelf.root / "ours" / "3.dcm").write_bytes(b"")
    monkeypatch.setenv("SRMETRICS_SALT", "a secret")
    board = shelf.compare(group_by="dicom:PatientID")
    groups = [row["group"] for row in per_image(board)]
    assert (groups[0] == groups[1], groups[0] == groups[2], len(groups[0])) == (True, False, 16)
    assert "Doe" not in "".join(groups)
    assert "2" == table(board)[0]["n_groups"]
    assert ["3"] == [failure.image for failure in board.failures]
