"""Which libraries computed the numbers of a run, in which versions, and the work by which each is cited."""

from __future__ import annotations

import re
from dataclasses import dataclass

from harness.citation.cited_run import CitedRun
from harness.classifiers.spec import parse_spec


@dataclass(frozen=True, slots=True)
class Library:
    """One library that a run needed."""

    name: str
    """As running text has it."""
    version: str
    """Nothing where the run has not recorded it, such as a leaderboard made of several runs."""
    key: str
    """Of its work; nothing where it has none."""


_ALWAYS = {
    "python": ("Python", ""),
    "numpy": ("NumPy", "harris2020numpy"),
    "scipy": ("SciPy", "virtanen2020scipy"),
    "opencv": ("OpenCV", "bradski2000opencv"),
    "pillow": ("Pillow", "pillow"),
}
_CLASSIFYING = {
    "scikit-learn": ("scikit-learn", "pedregosa2011sklearn"),
    "scikit-image": ("scikit-image", "vanderwalt2014skimage"),
}
_RUNNING_NETWORKS = {
    "torch": ("PyTorch", "paszke2019pytorch"),
    "torchvision": ("torchvision", "torchvision2016"),
    "timm": ("timm", "wightman2019timm"),
    "onnxruntime": ("ONNX Runtime", ""),
    "piq": ("piq", "kastryulin2022piq"),
}
"""By the name under which a run records its version: the name in a sentence, and the work."""

_KINDS = {
    "torch": ("spandrel", "basicsr", "torchscript", "small-resnet", "torchvision", "timm"),
    "torchvision": ("torchvision",),
    "timm": ("timm",),
    "onnxruntime": ("onnx",),
}
"""The kinds of upscaler and classifier that need each."""


def software_of(cited: CitedRun) -> list[Library]:
    """Return the libraries that computed a run's numbers; without versions only those that every run needs."""
    versions = cited.run.facts.get("versions") or {}
    if not versions:
        return [Library(name, "", key) for name, key in _ALWAYS.values() if name in ("NumPy", "SciPy", "OpenCV")]
    known = dict(_ALWAYS)
    known |= _CLASSIFYING if cited.classification else {}
    known |= {library: known_as for library, known_as in _RUNNING_NETWORKS.items() if _runs_on(cited, library)}
    return [
        Library(name, str(versions[library]), key) for library, (name, key) in known.items() if versions.get(library)
    ]


def _runs_on(cited: CitedRun, library: str) -> bool:
    if library in ("torch", "piq") and any(metric.startswith("piq:") for metric in cited.run.metrics):
        return True
    asked = cited.study.get("classification") or {}
    specs = [str(facts.get("spec", "")) for facts in (cited.run.facts.get("upscalers") or {}).values()]
    specs += [parse_spec(text)[1] for text in asked.get("classifiers", ()) if cited.classification]
    return any(re.split(r"[:?]", spec)[0] in _KINDS.get(library, ()) for spec in specs)
