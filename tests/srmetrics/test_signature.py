"""Signatures: every field in one order, read back as written, and nothing else taken for one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from strategies import resolved_protocols

from srmetrics import PRESETS, EvaluationProtocol, __version__, format_signature, parse_signature
from srmetrics.errors import ProtocolError, RangeError
from srmetrics.protocol import field_names

NATIVE = (
    "colour:all-channels|round:none|grey:keep|alpha:error|align:none|value_window:none|crop:0|range:255|pooling:image|"
    "masking:normalised|window:gaussian-11-1.5|edges:valid|covariance:population|k:0.01/0.03|downsample:none|"
    "psnr_cap:none|psnr_eps:none"
)

OTHER_VALUES: dict[str, Any] = {
    "colour": "y-bt601",
    "round": "integer",
    "grey": "expand",
    "alpha": "drop",
    "align": "resize-opencv-area",
    "value_window": "40/400",
    "crop": 4,
    "range": 0.1,
    "pooling": "volume",
    "masking": "map",
    "window": "uniform-7",
    "edges": "reflect",
    "covariance": "sample",
    "k": (0.01, 0.030000000000000002),
    "downsample": "wang",
    "psnr_cap": 100.0,
    "psnr_eps": 1e-8,
}


def resolved(**values: Any) -> EvaluationProtocol:
    return EvaluationProtocol(**{"range": 255, **values})


def test_a_signature_lists_every_field_and_the_version_last() -> None:
    assert f"{NATIVE}|v:{__version__}" == format_signature(resolved())
    assert f"psnr|{NATIVE}|v:1.2.3" == format_signature(resolved(), "psnr", "1.2.3")


def test_a_field_that_no_test_alters_is_missing_here() -> None:
    assert tuple(OTHER_VALUES) == field_names()


@pytest.mark.parametrize("name", field_names())
def test_every_field_alters_the_signature(name: str) -> None:
    altered = replace(resolved(), **{name: OTHER_VALUES[name]})
    before, after = format_signature(resolved()).split("|"), format_signature(altered).split("|")
    assert [part.partition(":")[0] for part in before] == [*field_names(), "v"]
    assert [name] == [one.partition(":")[0] for one, other in zip(before, after, strict=True) if one != other]


@given(resolved_protocols())
def test_what_is_written_reads_back(protocol: EvaluationProtocol) -> None:
    text = format_signature(protocol)
    assert parse_signature(text) == (protocol, __version__, None)
    assert format_signature(parse_signature(text).protocol) == text
    assert parse_signature(format_signature(protocol, "piq:lpips", "9")) == (protocol, "9", "piq:lpips")


@given(resolved_protocols(), resolved_protocols())
def test_two_protocols_share_a_signature_only_when_they_are_one(
    first: EvaluationProtocol, second: EvaluationProtocol
) -> None:
    assert (first == second) is (format_signature(first) == format_signature(second))


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_has_a_signature_once_it_is_resolved(name: str) -> None:
    protocol = PRESETS[name].protocol
    told = None if protocol.range == "reference-max" else 255
    chosen = protocol.resolve(scale=4, data_range=told)
    assert parse_signature(format_signature(chosen)).protocol == chosen


def test_white_space_around_a_signature_does_no_harm() -> None:
    assert parse_signature(f"  {NATIVE}|v:1\n").protocol == resolved()


def test_an_unresolved_protocol_has_no_signature() -> None:
    with pytest.raises(ProtocolError) as caught:
        format_signature(EvaluationProtocol(crop="scale", align="modcrop"))
    assert str(caught.value) == (
        "only a resolved protocol has a signature; found crop: scale, align: modcrop, range: dtype. Call "
        "protocol.resolve(scale=..., data_range=...) first."
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (NATIVE, "missing: v"),
        (f"{NATIVE}|v:1".replace("crop:0|", ""), "missing: crop"),
        (f"{NATIVE}|v:1".replace("crop:0", "border:0"), "missing: crop; unknown: border"),
        (f"{NATIVE}|border:0|v:1", "unknown: border"),
        (f"{NATIVE}|v:1".replace("round:none|grey:keep", "grey:keep|round:none"), "the fields in another order"),
        (f"v:1|{NATIVE}", "missing: v"),
        ("psnr", "missing: " + ", ".join([*field_names(), "v"])),
    ],
)
def test_what_is_no_signature_is_told_what_it_lacks(text: str, found: str) -> None:
    with pytest.raises(ProtocolError) as caught:
        parse_signature(text)
    assert caught.value.what == "this is not a signature of srmetrics"
    assert caught.value.found == found
    assert caught.value.expected == "|".join(f"{name}:..." for name in (*field_names(), "v"))
    assert caught.value.way_out == "'srmetrics protocols' lists the presets' names"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("crop:0", "crop:scale", "a signature holds numbers where this one holds a rule"),
        ("range:255", "range:dtype", "a signature holds numbers where this one holds a rule"),
        ("align:none", "align:modcrop", "a signature holds numbers where this one holds a rule"),
        ("range:255", "range:2x", "a number in the signature cannot be read; found '2x'"),
        ("k:0.01/0.03", "k:0.01/x", "a number in the signature cannot be read; found 'x'"),
        ("k:0.01/0.03", "k:0.01", "the field k has no such value"),
        ("psnr_cap:none", "psnr_cap:never", "a number in the signature cannot be read; found 'never'"),
        ("psnr_eps:none", "psnr_eps:-1", "the field psnr_eps has no such value; found -1.0"),
        ("edges:valid", "edges:same", "the field edges has no such value; found 'same'"),
        ("v:1", "v:", "the signature's version is empty"),
    ],
)
def test_a_value_that_cannot_be_is_named(old: str, new: str, message: str) -> None:
    text = f"{NATIVE}|v:1"
    assert old in text
    with pytest.raises(ProtocolError, match=message):
        parse_signature(text.replace(old, new))


@pytest.mark.parametrize("written", ["nan", "inf", "-3", "0"])
def test_a_range_that_cannot_be_is_refused(written: str) -> None:
    with pytest.raises(RangeError, match="this cannot be a data range"):
        parse_signature(f"{NATIVE}|v:1".replace("range:255", f"range:{written}"))


def test_an_empty_metric_is_refused() -> None:
    with pytest.raises(ProtocolError, match="the signature's metric is empty"):
        parse_signature(f"|{NATIVE}|v:1")
