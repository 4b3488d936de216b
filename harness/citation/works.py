"""Which works a run stands on: its metrics, protocol, degradation, models, data, statistics and software."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from degradations import RECIPES
from harness.citation.cited_run import CitedRun
from harness.citation.reference import Reference, found_in, of_architecture, of_dataset, of_method, references
from harness.citation.software import software_of
from harness.classifiers.spec import parse_spec
from harness.statistics.interval import BOOTSTRAP_UNITS
from srmetrics import PRESETS
from srmetrics.metrics import column_name, find_metric

INTERPOLATION = ("nearest", "bilinear", "bicubic", "lanczos")
"""Methods that need no work to be cited."""


@dataclass(frozen=True, slots=True)
class Section:
    """Works that a run needs for one reason."""

    title: str
    works: tuple[Reference, ...]
    notes: tuple[str, ...] = ()
    """What the reader has to check or add, in words."""


@dataclass
class _Gathered:
    works: list[Reference] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, works: Iterable[Reference | None], note: str = "") -> None:
        for one in works:
            if one is not None and one not in self.works:
                self.works.append(one)
        if note:
            self.notes.append(note)


def sections_of(cited: CitedRun) -> list[Section]:
    """Return the works of a run by what they are cited for, each work once, where it is needed first."""
    sections: list[Section] = []
    known: set[str] = set()
    for title, gathered in _all(cited):
        fresh = tuple(one for one in gathered.works if one.key not in known)
        known |= {one.key for one in fresh}
        if fresh or gathered.notes:
            sections.append(Section(title, fresh, tuple(gathered.notes)))
    return sections


def srmetrics_itself(version: str) -> Reference:
    """Return srmetrics as a work, in the version that made a run."""
    return Reference(
        key="srmetrics",
        kind="misc",
        authors=("The srmetrics authors",),
        title="srmetrics: exact, citeable scores for super-resolved images",
        version=version,
    )


def metric_works(metric: str) -> tuple[Reference, ...]:
    """Return the works that define a metric; of piq's also the tool that computed it."""
    found = found_in(find_metric(metric).citation)
    return (*found, references()["kastryulin2022piq"]) if metric.startswith("piq:") else found


def protocol_works(protocol: str, signatures: Iterable[str]) -> tuple[Reference, ...]:
    """Return the works that a protocol comes from: those of its preset, and the luma's standard."""
    preset = PRESETS.get(protocol.split()[0]) if protocol else None
    citations = list(preset.citations) if preset is not None else []
    works = [one for citation in citations for one in found_in(citation)]
    if any("colour:y-bt601" in signature for signature in signatures):
        works.append(references()["itu2011bt601"])
    return tuple(works)


def recipe_works(recipe: str) -> tuple[Reference, ...]:
    """Return the works that a named recipe comes from."""
    return found_in(RECIPES[recipe].citation) if recipe in RECIPES else ()


def _all(cited: CitedRun) -> Iterator[tuple[str, _Gathered]]:
    software = _Gathered()
    software.add([srmetrics_itself(cited.run.version)])
    yield "srmetrics", software
    yield "Metrics", _metrics(cited)
    yield "Protocol", _protocol(cited)
    yield "Data set", _data(cited)
    yield "Degradation", _degradation(cited)
    yield "Upscalers", _upscalers(cited)
    yield "Classifiers", _classifiers(cited)
    yield "Statistics", _statistics(cited)
    computing = _Gathered()
    computing.add(references()[library.key] for library in software_of(cited) if library.key)
    yield "Software that computed the numbers", computing


def _metrics(cited: CitedRun) -> _Gathered:
    gathered = _Gathered()
    for metric in cited.run.metrics:
        gathered.add(metric_works(metric))
    return gathered


def _protocol(cited: CitedRun) -> _Gathered:
    gathered = _Gathered()
    works = protocol_works(cited.protocol, cited.signatures)
    # The settings of SSIM are told where a metric has them, and with them its work.
    wang = references()["wang2004ssim"]
    told = {"ssim", "ms_ssim"} & set(cited.run.metrics)
    gathered.add(one for one in (*works, *([wang] if told else [])) if one != wang or told)
    return gathered


def _data(cited: CitedRun) -> _Gathered:
    gathered = _Gathered()
    work = of_dataset(cited.dataset)
    gathered.add([work], _guess(cited.dataset, work) if work else f"{cited.dataset}: add the data set's work")
    return gathered


def _degradation(cited: CitedRun) -> _Gathered:
    gathered = _Gathered()
    recipe = cited.first["degradation"]
    if recipe:
        works = recipe_works(recipe)
        own = "" if works else f"{recipe}: add where the degradation is described"
        if recipe in RECIPES and not works:
            own = f"{recipe}: {RECIPES[recipe].citation}"
        gathered.add(works, own)
    return gathered


def _upscalers(cited: CitedRun) -> _Gathered:
    gathered = _Gathered()
    for method in cited.methods:
        work, note = upscaler_work(cited, method)
        gathered.add([work], note)
    return gathered


def upscaler_work(cited: CitedRun, method: str) -> tuple[Reference | None, str]:
    """Return the work that a method is of, by its architecture or else its name, and what is left to check or add."""
    facts = (cited.run.facts.get("upscalers") or {}).get(method)
    if method.casefold() in INTERPOLATION or (facts is not None and facts.get("trained_on") == "nothing"):
        return None, ""
    work = of_architecture(str(facts["architecture"])) if facts is not None else None
    if work is not None:
        return work, ""
    work = of_method(method)
    return work, _guess(method, work) if work else f"{method}: add the method's work"


_NETWORKS = {
    "resnet": "he2016resnet",
    "vgg": "simonyan2015vgg",
    "shufflenet_v2": "ma2018shufflenet",
    "mobilenet_v2": "sandler2018mobilenet",
    "mobilenetv2": "sandler2018mobilenet",
    "efficientnet": "tan2019efficientnet",
}
"""What the names of networks in torchvision and timm begin with."""


def classifier_works(spec: str) -> tuple[tuple[Reference, ...], str]:
    """Return the works that a classifier comes from, and what is left to add."""
    table = references()
    name, _, kind, which, _ = parse_spec(spec)
    if kind == "default":
        return (table["dalal2005hog"], table["pedregosa2011sklearn"]), ""
    if kind == "sklearn":
        return (table["pedregosa2011sklearn"],), ""
    if kind == "small-resnet":
        return (table["he2016resnet"],), ""
    if kind == "ensemble":
        parts = [classifier_works(part) for part in which.split("+")]
        return tuple(one for works, _ in parts for one in works), "; ".join(note for _, note in parts if note)
    library = {"torchvision": ("torchvision2016",), "timm": ("wightman2019timm",)}.get(kind, ())
    network = tuple(key for start, key in _NETWORKS.items() if library and which.startswith(start))
    note = "" if network else f"{name}: add the classifier's work"
    return tuple(table[key] for key in (*network, *library)), note


def _classifiers(cited: CitedRun) -> _Gathered:
    gathered = _Gathered()
    asked = cited.study.get("classification") or {}
    for spec in asked.get("classifiers", ()) if cited.classification else ():
        gathered.add(*classifier_works(spec))
    return gathered


def _statistics(cited: CitedRun) -> _Gathered:
    table, gathered = references(), _Gathered()
    if "BCa" in interval_kinds(cited):
        gathered.add([table["efron1987bca"], table["hesterberg2015bootstrap"]])
    if any(line["p"] for line in cited.comparisons):
        gathered.add([table["fisher1935design"], table["holm1979"]])
    if any(line["test"].startswith("McNemar") for line in cited.arm_comparisons):
        gathered.add([table["mcnemar1947"]])
    return gathered


def _guess(name: str, work: Reference) -> str:
    return f"{name}: taken for {work.key} by its name; check that this is the work"


def interval_kinds(cited: CitedRun) -> tuple[str, ...]:
    """Return how the intervals of the means were made: ``BCa``, ``t`` or both; nothing where there are none."""
    kinds = []
    for line in cited.board:
        if any(line[f"{column_name(metric)}_ci_low"] for metric in cited.run.metrics):
            kinds.append("BCa" if int(line["n_groups"]) >= BOOTSTRAP_UNITS else "t")
    return tuple(sorted(set(kinds)))
