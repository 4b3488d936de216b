"""A protocol in words: every field is told, and exactly as it is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from srmetrics import PRESETS, EvaluationProtocol, __version__, explain, format_signature
from srmetrics.errors import ProtocolError
from srmetrics.presets import BT601, WANG_2004
from srmetrics.protocol import field_names

NATIVE = (
    "Images were scored on all their channels as stored, one-channel images as they are. PSNR is 10 log10(L^2 / MSE) "
    "with L = the full range of the stored type (255 for 8 bits) and one MSE per image. SSIM (Wang et al., 2004) used "
    "Gaussian windows of 11 x 11 pixels (sigma 1.5) at positions where they lie inside the image, population "
    "covariances, k1 = 0.01 and k2 = 0.03, and is the mean of the map over positions and channels. Inside a mask, "
    "errors are averaged over the region's pixels and SSIM is a normalised convolution: local means and (population) "
    f"covariances use the region's pixels only. Scores were computed in double precision with srmetrics {__version__}."
)


def words(**fields: Any) -> str:
    return explain(EvaluationProtocol(**fields)).partition("\n")[0]


def test_native_is_explained_in_one_paragraph_and_its_papers() -> None:
    assert explain("native") == f"{NATIVE}\n\n{WANG_2004}"
    assert explain(EvaluationProtocol()) == f"{NATIVE}\n\n{WANG_2004}"


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"colour": "mean-of-channels"}, "Each channel was scored by itself and the scores averaged, one-channel"),
        ({"colour": "y-bt601"}, "RGB images were scored on their luma, the studio-range Y (16-235) of ITU-R BT.601 as "
                                "MATLAB's rgb2ycbcr computes it, unrounded, one-channel images as they are."),
        ({"colour": "y-bt601", "round": "integer"}, "rgb2ycbcr computes it, rounded to integers, one-channel"),
        ({"colour": "luma-bt601"}, "on their full-range luma 0.299 R + 0.587 G + 0.114 B, unrounded, one-channel"),
        ({"colour": "luma-bt601", "round": "integer"}, "0.114 B, rounded to integers, one-channel"),
        ({"grey": "expand"}, "as stored, one-channel images expanded to RGB."),
        ({"crop": 0}, "one-channel images as they are. PSNR"),
        ({"crop": 1}, "as they are; a border of 1 pixel was cut from each side before scoring."),
        ({"crop": 12}, "as they are; a border of 12 pixels was cut from each side before scoring."),
        ({"crop": "scale"}, "as they are; a border as wide as the scale factor was cut from each side before scoring."),
        ({"crop": "scale+6"}, "as they are; a border of scale + 6 pixels was cut from each side before scoring."),
        ({"align": "modcrop"}, "References were cut at the bottom and right to a multiple of the scale. Images were"),
        ({"align": "modcrop-4"}, "References were cut at the bottom and right to a multiple of 4. Images were"),
        ({"align": "crop"}, "Images of different sizes were both cut to their common top-left part. Images were"),
        ({"align": "resize-opencv-area"},
         "Outputs were resized to the reference's size by OpenCV's area interpolation. Images were"),
        ({"alpha": "drop"}, "as they are. Alpha channels were dropped. PSNR"),
        ({"alpha": "drop", "round": "integer"}, "as they are. Alpha channels were dropped. PSNR"),
        ({"alpha": "composite"}, "as they are. Alpha channels were composited over white. PSNR"),
        ({"alpha": "composite", "round": "integer"},
         "Alpha channels were composited over white and the result rounded to integers. PSNR"),
        ({"value_window": "40.5/1234567"},
         "Values were first mapped to 0-255 by the DICOM linear window with centre 40.5 and width 1234567. PSNR is "
         "10 log10(L^2 / MSE) with L = 255 and"),
        ({"range": 1234567}, "with L = 1234567 and one MSE per image."),
        ({"range": 0.1}, "with L = 0.1 and one MSE per image."),
        ({"range": "given"}, "with L = the stated data range and one MSE per image."),
        ({"range": "reference-max"}, "with L = the largest value of the reference image and one MSE per image."),
        ({"range": "reference-max", "pooling": "volume"},
         "with L = the largest value of the reference volume and one MSE per volume."),
        ({"pooling": "volume"}, "over positions and channels, averaged over the slices of a volume. Inside"),
        ({"psnr_eps": 1e-8}, "one MSE per image, 1e-08 being added to the MSE of values scaled to 0-1. SSIM"),
        ({"psnr_cap": 100}, "one MSE per image, capped at 100 dB. SSIM"),
        ({"psnr_eps": 0.5, "psnr_cap": 99.5},
         "per image, 0.5 being added to the MSE of values scaled to 0-1, capped at 99.5 dB. SSIM"),
        ({"window": "uniform-7"}, "used uniform windows of 7 x 7 pixels at positions where they lie inside the image"),
        ({"window": "gaussian-9-1.25"}, "used Gaussian windows of 9 x 9 pixels (sigma 1.25) at positions"),
        ({"edges": "reflect"}, "(sigma 1.5) at every pixel, borders being reflected without repeating the edge, popul"),
        ({"edges": "replicate"}, "(sigma 1.5) at every pixel, borders being replicated, population"),
        ({"covariance": "sample"}, "inside the image, sample (n - 1) covariances, k1"),
        ({"k": (0.02, 0.030000000000000002)}, "k1 = 0.02 and k2 = 0.030000000000000002, and is"),
        ({"downsample": "wang"},
         "and channels, after box-filtering and subsampling by max(1, round(min(H, W) / 256))."),
        ({"downsample": "avg-pool"},
         "and channels, after average pooling by max(1, round(min(H, W) / 256)), halves rounded to even."),
        ({"masking": "interior"},
         "Inside a mask, errors are averaged over the region's pixels and SSIM over windows that lie wholly inside the "
         "region. Scores"),
        ({"masking": "map"},
         "Inside a mask, errors are averaged over the region's pixels and so is the SSIM map, whose windows reach "
         "outside the region. Scores"),
        ({"masking": "zeroed"},
         "Both images were set to zero outside the mask and scored as a whole, which inflates the scores of small "
         "regions. Scores"),
    ],
)  # fmt: skip
def test_each_convention_has_its_words(fields: dict[str, Any], told: str) -> None:
    assert told in words(**fields)


OTHER_VALUES: dict[str, Any] = {
    "colour": "y-bt601", "grey": "expand", "alpha": "drop", "align": "crop", "value_window": "40/400", "crop": 4,
    "range": 0.1, "pooling": "volume", "masking": "map", "window": "uniform-7", "edges": "reflect",
    "covariance": "sample", "k": (0.01, 0.04), "downsample": "wang", "psnr_cap": 100.0, "psnr_eps": 1e-8,
}  # fmt: skip


def test_every_field_is_told() -> None:
    # Rounding is told where something is rounded: above.
    assert {*OTHER_VALUES, "round"} == set(field_names())
    for name, value in OTHER_VALUES.items():
        assert explain(replace(EvaluationProtocol(), **{name: value})) != explain("native"), name


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_names_its_papers_one_a_line(name: str) -> None:
    paragraph, empty, *papers = explain(name).split("\n")
    assert paragraph.endswith(f"with srmetrics {__version__}.")
    assert empty == ""
    assert tuple(papers) == PRESETS[name].citations


def test_a_signature_is_explained_with_its_own_version() -> None:
    protocol = EvaluationProtocol(range=255, colour="y-bt601", crop=4)
    text = explain(format_signature(protocol, "psnr", "9.8.7"))
    assert text.split("\n")[0] == words(range=255, colour="y-bt601", crop=4).replace(__version__, "9.8.7")
    assert text.split("\n")[1:] == ["", WANG_2004, BT601]
    assert explain(protocol).split("\n")[1:] == ["", WANG_2004, BT601]


def test_what_is_no_protocol_is_refused() -> None:
    with pytest.raises(ProtocolError, match="there is no such preset; found 'natve'"):
        explain("natve")
    with pytest.raises(ProtocolError, match="this is not a signature"):
        explain("psnr|crop:4")
