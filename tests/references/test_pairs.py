"""The pairs on which other tools were recorded."""

from __future__ import annotations

import pytest

from reference_outputs.pairs import PAIR_NAMES, make_pair
from reference_outputs.recorded import HERE, read_rows

DIGESTS = {row["pair"]: row["sha256"] for row in read_rows(HERE / "pairs.csv")}


def test_every_pair_has_a_recorded_digest() -> None:
    assert set(PAIR_NAMES) == set(DIGESTS)


@pytest.mark.parametrize("name", PAIR_NAMES)
def test_a_pair_is_the_same_on_every_machine(name: str) -> None:
    assert DIGESTS[name] == make_pair(name).digest


def test_the_pairs_cover_what_tools_disagree_about() -> None:
    pairs = [make_pair(name) for name in PAIR_NAMES]
    assert len(pairs) >= 10
    assert {pair.colour for pair in pairs} == {True, False}
    assert {pair.reference.dtype.name for pair in pairs} == {"uint8", "uint16", "float64"}
    assert {255.0, 4095.0, 65535.0, 1.0} <= {pair.data_range for pair in pairs}
    # min(H, W) = 640 divides by 256 to 2.5: 3 as MATLAB rounds it, 2 as Python does.
    assert 640 in {min(pair.reference.shape[:2]) for pair in pairs}
    assert any(pair.reference.shape[0] % 2 and pair.reference.shape[1] % 2 for pair in pairs)
    assert any(pair.reference.std() == 0 for pair in pairs)
