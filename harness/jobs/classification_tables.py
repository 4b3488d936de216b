"""From predictions to tables: each arm's metrics, its classes, its confusions, and the arms against each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from harness.classifiers.arm_summary import ArmMetric, summarise_arm
from harness.classifiers.comparisons import (
    PER_IMAGE,
    compare_arms,
    family,
    flips_against,
    recovered_by_arm,
)
from harness.classifiers.metrics import METRICS, score_block
from harness.classifiers.predictions import TEST, Block, Mode, PredictionRow, blocks_of
from harness.jobs.arm_comparisons import COMPARISON_COLUMNS, arm_comparisons
from harness.jobs.arms import HR
from harness.leaderboard.plain_table import PlainTable, Value
from harness.statistics import Average, Recovered, Standing


@dataclass(frozen=True, slots=True)
class ArmResult:
    """One arm, seen by one classifier in one mode."""

    classifier: str
    mode: Mode
    arm: str
    n_images: int
    n_groups: int
    n_classes: int
    n_repeats: int
    metrics: dict[str, ArmMetric]
    standings: dict[str, Standing]
    """By metric that is a mean over images: against the best arm."""
    flips: tuple[float, float, float] | None
    """Predictions that differ from HR's, lost and gained among them: means over repeats. None for HR itself."""
    recovered: Recovered | None
    leakage: str


@dataclass(frozen=True, slots=True)
class ClassificationTables:
    """What a run's classifiers gave."""

    arms: tuple[ArmResult, ...]
    classification: PlainTable
    per_class: PlainTable
    confusion: PlainTable
    comparisons: PlainTable
    predictions: PlainTable


def classification_tables(
    rows: Sequence[PredictionRow],
    unsplittable: Mapping[str, str],
    order: tuple[Sequence[str], Sequence[str]],
    heading: tuple[str, str],
    *,
    baseline: str | None = None,
    average: Average = "image",
    seed: int = 0,
) -> ClassificationTables:
    """Return all tables.

    Parameters
    ----------
    rows : sequence of PredictionRow
        In any order.
    unsplittable : mapping of str to str
        Classes that were left out, and why.
    order : pair of sequences of str
        Classifiers and arms, as tables list them.
    heading : pair of str
        The data set's name and the degradation's.
    baseline : str, optional
        An arm that all others are tested against, as a family of its own.
    average : {"image", "group"}
        What means weigh equally.
    seed : int
        Of the draws.
    """
    classifiers, arms = order
    blocks = blocks_of(rows)
    modes = sorted({block.mode for block in blocks}, reverse=True)  # retrain before frozen
    results: list[ArmResult] = []
    comparisons: list[tuple[Value, ...]] = []
    for classifier in classifiers:
        for mode in modes:
            mine = family(blocks, classifier, mode)
            if mine:
                results += _arm_results(mine, (classifier, mode), arms, average, seed)
                comparisons += arm_comparisons(mine, (classifier, mode), arms, baseline, average, seed)
    tested = [block for block in blocks if block.split == TEST]
    place = {name: at for at, name in enumerate((*classifiers, *arms))}
    tested.sort(key=lambda block: (place[block.classifier], modes.index(block.mode), place[block.arm], block.repeat))
    return ClassificationTables(
        arms=tuple(results),
        classification=_classification(results, unsplittable, heading),
        per_class=_per_class(tested, unsplittable),
        confusion=_confusion(tested),
        comparisons=PlainTable(COMPARISON_COLUMNS, tuple(comparisons)),
        predictions=_predictions(blocks, place, modes),
    )


def _arm_results(
    blocks: list[Block], who: tuple[str, Mode], arms: Sequence[str], average: Average, seed: int
) -> list[ArmResult]:
    standings = {metric: compare_arms(blocks, metric, average=average, seed=seed) for metric in PER_IMAGE}
    flips = flips_against(blocks)
    recovered = recovered_by_arm(blocks, average=average, seed=seed)
    results = []
    for arm in arms:
        own = [block for block in blocks if block.arm == arm]
        if not own:
            continue
        units = {key: group or f"image {key}" for b in own for key, group in zip(b.keys, b.groups, strict=True)}
        mine = [one for one in flips if one.arm == arm]
        means = (
            tuple(sum(getattr(one, name) for one in mine) / len(mine) for name in ("n_flips", "n_lost", "n_gained"))
            if mine
            else None
        )
        results.append(
            ArmResult(
                *who,
                arm,
                n_images=len(units),
                n_groups=len(set(units.values())),
                n_classes=len(own[0].classes),
                n_repeats=len(own),
                metrics=summarise_arm(own, average=average, seed=seed),
                standings={metric: found[arm] for metric, found in standings.items()},
                flips=None if means is None or arm == HR else (means[0], means[1], means[2]),
                recovered=recovered.get(arm),
                leakage="; ".join(dict.fromkeys(block.leakage for block in own if block.leakage)),
            )
        )
    return results


def _classification(results: Sequence[ArmResult], left_out: Mapping[str, str], heading: tuple[str, str]) -> PlainTable:
    header = [
        *("dataset", "degradation", "arm", "classifier", "mode", "n_images", "n_groups", "n_classes", "n_repeats")
    ]
    for metric in METRICS:
        header += [metric, *(f"{metric}_{part}" for part in ("ci_low", "ci_high", "repeat_sd"))]
        header += [f"{metric}_rank", f"{metric}_vs_best"] if metric in PER_IMAGE else []
    header += ["flips", "flips_lost", "flips_gained", "recovered", "recovered_ci_low", "recovered_ci_high"]
    header += ["recovered_note", "leakage", "unsplittable", "notes"]
    unsplittable = "; ".join(f"{name}: {why}" for name, why in left_out.items())
    rows = []
    for one in results:
        row: list[Value] = [*heading, one.arm, one.classifier, one.mode]
        row += [one.n_images, one.n_groups, one.n_classes, one.n_repeats]
        for metric in METRICS:
            value = one.metrics[metric]
            row += [value.value, value.interval.low, value.interval.high, value.repeat_sd]
            row += [one.standings[metric].rank, one.standings[metric].verdict] if metric in PER_IMAGE else []
        row += [None, None, None] if one.flips is None else list(one.flips)
        if one.recovered is None:
            row += [None, None, None, ""]
        else:
            interval = one.recovered.interval
            row += [one.recovered.fraction, interval.low, interval.high, one.recovered.reason]
        notes = {f"{metric}: {one.metrics[metric].note}" for metric in METRICS if one.metrics[metric].note}
        rows.append((*row, one.leakage, unsplittable, "; ".join(sorted(notes))))
    return PlainTable(tuple(header), tuple(rows))


def _per_class(blocks: Sequence[Block], unsplittable: Mapping[str, str]) -> PlainTable:
    header = (
        *("classifier", "mode", "arm", "repeat", "class", "n_images", "n_groups", "n_predicted"),
        *("precision", "recall", "f1", "auroc", "auprc", "note"),
    )
    rows: list[tuple[Value, ...]] = []
    for block in blocks:
        who = (block.classifier, block.mode, block.arm, block.repeat)
        for one in score_block(block).per_class:
            numbers = (one.precision, one.recall, one.f1, one.auroc, one.auprc)
            rows.append((*who, one.label, one.n_images, one.n_units, one.n_predicted, *numbers, one.note))
        for name, why in unsplittable.items():
            rows.append((*who, name, 0, 0, 0, None, None, None, None, None, f"unsplittable: {why}"))
    return PlainTable(header, tuple(rows))


def _confusion(blocks: Sequence[Block]) -> PlainTable:
    rows: list[tuple[Value, ...]] = []
    for block in blocks:
        scores = score_block(block)
        for label, counts in zip(scores.classes, scores.confusion.tolist(), strict=True):
            for predicted, count in zip(scores.classes, counts, strict=True):
                rows.append((block.classifier, block.mode, block.arm, block.repeat, label, predicted, count))
    return PlainTable(("classifier", "mode", "arm", "repeat", "label", "predicted", "n_images"), tuple(rows))


def _predictions(blocks: Sequence[Block], place: dict[str, int], modes: Sequence[str]) -> PlainTable:
    classes = sorted({name for block in blocks for name in block.classes})
    header = ("image", "group", "arm", "classifier", "mode", "repeat", "split", "label", "predicted", "leakage")
    ordered = sorted(
        blocks,
        key=lambda block: (
            place[block.classifier],
            modes.index(block.mode),
            place[block.arm],
            block.repeat,
            block.split,
        ),
    )
    rows: list[tuple[Value, ...]] = []
    for block in ordered:
        for row in block.rows():
            who = (row.image, row.group, row.arm, row.classifier, row.mode, row.repeat, row.split)
            given = (row.probabilities.get(name) for name in classes)
            rows.append((*who, row.label, row.predicted, row.leakage, *given))
    return PlainTable((*header, *(f"p_{name}" for name in classes)), tuple(rows))
