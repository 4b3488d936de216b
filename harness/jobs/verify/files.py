"""Whether the files of a run are the bytes that it wrote."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from harness.jobs.run_folder import RunFolder
from harness.jobs.verify.tables import KEYS
from harness.jobs.verify.verdict import DIFFERENT, IDENTICAL, Verdict

DIGESTS = "digests"

NEEDED = ("leaderboard.csv", "per_image.csv", "comparisons.csv", "failures.csv")
"""What every run writes."""


def check_files(run: RunFolder) -> Iterator[Verdict]:
    """Compare the SHA-256 of every CSV with the recorded one, and tell of tables that the run did not write."""
    recorded = run.recorded_digests()
    for name in sorted({*KEYS, "cost.csv"} - {*recorded, *NEEDED}):
        if (run.path / name).is_file():
            reason = "the run did not write it: run.json has no digest of it"
            yield Verdict(DIGESTS, name, DIFFERENT, reason=reason)
    for name in (*recorded, *(name for name in NEEDED if name not in recorded)):
        if name not in recorded:
            yield Verdict(DIGESTS, name, DIFFERENT, reason="run.json has no digest of it")
            continue
        try:
            found = hashlib.sha256((run.path / name).read_bytes()).hexdigest()
        except OSError as error:
            yield Verdict(DIGESTS, name, DIFFERENT, reason=f"it cannot be read: {error.strerror or error}")
            continue
        altered = found != recorded[name]
        reason = "the file was altered after the run wrote it" if altered else ""
        yield Verdict(DIGESTS, name, DIFFERENT if altered else IDENTICAL, reason=reason)
