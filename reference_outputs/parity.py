"""How far srmetrics is from what was recorded, call by call: ``python -m reference_outputs.parity``."""

from __future__ import annotations

import math
from itertools import groupby

from reference_outputs.pairs import make_pair
from reference_outputs.recorded import RecordedValue, recorded_values
from srmetrics import evaluate


def score(recorded: RecordedValue) -> float:
    """Return srmetrics' value of what a tool was recorded for."""
    pair = make_pair(recorded.pair)
    scores = evaluate(
        pair.reference,
        pair.candidate,
        recorded.preset,
        metrics=(recorded.metric,),
        scale=recorded.scale,
        data_range=None if pair.volume else pair.data_range,
    )
    if scores.errors:
        raise scores.errors[recorded.metric]
    return scores[recorded.metric]


def difference(ours: float, theirs: float) -> float:
    """Return |ours - theirs|, 0 for two equal infinities and infinity where one is NaN."""
    if ours == theirs:
        return 0.0
    return math.inf if math.isnan(ours - theirs) else abs(ours - theirs)


def main() -> None:
    """Print a row for each call: the largest difference over its pairs, and where it is."""
    print("| tool | call | metric | preset | pairs | largest difference | on | tolerance |")
    print("|---|---|---|---|---|---|---|---|")
    for (folder, call), group in groupby(recorded_values(), lambda one: (one.folder, one.call)):
        rows = list(group)
        largest, pair = max((difference(score(one), one.value), one.pair) for one in rows)
        print(
            f"| {folder} | {call} | {rows[0].metric} | {rows[0].preset} | {len(rows)} | {largest:.1e} | {pair} "
            f"| {rows[0].tolerance:g} |"
        )


if __name__ == "__main__":
    main()
