"""The leaderboard as JSON, and the way non-finite numbers are written in it."""

from __future__ import annotations

import json
import math

from harness.leaderboard.leaderboard import Leaderboard


def to_json(board: Leaderboard) -> str:
    """Return the leaderboard's rows as JSON: infinity is the string ``inf``, NaN is null."""
    heading = board.heading
    rows = [
        {
            "dataset": heading.dataset,
            "dataset_digest": heading.dataset_digest,
            "scale": heading.scale,
            "degradation": heading.degradation,
            "protocol": heading.protocol,
            "region": row.region,
            "method": row.method,
            "average": heading.average,
            "n_images": row.n_images,
            "n_groups": row.n_groups,
            "n_pixels": row.n_pixels,
            "metrics": {
                metric: {
                    "mean": cell.summary.mean,
                    "n": cell.summary.n,
                    "n_infinite": cell.summary.n_infinite,
                    "ci_low": cell.summary.interval.low,
                    "ci_high": cell.summary.interval.high,
                    "interval": cell.summary.interval.method,
                    "rank": cell.rank,
                    "vs_best": cell.vs_best,
                }
                for metric, cell in row.cells.items()
            },
            "signature": row.signature,
            "srmetrics_version": heading.version,
        }
        for row in board.rows
    ]
    failures = [
        {"image": one.image, "method": one.method, "what": one.what, "file": one.file, "reason": one.reason}
        for one in board.failures
    ]
    return to_json_text({"leaderboard": rows, "failures": failures, "notes": list(board.notes)})


def to_json_text(value: object) -> str:
    """Return a value as JSON text."""
    return json.dumps(_plain(value), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _plain(value: object) -> object:
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else ("inf" if value > 0 else "-inf")
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
