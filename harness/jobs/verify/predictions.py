"""Whether a bench's predictions are those that its splits ask for: none too many, none kept back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from harness.classifiers.predictions import PredictionRow
from harness.jobs.run_folder import RunFolder
from harness.jobs.run_predictions import PREDICTIONS, predictions_of
from harness.jobs.verify.tested import PARTS, Tested
from harness.jobs.verify.verdict import DIFFERENT, Verdict
from srmetrics.errors import FileError

NOT_TRAINED = (
    "classifiers were not trained again, and the probabilities in predictions.csv are as recorded. Checked of them are "
    "their digest, the class that they predict, the splits, and every table that follows. To train again, run the "
    "bench's command into another folder, and compare the files"
)


def check_predictions(run: RunFolder, tested: Tested) -> Iterator[Verdict]:
    """Yield every prediction that had to be made, and is neither there nor a failure of its training."""
    try:
        rows = predictions_of(run) or ()
        failures = run.table("failures.csv")
    except FileError:
        return  # said where the tables are compared
    there = {(row.classifier, row.mode, row.arm, row.repeat, row.split, row.image) for row in rows}
    reasons = [line["reason"] for line in failures if line["what"] == "not classified"]
    for classifier, modes in _trained(run, rows).items():
        for mode in modes:
            for split in tested.splits:
                for arm in tested.arms:
                    named = f": {mode}, repeat {split.repeat}: "
                    if any(reason.startswith((classifier + named, f"{classifier}/{arm}{named}")) for reason in reasons):
                        continue
                    for part in PARTS:
                        for image in tested.keys(split.repeat, part):
                            if (classifier, mode, arm, split.repeat, part, image) not in there:
                                row = f"{image}, {arm}, {classifier}, {mode}, {split.repeat}, {part}"
                                reason = "it is tested in this repeat, and there is no prediction of it"
                                yield Verdict(PREDICTIONS, row, DIFFERENT, reason=reason)


def _trained(run: RunFolder, rows: Sequence[PredictionRow]) -> Mapping[str, Sequence[str]]:
    """Return the modes in which each classifier was trained and tested."""
    recorded: Mapping[str, Sequence[str]] | None = run.facts.get("modes")
    if recorded is not None:
        return recorded
    found: dict[str, list[str]] = {}
    for row in rows:
        if row.mode not in found.setdefault(row.classifier, []):
            found[row.classifier].append(row.mode)
    return found
