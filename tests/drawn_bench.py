"""Folders of benches that were never run: real tables, made by the bench's own code from predictions drawn here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from harness.classifiers.predictions import MODES, PredictionRow
from harness.jobs.classification_tables import classification_tables
from harness.jobs.run_folder import RunFolder
from harness.leaderboard.plain_table import PlainTable


@dataclass(frozen=True)
class Drawn:
    """What a made-up bench is like."""

    arms: Sequence[str] = ("hr", "lr", "bicubic", "lanczos")
    classes: Sequence[str] = ("a", "b", "c")
    tested: Sequence[str] = ()
    """Classes that the test images are of; all by default."""
    images: int = 24
    groups: int = 0
    """Groups that the images are of; under five there are no intervals, which saves their time. 0 for none."""
    repeats: int = 2
    modes: int = 1
    strength: Mapping[str, float] = field(default_factory=dict)
    """How much an arm's true class stands out, where that is not 0.35."""
    leakage: str = ""
    unsplittable: Mapping[str, str] = field(default_factory=dict)
    cost: bool = True
    facts: Mapping[str, Any] = field(default_factory=dict)


def bench_folder(folder: Path, drawn: Drawn) -> RunFolder:
    """Write the tables of a bench and open its folder."""
    rows = list(predictions(drawn))
    found = classification_tables(
        rows, drawn.unsplittable, (["default"], list(drawn.arms)), ("set", "bicubic-matlab-x4@1")
    )
    methods = [arm for arm in drawn.arms if arm not in ("hr", "lr")]
    tables = {
        "classification.csv": found.classification,
        "per_class.csv": found.per_class,
        "confusion.csv": found.confusion,
        "predictions.csv": found.predictions,
        "arm_comparisons.csv": found.comparisons,
        "leaderboard.csv": leaderboard(methods),
    }
    if drawn.cost:
        header = ("method", "parameters", "macs", "seconds_per_megapixel")
        tables["cost.csv"] = PlainTable(
            header, tuple((name, 1000 * at, None, 0.01 * 3**at) for at, name in enumerate(methods))
        )
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        (folder / name).write_text(table.to_csv(), "utf-8")
    study = {"scoring": {"metrics": ["psnr", "ssim"], "average": "image"}, "classification": {"seed": 0}}
    command = {"job": "bench", "study": study}
    facts = {"command": command, "upscalers": {name: {"trained_on": "nothing"} for name in methods}, "notes": []}
    return RunFolder(folder, {**facts, **drawn.facts})


def predictions(drawn: Drawn) -> list[PredictionRow]:
    """Return predictions that are right more often than not; each arm's are its own."""
    tested = drawn.tested or drawn.classes
    rows = []
    for mode in MODES[: drawn.modes]:
        for arm_at, arm in enumerate(drawn.arms):
            for repeat in range(drawn.repeats):
                rng = np.random.RandomState(100 * repeat + arm_at)
                for at in range(drawn.images):
                    label = tested[at % len(tested)]
                    given = rng.rand(len(drawn.classes))
                    given[list(drawn.classes).index(label)] += drawn.strength.get(arm, 0.35)
                    given /= given.sum()
                    group = f"group {at % drawn.groups}" if drawn.groups else ""
                    rows.append(
                        PredictionRow(
                            image=f"{at:03d}", group=group, arm=arm, classifier="default", mode=mode, repeat=repeat,
                            split="test", label=label, predicted=drawn.classes[int(given.argmax())],
                            probabilities=dict(zip(drawn.classes, given.tolist(), strict=True)), leakage=drawn.leakage,
                        )
                    )  # fmt: skip
    return rows


def leaderboard(methods: Sequence[str]) -> PlainTable:
    header = ["dataset", "dataset_digest", "region", "method", "average", "signature"]
    header += [f"{metric}{part}" for metric in ("psnr", "ssim") for part in ("", "_ci_low", "_ci_high", "_rank")]
    rows = []
    for at, name in enumerate(methods):
        psnr, ssim = 25.0 + at, 0.7 + 0.01 * at
        numbers = (psnr, psnr - 1, psnr + 1, len(methods) - at, ssim, ssim - 0.02, ssim + 0.02, len(methods) - at)
        rows.append(("set", "00ff", "image", name, "image", "signature", *numbers))
    return PlainTable(tuple(header), tuple(rows))
