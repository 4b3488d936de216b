"""Fingerprints: the first field that differs is named."""

from __future__ import annotations

import math

import pytest

from harness.engine.fingerprint import LONGEST, Difference, first_difference

ASKED = {"command": {"scale": 4, "metrics": ["psnr", "ssim"]}, "versions": {"numpy": "2.4"}, "inputs": {"baby": "00ff"}}


@pytest.mark.parametrize(
    ("before", "difference"),
    [
        (ASKED, None),
        ({**ASKED, "versions": {"numpy": "2.3"}}, Difference("versions.numpy", '"2.3"', '"2.4"')),
        ({**ASKED, "inputs": {}}, Difference("inputs.baby", "nothing", '"00ff"')),
        ({**ASKED, "seed": 0}, Difference("seed", "0", "nothing")),
        (
            {**ASKED, "command": {"scale": 4, "metrics": ["psnr", "mse"]}},
            Difference("command.metrics[1]", '"mse"', '"ssim"'),
        ),
        (
            {**ASKED, "command": {"scale": 4, "metrics": ["psnr"]}},
            Difference("command.metrics", "1 values", "2 values"),
        ),
        ({**ASKED, "command": None}, Difference("command", "null", '{"scale":4,"metrics":["psnr","ssim"]}')),
        # Of two that differ, the one that the new command names first.
        (
            {"versions": {"numpy": "2.3"}, "command": {"scale": 2, "metrics": []}, "inputs": {}},
            Difference("command.scale", "2", "4"),
        ),
    ],
)
def test_the_first_field_that_differs_is_named(before: dict, difference: Difference | None) -> None:
    assert difference == first_difference(before, ASKED)


@pytest.mark.parametrize(("one", "other"), [(1, 1.0), (1, True), (0.0, -0.0), ("1", 1), (None, [])])
def test_values_of_other_types_differ(one: object, other: object) -> None:
    assert first_difference({"a": one}, {"a": other}) is not None


def test_nan_is_equal_to_itself() -> None:
    assert first_difference({"a": math.nan}, {"a": math.nan}) is None


def test_long_values_are_shortened() -> None:
    difference = first_difference({"a": "x" * 1000}, {"a": "y"})
    assert difference is not None
    assert len(difference.before) == LONGEST
