"""The protocol: frozen, checked field by field, and resolved from rules to numbers."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields
from typing import Any

import numpy as np
import pytest

from srmetrics import EvaluationProtocol
from srmetrics.errors import ProtocolError, RangeError
from srmetrics.protocol import field_names


def test_the_fields_stand_in_the_order_of_the_signature() -> None:
    assert field_names() == (
        "colour", "round", "grey", "alpha", "align", "value_window", "crop", "range", "pooling", "masking", "window",
        "edges", "covariance", "k", "downsample", "psnr_cap", "psnr_eps",
    )  # fmt: skip


def test_the_defaults_are_those_of_native() -> None:
    assert [getattr(EvaluationProtocol(), name) for name in field_names()] == [
        "all-channels", "none", "keep", "error", "none", "none", 0, "dtype", "image", "normalised", "gaussian-11-1.5",
        "valid", "population", (0.01, 0.03), "none", None, None,
    ]  # fmt: skip


def test_a_protocol_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        EvaluationProtocol().crop = 4  # type: ignore[misc]


@pytest.mark.parametrize("name", [field.name for field in fields(EvaluationProtocol)])
def test_no_field_takes_a_value_that_it_does_not_know(name: str) -> None:
    with pytest.raises((ProtocolError, RangeError)) as caught:
        EvaluationProtocol(**{name: "nonsense"})  # type: ignore[arg-type]
    assert f"the field {name} has no such value; found 'nonsense'; expected " in str(caught.value)


@pytest.mark.parametrize("name", ["psnr_cap", "psnr_eps"])
@pytest.mark.parametrize("value", [0, -1, float("inf"), float("nan"), True])
def test_a_cap_or_epsilon_is_none_or_a_number_above_0(name: str, value: Any) -> None:
    with pytest.raises(ProtocolError) as caught:
        EvaluationProtocol(**{name: value})
    assert str(caught.value) == (
        f"the field {name} has no such value; found {value!r}; expected none or a number above 0."
    )


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"crop": "4"}, {"crop": 4}),
        ({"crop": np.uint8(4)}, {"crop": 4}),
        ({"range": 255}, {"range": 255.0}),
        ({"range": np.float32(0.5)}, {"range": 0.5}),
        ({"k": [0, 1]}, {"k": (0.0, 1.0)}),
        ({"psnr_cap": 80}, {"psnr_cap": 80.0}),
        ({"psnr_eps": np.float64(1e-8)}, {"psnr_eps": 1e-8}),
        ({"window": "gaussian-011-1.50"}, {"window": "gaussian-11-1.5"}),
        ({"window": "gaussian-11-2.0"}, {"window": "gaussian-11-2"}),
        ({"window": "uniform-07"}, {"window": "uniform-7"}),
        ({"value_window": " 40.0/4e2\n"}, {"value_window": "40/400"}),
        ({"value_window": "-0.5/1.5"}, {"value_window": "-0.5/1.5"}),
    ],
)
def test_one_convention_has_one_spelling(given: dict[str, Any], kept: dict[str, Any]) -> None:
    protocol = EvaluationProtocol(**given)
    for name, value in kept.items():
        assert getattr(protocol, name) == value
        assert type(getattr(protocol, name)) is type(value)
    assert protocol == EvaluationProtocol(**kept)


@pytest.mark.parametrize(
    ("given", "resolved", "needs_scale"),
    [
        ({}, False, False),
        ({"range": 255}, True, False),
        ({"range": "reference-max"}, True, False),
        ({"range": "given"}, False, False),
        ({"range": 255, "crop": 4}, True, False),
        ({"range": 255, "crop": "scale"}, False, True),
        ({"range": 255, "crop": "scale+6"}, False, True),
        ({"range": 255, "align": "modcrop"}, False, True),
        ({"range": 255, "align": "modcrop-4"}, True, False),
        ({"range": 255, "align": "crop"}, True, False),
    ],
)
def test_a_protocol_is_resolved_when_no_rule_is_left(given: dict[str, Any], resolved: bool, needs_scale: bool) -> None:
    protocol = EvaluationProtocol(**given)
    assert protocol.resolved is resolved
    assert protocol.needs_scale is needs_scale


@pytest.mark.parametrize(
    ("rules", "numbers"),
    [
        ({"crop": "scale"}, {"crop": 4}),
        ({"crop": "scale+6"}, {"crop": 10}),
        ({"crop": "scale+0"}, {"crop": 4}),
        ({"align": "modcrop"}, {"align": "modcrop-4"}),
        ({"align": "modcrop", "crop": "scale"}, {"align": "modcrop-4", "crop": 4}),
        ({"align": "modcrop-3", "crop": 2}, {"align": "modcrop-3", "crop": 2}),
    ],
)
def test_rules_of_scale_become_numbers(rules: dict[str, Any], numbers: dict[str, Any]) -> None:
    resolved = EvaluationProtocol(**rules).resolve(scale=4, data_range=255)
    assert resolved == EvaluationProtocol(range=255, **numbers)
    assert resolved.resolved


def test_a_protocol_that_needs_no_scale_takes_any() -> None:
    assert EvaluationProtocol(crop=2).resolve(scale=4, data_range=1.0).crop == 2


@pytest.mark.parametrize(
    ("rules", "named"), [({"crop": "scale+6"}, "crop: scale+6"), ({"align": "modcrop"}, "align: modcrop")]
)
def test_a_rule_without_its_scale_names_itself(rules: dict[str, Any], named: str) -> None:
    with pytest.raises(ProtocolError) as caught:
        EvaluationProtocol(**rules).resolve(data_range=255)
    assert str(caught.value) == f"the protocol's rule '{named}' needs the scale. Give it: --scale 4, or scale=4."


def test_a_bad_scale_is_refused_where_it_is_needed() -> None:
    with pytest.raises(ProtocolError, match=r"this cannot be a scale; found 1\.5"):
        EvaluationProtocol(crop="scale").resolve(scale=1.5, data_range=255)  # type: ignore[arg-type]


@pytest.mark.parametrize("rule", ["dtype", "given"])
def test_a_range_rule_takes_the_range_that_is_given(rule: str) -> None:
    assert EvaluationProtocol(range=rule).resolve(data_range=4095).range == 4095.0
    with pytest.raises(RangeError) as caught:
        EvaluationProtocol(range=rule).resolve()
    assert str(caught.value) == (
        "the data range is not known; expected a number such as 255, 65535 or 1.0. Give it: --data-range 1.0, or "
        "data_range=1.0."
    )
    with pytest.raises(RangeError, match="this cannot be a data range; found -1"):
        EvaluationProtocol(range=rule).resolve(data_range=-1)


def test_a_range_that_the_protocol_names_may_be_repeated_but_not_contradicted() -> None:
    protocol = EvaluationProtocol(range=4095)
    assert protocol.resolve().range == 4095.0
    assert protocol.resolve(data_range=4095).range == 4095.0
    with pytest.raises(RangeError) as caught:
        protocol.resolve(data_range=255)
    assert str(caught.value) == (
        "the protocol names another data range than the one given; found data_range=255; expected range: 4095. Leave "
        "one of them out."
    )
    with pytest.raises(RangeError, match="found data_range=255; expected range: reference-max"):
        EvaluationProtocol(range="reference-max").resolve(data_range=255)
    assert EvaluationProtocol(range="reference-max").resolve().range == "reference-max"


@pytest.mark.parametrize("rule", ["dtype", "given", "reference-max", 255])
@pytest.mark.parametrize("told", [None, 255])
def test_a_value_window_sets_the_range_to_255(rule: Any, told: float | None) -> None:
    resolved = EvaluationProtocol(value_window="40/400", range=rule).resolve(data_range=told)
    assert resolved.range == 255.0
    assert resolved.resolved


@pytest.mark.parametrize(("rule", "told"), [("dtype", 4095), (255, 4095), (4095, None), (4095, 4095), (4095, 255)])
def test_another_range_beside_a_value_window_is_refused(rule: Any, told: float | None) -> None:
    with pytest.raises(RangeError) as caught:
        EvaluationProtocol(value_window="40/400", range=rule).resolve(data_range=told)
    assert str(caught.value) == (
        "a value window sets the data range to 255; found a data range of 4095. Leave --data-range out beside --window."
    )


def test_resolving_twice_changes_nothing() -> None:
    once = EvaluationProtocol(crop="scale", align="modcrop").resolve(scale=3, data_range=255)
    assert once == once.resolve() == once.resolve(scale=4, data_range=255)
