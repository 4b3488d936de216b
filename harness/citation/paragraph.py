"""The paragraph for the Methods section: how the numbers of a run were made, with its works as ``[@key]``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from degradations import RECIPES
from harness.citation.cited_run import CitedRun
from harness.citation.classification_words import classification_sentences
from harness.citation.metric_name import metric_name
from harness.citation.software import software_of
from harness.citation.works import (
    interval_kinds,
    metric_works,
    protocol_works,
    recipe_works,
    sections_of,
    upscaler_work,
)
from harness.statistics.draws import DRAWS
from srmetrics import explain, find_protocol
from srmetrics.metrics import find_metric


def paragraph_of(cited: CitedRun) -> str:
    """Return the paragraph; a work is ``[@key]``, several are ``[@one; @two]``."""
    sentences = [
        *_what_was_scored(cited),
        *_degradation(cited),
        *_upscalers(cited),
        *_protocol(cited),
        *_metrics(cited),
        *_statistics(cited),
        *_classification(cited),
        _software(cited),
    ]
    return " ".join(sentences)


def works(found: Sequence[Any]) -> str:
    """Return works as a mark in the text; nothing for none."""
    keys = dict.fromkeys(one.key for one in found)
    return f" [{'; '.join('@' + key for key in keys)}]" if keys else ""


def listed(words: Sequence[str]) -> str:
    """Return words as a sentence has them: ``a, b and c``."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _what_was_scored(cited: CitedRun) -> list[str]:
    whole = [line for line in cited.board if line["region"] == "image"] or cited.board
    what = "volumes" if _pooled(cited) else "images"
    # A method has a line for each signature, of other images.
    totals = [sum(int(line["n_images"]) for line in whole if line["method"] == method) for method in cited.methods]
    images = _counted(totals, what)
    groups = _counted([int(line["n_groups"]) for line in whole], "groups")
    scale = f" at scale {cited.first['scale']}" if cited.first["scale"] else ""
    grouped = len(cited.signatures) == 1 and any(line["n_groups"] != line["n_images"] for line in whole)
    of_groups = f" of {groups}" if grouped else ""
    data = works([one for section in sections_of(cited) if section.title == "Data set" for one in section.works])
    text = (
        f"{_methods(cited)} {'was' if len(cited.methods) == 1 else 'were'} scored{scale} on {images}"
        f"{of_groups} of {cited.dataset}{data} with srmetrics {cited.run.version} [@srmetrics]"
    )
    several = max(totals) > 1
    if len(cited.methods) > 1 and cited.run.command.get("on_missing") != "own":
        text += f", all methods on the same {what if several else what[:-1]}"
    regions = [region for region in cited.regions if region != "image"]
    sentences = [f"{text}."]
    if regions:
        sentences.append(f"Besides the whole image, these regions were scored apart: {listed(regions)}.")
    if several:
        average = {"image": f"means over {what}", "group": "means of the means of groups"}
        sentences.append(f"Values in tables are {average[cited.first['average']]}.")
    return sentences


def _methods(cited: CitedRun) -> str:
    """Return the methods with their works, each work where it is first needed."""
    named, marked = [], set()
    for method in cited.methods:
        work, _ = upscaler_work(cited, method)
        named.append(method + (works([work]) if work is not None and work.key not in marked else ""))
        marked |= {work.key} if work is not None else set()
    return listed(named)


def _pooled(cited: CitedRun) -> bool:
    return any(find_protocol(signature).pooling == "volume" for signature in cited.signatures)


def _counted(numbers: Sequence[int], many: str) -> str:
    """Return how many there are, such as ``1 image`` or ``4 to 5 images``."""
    least, most = min(numbers), max(numbers)
    return f"{most if least == most else f'{least} to {most}'} {many[:-1] if most == 1 else many}"


def _upscalers(cited: CitedRun) -> list[str]:
    """Return what a bench recorded of the upscalers that it ran."""
    described = cited.run.facts.get("upscalers") or {}
    parts = []
    for method in cited.methods:
        facts = described.get(method)
        if facts is not None:
            weights = str(facts.get("weights_sha256") or "")
            digest = f"; the SHA-256 of its weights begins with {weights[:16]}" if weights else ""
            parts.append(f"{method} ({facts['architecture']}{digest})")
    return [f"The upscaler{'s were' if len(parts) > 1 else ' was'} {listed(parts)}."] if parts else []


def _degradation(cited: CitedRun) -> list[str]:
    name = cited.first["degradation"]
    if not name:
        return []
    recipe = RECIPES.get(name)
    facts = cited.study.get("degradation") or {}
    digest = recipe.digest if recipe is not None else str(cited.run.command.get("recipe") or "")
    exactly = [f"SHA-256 {digest[:16]}..."] if digest else []
    exactly += [f"seed {facts['seed']}"] if "seed" in facts else []
    text = f"Low-resolution images were made by srmetrics' recipe {name}{works(recipe_works(name))}"
    text += f" ({', '.join(exactly)})" if exactly else ""
    if recipe is not None:
        first = re.split(r"(?<=[^.])\. (?=[A-Z])", recipe.text)[0].rstrip(".")
        text += f": {first}"
    return [f"{text}."]


def _protocol(cited: CitedRun) -> list[str]:
    """Return what `explain` says of the signatures, without what it says of things that the run does not have."""
    metrics, plain = set(cited.run.metrics), cited.regions == ("image",)
    preset = cited.protocol.split()[0]
    named = works([one for one in protocol_works(cited.protocol, cited.signatures) if one.key != "wang2004ssim"])
    texts: list[list[str]] = []
    for signature in cited.signatures:
        kept = []
        for sentence in sentences_of(explain(signature).partition("\n\n")[0]):
            left_out = (
                (sentence.startswith("PSNR ") and "psnr" not in metrics)
                or (sentence.startswith("SSIM ") and not metrics & {"ssim", "ms_ssim"})
                or (plain and sentence.startswith(("Inside a mask", "Both images were set to zero outside")))
                or sentence.startswith("Scores were computed in double precision")
            )
            if not left_out:
                kept.append(sentence.replace(" (Wang et al., 2004)", " [@wang2004ssim]"))
        texts.append(kept)
    known = preset != "custom"
    start = f"The protocol is {preset}{named}." if known else f"The protocol is this{named}:"
    shared = [sentence for sentence in texts[0] if all(sentence in text for text in texts)]
    if len(texts) == 1:
        return [start, *shared]
    each = []
    for number, text in enumerate(texts, 1):
        own = " ".join(sentence for sentence in text if sentence not in shared)
        each.append(f"Under signature {number}: {own}")
    return [start, *shared, f"The images are of kinds that are scored under {len(texts)} signatures.", *each]


def sentences_of(paragraph: str) -> list[str]:
    """Return the sentences of a paragraph that `explain` made."""
    return re.split(r"(?<=\.) (?=[A-Z])", paragraph)


def _metrics(cited: CitedRun) -> list[str]:
    said = {"psnr", "ssim"}
    others = [metric for metric in cited.run.metrics if metric not in said]
    if not others:
        return []
    texts = [
        f"{metric_name(metric)}{works([w for w in metric_works(metric) if w.key != 'kastryulin2022piq'])}"
        + ("" if find_metric(metric).higher_is_better else " (lower is better)")
        for metric in others
    ]
    by_piq = [metric_name(metric) for metric in others if metric.startswith("piq:")]
    sentences = [f"Also given: {listed(texts)}."]
    if by_piq:
        sentences.append(
            f"{listed(by_piq)} {'was' if len(by_piq) == 1 else 'were'} computed by piq [@kastryulin2022piq]."
        )
    return sentences


def _statistics(cited: CitedRun) -> list[str]:
    sentences = []
    grouped = any(line["n_groups"] != line["n_images"] for line in cited.board)
    units = "groups" if grouped else "volumes" if _pooled(cited) else "images"
    kinds = interval_kinds(cited)
    ways = {
        "BCa": f"BCa bootstrap over {units} with {DRAWS:,} draws [@efron1987bca; @hesterberg2015bootstrap]",
        "t": f"Student's t over {'the means of ' * grouped}{units}",
    }
    if kinds:
        sentences.append(f"Intervals are 95 % confidence intervals of the mean ({listed([ways[k] for k in kinds])}).")
    tested = [line for line in cited.comparisons if line["p"]]
    if tested:
        exact = all("all" in line["test"] for line in tested)
        drawn = "every pattern of signs counted" if exact else f"{DRAWS:,} patterns of signs drawn"
        families = {"best": "with the best method", "baseline": f"with {_baseline(cited)}"}
        named = [words for name, words in families.items() if any(line["family"] == name for line in tested)]
        sentences.append(
            f"Differences between methods were tested by a paired sign-flip permutation test over {units} ({drawn}) "
            f"[@fisher1935design]; p values were adjusted by Holm's method [@holm1979] within each metric and region "
            f"over the comparisons {' and, as a family of their own, those '.join(named)}, and not across metrics."
        )
        if any(line.get("vs_best") == "undecided" for line in _cells(cited)):
            sentences.append(f"Where so few {units} could not have given p < 0.05, the comparison is called undecided.")
    if "BCa" in kinds or any("all" not in line["test"] for line in tested):
        sentences.append(f"The seed of all draws is {cited.run.seed}.")
    return sentences


def _cells(cited: CitedRun) -> list[Mapping[str, str]]:
    return [{"vs_best": value} for line in cited.board for name, value in line.items() if name.endswith("_vs_best")]


def _baseline(cited: CitedRun) -> str:
    return f"the baseline {cited.run.scoring.get('baseline') or ''}".strip()


def _classification(cited: CitedRun) -> list[str]:
    return classification_sentences(cited) if cited.classification else []


def _software(cited: CitedRun) -> str:
    used = [
        f"{library.name} {library.version}".rstrip() + (f" [@{library.key}]" if library.key else "")
        for library in software_of(cited)
    ]
    return f"Scores were computed in double precision with {listed(used)}."
