"""The other tools themselves, run here on the same pairs: ``pytest --live-oracles``."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

import pytest

from reference_outputs.call import Call, Tool
from reference_outputs.pairs import PAIR_NAMES, make_pair
from reference_outputs.parity import difference, score
from reference_outputs.recorded import RecordedValue, recorded_values
from reference_outputs.tools import TOOLS

pytestmark = pytest.mark.live

RECORDED = {(one.folder, one.call, one.pair): one.value for one in recorded_values()}

CALLS = [
    pytest.param(tool, call, name, id=f"{tool.distribution}:{call.name}:{name}")
    for tool in TOOLS
    for call in tool.calls
    for name in PAIR_NAMES
    if call.accepts(make_pair(name))
]


@pytest.mark.parametrize(("tool", "call", "name"), CALLS)
def test_srmetrics_equals_the_tool_and_the_tool_what_was_recorded_of_its_version(
    tool: Tool, call: Call, name: str
) -> None:
    try:
        folder = f"{tool.distribution}-{version(tool.distribution)}"
    except PackageNotFoundError:
        pytest.skip(f"{tool.distribution} is not installed")
    theirs = call.compute(make_pair(name))
    ours = score(RecordedValue(folder, call.name, name, theirs, call.metric, call.preset, call.scale, call.tolerance))
    assert difference(ours, theirs) <= call.tolerance
    # Another version than the recorded one is compared with srmetrics alone.
    assert difference(theirs, RECORDED.get((folder, call.name, name), theirs)) <= call.tolerance
