"""The classification of several runs made one, where they trained and tested alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from harness.classifiers.predictions import PredictionRow
from harness.classifiers.spec import parse_spec
from harness.jobs.arms import HR, LR
from harness.jobs.classification_tables import ClassificationTables, classification_tables
from harness.jobs.run_folder import RunFolder
from harness.jobs.run_predictions import predictions_of
from harness.statistics import Average

Place: TypeAlias = tuple[str, str, int, str, str]
"""Of a prediction in its arm: classifier, mode, repeat, part of the split, image."""
Told: TypeAlias = tuple[str, object, object]
"""What differs, and what it is in the one run and in the other."""

_SPLIT_BY = ("seed", "repeats", "train", "validation", "test", "sr_train", "deduplicate")


@dataclass(frozen=True)
class TrainedRun:
    """What a run's classifiers were asked and said."""

    asked: Mapping[str, Any]
    """How images were divided, and the classifiers' specs."""
    preprocessing: Mapping[str, str]
    """Classifier to what it does with an image; in the order of tables."""
    objects: Mapping[str, Any]
    """What classifiers that were given as objects say of themselves."""
    splits: Sequence[Mapping[str, Any]]
    unsplittable: Mapping[str, str]
    dropped: Mapping[str, str]
    arms: Mapping[str, Mapping[Place, PredictionRow]]
    """Arm to its predictions."""

    @property
    def specs(self) -> dict[str, object]:
        """Classifier to its spec and, of an object, all that it says."""
        parsed = [parse_spec(text) for text in self.asked["classifiers"]]
        return {name: (spec, self.objects.get(name)) for name, spec, *_ in parsed}

    @property
    def tested(self) -> dict[tuple[int, str], list[tuple[str, str, str, str]]]:
        """Repeat and part to its images, with their groups, classes and marks of leakage."""
        found: dict[tuple[int, str], set[tuple[str, str, str, str]]] = {}
        for rows in self.arms.values():
            for row in rows.values():
                found.setdefault((row.repeat, row.split), set()).add((row.image, row.group, row.label, row.leakage))
        return {part: sorted(images) for part, images in found.items()}


def read_trained(run: RunFolder) -> TrainedRun | None:
    """Return what a run's classifiers said; None of a run without any.

    Raises
    ------
    FileError
        When its predictions cannot be read.
    """
    rows = predictions_of(run)
    if rows is None:
        return None
    command = run.command
    asked = command["study"]["classification"] if run.job == "bench" else command["classification"]
    arms: dict[str, dict[Place, PredictionRow]] = {}
    for row in rows:
        place = (row.classifier, row.mode, row.repeat, row.split, row.image)
        arms.setdefault(row.arm, {})[place] = row
    return TrainedRun(
        asked={**asked, "deduplicate": asked["deduplicate"] or bool(command.get("deduplicate"))},
        preprocessing=run.facts["classifiers"],
        objects=command.get("objects", {}).get("classifiers", {}),
        splits=run.facts["splits"],
        unsplittable=run.facts["unsplittable"],
        dropped=run.facts["dropped"],
        arms=arms,
    )


def difference(first: TrainedRun, second: TrainedRun) -> Told | None:
    """Return the first thing for which two runs' classifications cannot be put side by side."""
    for name in _SPLIT_BY:
        if first.asked[name] != second.asked[name]:
            return f"the classification's {name}", first.asked[name], second.asked[name]
    for what, one, other in (
        ("the splits", first.splits, second.splits),
        ("unsplittable classes", dict(first.unsplittable), dict(second.unsplittable)),
        ("images left out as copies", dict(first.dropped), dict(second.dropped)),
    ):
        if one != other:
            return what, one, other
    tested, others = first.tested, second.tested
    for part in sorted(tested.keys() & others.keys()):
        if tested[part] != others[part]:
            (image, *_), *_ = sorted({*tested[part]} ^ {*others[part]})
            what = f"the images of the part {part[1]!r} in repeat {part[0] + 1}, {image} among them,"
            return what, len(tested[part]), len(others[part])
    specs, other_specs = first.specs, second.specs
    for name in specs.keys() & other_specs.keys():
        if specs[name] != other_specs[name]:
            return f"the classifier {name}", specs[name], other_specs[name]
    for arm in (HR, LR):
        told = differing_prediction(first.arms.get(arm, {}), second.arms.get(arm, {}))
        if told is not None:
            # One seed, one split, the same images: another device or other versions.
            return told
    return None


def differing_prediction(first: Mapping[Place, PredictionRow], second: Mapping[Place, PredictionRow]) -> Told | None:
    """Return the first prediction that two arms do not share bit for bit, of those that both have."""
    for place in first.keys() & second.keys():
        one, other = first[place], second[place]
        if (one.predicted, dict(one.probabilities)) != (other.predicted, dict(other.probabilities)):
            classifier, mode, repeat, _, image = place
            where = f"what {classifier} ({mode}, repeat {repeat + 1}) says of {image} in the arm {one.arm}"
            return where, one.probabilities, other.probabilities
    return None


def merged_tables(
    runs: Sequence[TrainedRun],
    arms: Mapping[str, Mapping[Place, PredictionRow]],
    heading: tuple[str, str],
    average: Average,
    seed: int,
) -> ClassificationTables:
    """Return the classification tables of all methods' arms, made anew from the predictions.

    Parameters
    ----------
    runs : sequence of TrainedRun
        That may be compared.
    arms : mapping of str to mapping
        Methods to their predictions, by the names of the merged tables; HR and LR are the runs' own.
    heading : pair of str
        The data set's name and the degradation's.
    average : {"image", "group"}
    seed : int
        Of the draws.
    """
    whole = {arm: united(run.arms.get(arm, {}) for run in runs) for arm in (HR, LR)} | dict(arms)
    rows = [replace(row, arm=arm) for arm, mine in whole.items() for row in mine.values()]
    return classification_tables(
        rows,
        runs[0].unsplittable,
        (list(preprocessing_of(runs)), list(whole)),
        heading,
        average=average,
        seed=seed,
    )


def united(parts: Iterable[Mapping[Place, PredictionRow]]) -> dict[Place, PredictionRow]:
    """Return the predictions of one arm in several runs."""
    whole: dict[Place, PredictionRow] = {}
    for part in parts:
        whole |= part
    return whole


def preprocessing_of(runs: Sequence[TrainedRun]) -> dict[str, str]:
    """Return the classifiers of all runs, in the order of tables, with what each does to images."""
    whole: dict[str, str] = {}
    for run in runs:
        whole |= {name: words for name, words in run.preprocessing.items() if name not in whole}
    return whole
