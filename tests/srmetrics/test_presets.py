"""Presets: exactly the conventions of the design's table, each with its oracle and its papers."""

from __future__ import annotations

from typing import Any

import pytest

from srmetrics import PRESETS, EvaluationProtocol, find_protocol, format_signature
from srmetrics.errors import ProtocolError

# DESIGN 3's table: what each preset changes in the protocol's defaults.
CONVENTIONS: dict[str, dict[str, Any]] = {
    "native": {},
    "sr-y": {"colour": "y-bt601", "crop": "scale"},
    "sr-y8": {"colour": "y-bt601", "round": "integer", "crop": "scale"},
    "ntire": {"crop": "scale+6"},
    "skimage": {"window": "uniform-7", "covariance": "sample"},
    "wang2004": {"colour": "luma-bt601", "downsample": "wang"},
    "matlab-ssim": {"edges": "replicate"},
    "torchmetrics": {"range": "given", "edges": "reflect"},
    "piq": {"range": "given", "downsample": "avg-pool", "psnr_eps": 1e-8},
    "pytorch-msssim": {"range": "given"},
    "fastmri": {"range": "reference-max", "pooling": "volume", "window": "uniform-7", "covariance": "sample"},
    "wbc-ko-kim-2024": {"align": "resize-opencv-bilinear", "window": "uniform-3", "covariance": "sample"},
}


def test_the_presets_are_those_of_the_design() -> None:
    assert {name: EvaluationProtocol(**changed) for name, changed in CONVENTIONS.items()} == {
        name: preset.protocol for name, preset in PRESETS.items()
    }


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_says_what_it_is_what_holds_it_and_whom_to_cite(name: str) -> None:
    preset = PRESETS[name]
    assert preset.name == name
    assert preset.summary
    assert preset.oracle
    assert any("600-612, 2004" in citation for citation in preset.citations)
    assert len(set(preset.citations)) == len(preset.citations)


def test_matlab_ssim_owns_that_no_matlab_run_stands_behind_it() -> None:
    assert "no MATLAB run stands behind it yet" in PRESETS["matlab-ssim"].oracle


def test_a_protocol_is_found_by_name_by_signature_or_is_itself() -> None:
    protocol = EvaluationProtocol(range=255, crop=3)
    assert find_protocol(protocol) is protocol
    assert find_protocol(format_signature(protocol)) == protocol
    assert find_protocol(format_signature(protocol, "ssim")) == protocol
    assert find_protocol("sr-y") is PRESETS["sr-y"].protocol


def test_an_unknown_name_is_answered_with_a_near_one_and_the_list() -> None:
    with pytest.raises(ProtocolError) as caught:
        find_protocol("ntirre")
    assert str(caught.value) == (
        f"there is no such preset; found 'ntirre'; expected one of {', '.join(PRESETS)}. Did you mean 'ntire'? "
        "'srmetrics protocols' explains each."
    )
    with pytest.raises(ProtocolError) as caught:
        find_protocol("qqqq")
    assert "'srmetrics protocols' explains each" == caught.value.way_out


@pytest.mark.parametrize(("typed", "meant"), [("SR-Y", "sr-y"), ("sr_y8", "sr-y8"), ("Torchmetrics", "torchmetrics")])
def test_another_case_or_a_low_line_is_no_reason_not_to_find_the_name(typed: str, meant: str) -> None:
    with pytest.raises(ProtocolError, match=f"Did you mean '{meant}'"):
        find_protocol(typed)


@pytest.mark.parametrize("nothing", [None, 4, {"crop": 4}])
def test_what_is_no_protocol_is_refused(nothing: Any) -> None:
    with pytest.raises(ProtocolError) as caught:
        find_protocol(nothing)
    assert str(caught.value) == (
        f"this is no protocol; found {nothing!r}; expected a preset's name, a signature or an EvaluationProtocol."
    )
