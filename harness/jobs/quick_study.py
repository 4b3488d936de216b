"""A study from a few options, without a YAML file."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from harness.jobs.compare_options import AUTO_OTSU
from harness.jobs.load_recipe import load_recipe
from srmetrics.errors import UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class QuickStudy:
    """The options; None and nothing take the study's defaults."""

    recipe: str
    upscalers: tuple[str, ...]
    scale: int | None = None
    classifiers: tuple[str, ...] = ()
    protocol: str | None = None
    metrics: tuple[str, ...] = ()
    classes: str | None = None
    class_names: Mapping[str, str] = field(default_factory=dict)
    masks: str | None = None
    labels: Mapping[int, str] = field(default_factory=dict)
    group_by: str | None = None
    repeats: int | None = None
    modes: tuple[str, ...] = ()
    seed: int | None = None
    baseline: str | None = None


def quick_study(options: QuickStudy) -> dict[str, object]:
    """Return the study as the plain values that a YAML file would hold.

    Paths are relative to the working directory here, and made absolute.

    Raises
    ------
    UsageError
        When options do not go together.
    """
    recipe = load_recipe(options.recipe)
    if options.scale not in (None, recipe.scale):
        raise UsageError(
            f"the recipe {recipe.full_name} makes images {recipe.scale} times smaller",
            found=f"--scale {options.scale}",
            way_out=f"Take a recipe for x{options.scale} ('srmetrics recipes'), or leave --scale out",
        )
    classes = options.classes or ("folders" if options.classifiers else "none")
    images: dict[str, object] = {"classes": _placed(classes) if classes.lower().endswith(".csv") else classes}
    images["class_names"], images["regions"] = dict(options.class_names), dict(options.labels)
    images["masks"] = options.masks if options.masks in (None, AUTO_OTSU) else _placed(str(options.masks))
    csv_groups = options.group_by is not None and options.group_by.lower().endswith(".csv")
    images["group_by"] = _placed(str(options.group_by)) if csv_groups else options.group_by
    seed = options.seed or 0
    scoring: dict[str, object] = {"baseline": options.baseline}
    if options.protocol is not None:
        scoring["protocol"] = options.protocol
    if options.metrics:
        scoring["metrics"] = list(options.metrics)
    study: dict[str, object] = {
        "images": images,
        "degradation": {"recipe": options.recipe, "seed": seed},
        "upscalers": list(options.upscalers),
        "scoring": scoring,
    }
    if options.classifiers:
        classification: dict[str, object] = {"classifiers": list(options.classifiers), "seed": seed}
        if options.repeats is not None:
            classification["repeats"] = options.repeats
        if options.modes:
            classification["modes"] = list(options.modes)
        study["classification"] = classification
    elif options.repeats is not None or options.modes or options.class_names:
        raise UsageError(
            "--repeats, --mode and --class-names are about classifiers", way_out="Give --classifier default"
        )
    return study


def _placed(path: str) -> str:
    return os.path.abspath(path)  # noqa: PTH100 - of a pattern, too
