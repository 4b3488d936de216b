"""What other tools gave, recorded with their versions: the core install suffices for these tests."""

from __future__ import annotations

import re

import pytest

from reference_outputs.pairs import PAIR_NAMES
from reference_outputs.parity import difference, score
from reference_outputs.recorded import RecordedValue, folders, read_source, recorded_values
from reference_outputs.tools import TOOLS
from srmetrics import PRESETS

RECORDED = list(recorded_values())

HELD_ELSEWHERE = {
    "sr-y8": "MATLAB's values, test_matlab.py",
    "wang2004": "the released rule, test_wang2004.py",
    "matlab-ssim": "the documented definition, test_matlab_ssim.py",
}


@pytest.mark.parametrize("recorded", RECORDED, ids=str)
def test_srmetrics_equals_what_the_tool_gave(recorded: RecordedValue) -> None:
    if recorded.metric.startswith("piq:"):
        pytest.importorskip("piq")
    assert difference(score(recorded), recorded.value) <= recorded.tolerance


def test_every_preset_is_held_to_an_oracle() -> None:
    assert set(PRESETS) == {recorded.preset for recorded in RECORDED} | set(HELD_ELSEWHERE)


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.distribution)
def test_each_tool_was_recorded_on_every_pair_that_it_takes(tool) -> None:
    from reference_outputs.pairs import make_pair

    folder = max(path for path in folders("tool") if path.name.rpartition("-")[0] == tool.distribution)
    expected = {(call.name, name) for call in tool.calls for name in PAIR_NAMES if call.accepts(make_pair(name))}
    assert expected == {(one.call, one.pair) for one in RECORDED if one.folder == folder.name}


@pytest.mark.parametrize("folder", folders("tool"), ids=lambda folder: folder.name)
def test_a_source_says_tool_version_command_date_licence_and_tolerances(folder) -> None:
    source = read_source(folder)
    assert folder.name == f"{source['tool']}-{source['version']}"
    assert re.fullmatch(r"python -m reference_outputs\.record \S+", source["command"])
    assert source["date"].year >= 2026
    assert source["licence"]
    assert all(0 < call["tolerance"] <= 2e-5 and call["why"] for call in source["call"])
