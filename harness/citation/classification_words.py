"""What a bench's classification was, in sentences: classifiers, splits, repeats, leakage."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.citation.cited_run import CitedRun
from harness.citation.works import classifier_works
from harness.classifiers.spec import parse_spec
from harness.statistics.draws import DRAWS
from harness.statistics.interval import BOOTSTRAP_UNITS, FEWEST_UNITS


def classification_sentences(cited: CitedRun) -> list[str]:
    """Return the sentences on classification, with works as ``[@key]``."""
    asked: Mapping[str, Any] = cited.study["classification"]
    modes = list(dict.fromkeys(line["mode"] for line in cited.classification))
    return [
        _question(modes),
        *_classifiers(cited, asked),
        _splits(cited, asked),
        *_left_out(cited),
        *_leakage(cited),
        *_statistics(cited),
    ]


def _question(modes: list[str]) -> str:
    words = {
        "retrain": "trained anew on each arm (retrain)",
        "frozen": "trained once on the high-resolution images and tested on each arm (frozen)",
    }
    arms = "the high-resolution images (hr), the low-resolution images (lr) and each method's outputs"
    how = [words.get(mode, mode) for mode in modes]
    return f"Classifiers were given {arms} as arms, and were {'both ' * (len(how) > 1)}{' and '.join(how)}."


def _classifiers(cited: CitedRun, asked: Mapping[str, Any]) -> list[str]:
    described = cited.run.facts.get("classifiers") or {}
    sentences = []
    for text in asked["classifiers"]:
        name, spec, _, _, _ = parse_spec(text)
        works = [f"@{key}" for key in dict.fromkeys(one.key for one in classifier_works(text)[0])]
        mark = f" [{'; '.join(works)}]" if works else ""
        what = f" ({spec})" if spec != name else ""
        said = f": {described[name]}" if described.get(name) else ""
        sentences.append(f"The classifier {name}{what}{mark} saw every arm the same way{said}.")
    return sentences


def _splits(cited: CitedRun, asked: Mapping[str, Any]) -> str:
    shares = [(part, asked[part]) for part in ("train", "validation", "test") if asked.get(part)]
    divided = ", ".join(f"{100 * share:g} % {part}" for part, share in shares)
    grouped = any(line["n_groups"] != line["n_images"] for line in cited.classification)
    by = "stratified by class, groups kept together" if grouped else "stratified by class"
    times = int(asked["repeats"])
    line = max(cited.classification, key=lambda one: int(one["n_images"]))
    text = f"Images of {line['n_classes']} classes were divided ({divided}; {by})"
    text += f" {times} times, each repeat with a seed of its own for split and training" if times > 1 else ""
    text += f"; {line['n_images']} different images were tested"
    if asked.get("sr_train") is not None:
        text += ". What the super-resolution models were trained on was set aside"
    return f"{text}."


def _left_out(cited: CitedRun) -> list[str]:
    sentences = []
    unsplittable = cited.run.facts.get("unsplittable") or {}
    if unsplittable:
        parts = "; ".join(f"{name} ({reason})" for name, reason in unsplittable.items())
        sentences.append(f"Classes with too few groups to be divided were left out: {parts}.")
    dropped = cited.run.facts.get("dropped") or {}
    if dropped:
        number = len(dropped)
        sentences.append(f"{number} image{'' if number == 1 else 's'} equal to another {_were(number)} left out.")
    return sentences


def _leakage(cited: CitedRun) -> list[str]:
    found = list(dict.fromkeys(line["leakage"] for line in cited.classification if line["leakage"]))
    if found:
        sentences = [
            f"Training and test parts are not independent, and the run went on all the same: {'; '.join(found)}."
        ]
    else:
        sentences = ["No image, turned or mirrored copies included, and no group is in two parts of a split."]
    described = cited.run.facts.get("upscalers") or {}
    unknown = [name for name, facts in described.items() if facts.get("trained_on") == "unknown"]
    if unknown:
        sentences.append(f"What these were trained on was not stated: {', '.join(unknown)}.")
    return sentences


def _statistics(cited: CitedRun) -> list[str]:
    several = any(int(line["n_repeats"]) > 1 for line in cited.classification)
    units = min(int(line["n_groups"]) for line in cited.classification)
    way = f"BCa bootstrap intervals with {DRAWS:,} draws" if units >= BOOTSTRAP_UNITS else "intervals by Student's t"
    if units < FEWEST_UNITS:
        return []
    text = f"Accuracies have 95 % {way} over what was tested"
    text += ", each image's correctness averaged over the repeats that tested it" if several else ""
    sentences = [f"{text}; arms were compared as methods are."]
    if any(line["test"].startswith("McNemar") for line in cited.arm_comparisons):
        sentences.append("Single repeats were compared by McNemar's exact test [@mcnemar1947] as well.")
    return sentences


def _were(number: int) -> str:
    return "was" if number == 1 else "were"
