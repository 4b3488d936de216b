"""Scores: a mapping of names to values that knows its region, its signature and its reservations."""

from __future__ import annotations

import math
import pickle

import pytest

from srmetrics import EvaluationProtocol, Scores, format_signature
from srmetrics.errors import SizeError

PROTOCOL = EvaluationProtocol(range=255, crop=4)
SCORES = Scores({"psnr": 30.5, "ssim": 0.75}, "image", 100, PROTOCOL)


def test_scores_are_a_mapping_of_names_to_values() -> None:
    assert dict(SCORES) == {"psnr": 30.5, "ssim": 0.75}
    assert list(SCORES) == ["psnr", "ssim"]
    assert len(SCORES) == 2
    assert SCORES["ssim"] == 0.75
    assert "mse" not in SCORES
    assert SCORES.get("mse") is None


def test_what_was_not_said_is_empty() -> None:
    assert SCORES.channels == {}
    assert SCORES.errors == {}
    assert SCORES.notes == ()
    assert SCORES.n_sampled is None
    assert SCORES.mask_support is None


def test_a_row_has_one_signature_and_a_score_puts_its_name_in_front() -> None:
    assert SCORES.signature == format_signature(PROTOCOL)
    assert SCORES.signature_of("psnr") == f"psnr|{SCORES.signature}"
    with pytest.raises(KeyError, match="mse"):
        SCORES.signature_of("mse")


def test_scores_travel_between_processes() -> None:
    sent = Scores({"ssim": math.inf}, "mask", 5, PROTOCOL, errors={"ssim": SizeError("too small", found="1 x 1")})
    back = pickle.loads(pickle.dumps(sent))
    assert (back.region, back.n_pixels, back["ssim"], back.protocol) == ("mask", 5, math.inf, PROTOCOL)
    assert str(back.errors["ssim"]) == "too small; found 1 x 1."
