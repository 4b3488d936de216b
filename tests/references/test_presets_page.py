"""docs/presets.md says what the presets and the recorded tools say."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from reference_outputs.recorded import folders, read_source
from srmetrics import PRESETS, EvaluationProtocol, find_protocol, format_signature
from srmetrics.metrics.from_piq import PIQ_METRICS
from srmetrics.metrics.from_piq_networks import LINEAR, VGG16

PAGE = (Path(__file__).parents[2] / "docs" / "presets.md").read_text(encoding="utf-8")
NATIVE = EvaluationProtocol()


def differences(protocol: EvaluationProtocol) -> set[str]:
    named = ((field.name, getattr(protocol, field.name)) for field in fields(protocol))
    return {f"{name}:{value}" for name, value in named if value != getattr(NATIVE, name)}


@pytest.mark.parametrize("name", PRESETS)
def test_the_table_says_each_presets_fields(name: str) -> None:
    table = PAGE.partition("## The presets")[2].partition("\n## ")[0]
    row = re.search(rf"^\| `{re.escape(name)}` \|([^|]*)\|", table, re.MULTILINE)
    assert row is not None
    assert differences(PRESETS[name].protocol) == set(re.findall(r"`([^`]+)`", row[1]))


def test_the_table_names_no_other_preset() -> None:
    table = PAGE.partition("## The presets")[2].partition("\n## ")[0]
    assert list(PRESETS) == re.findall(r"^\| `([^`]+)` \|", table, re.MULTILINE)


def test_the_signature_shown_is_one_of_this_version() -> None:
    shown = re.search(r"^    (psnr\|colour:.*)$", PAGE, re.MULTILINE)
    assert shown is not None
    assert format_signature(find_protocol("sr-y").resolve(scale=4, data_range=255), "psnr") == shown[1]


def test_every_tool_is_shown_in_the_version_that_was_recorded() -> None:
    for folder in folders("tool"):
        source = read_source(folder)
        assert f"{source['tool']} {source['version']}" in PAGE


def test_every_metric_of_piq_and_every_weights_file_is_named() -> None:
    assert all(f"`{name}`" in PAGE for name in PIQ_METRICS)
    for file in (VGG16, *LINEAR.values()):
        assert f"| `{file.name}` |" in PAGE
        assert f"| {file.url} |" in PAGE
