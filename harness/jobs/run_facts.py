"""What ``run.json`` records so that others can check a run: the files that were read, their pixels, the machine."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from harness.engine.row import InputDigest
from harness.images import ImageFile

MODULES = {"numpy": "numpy", "scipy": "scipy", "opencv": "cv2", "pillow": "PIL"}
"""What computes numbers, by its name in ``run.json``."""

PIQ_MODULES = {"torch": "torch", "piq": "piq"}
"""What computes them too where a metric is ``piq:NAME``."""


@dataclass(frozen=True, slots=True)
class FilesRead:
    """The files of one role (references, masks, or one method's outputs) that were read from one place."""

    root: Path
    """The folder that names are relative to."""
    files: Mapping[str, ImageFile]
    """Key of the reference to the file."""

    def facts(self) -> dict[str, object]:
        """Return root, field of ``.mat`` files, and the name of the file of every key."""
        root = Path(os.path.abspath(self.root))  # noqa: PTH100 - links stay as they were named
        fields = {file.field for file in self.files.values()}
        return {
            "root": str(root),
            "field": fields.pop() if len(fields) == 1 else None,
            "names": {
                key: Path(os.path.relpath(os.path.abspath(file.path), root)).as_posix()  # noqa: PTH100
                for key, file in self.files.items()
            },
        }


def file_facts(reference: FilesRead, mask: FilesRead | None, candidates: Mapping[str, FilesRead]) -> dict[str, object]:
    """Return where the files of a run lay and what they were called, by role."""
    return {
        "reference": reference.facts(),
        "mask": None if mask is None else mask.facts(),
        "candidates": {method: files.facts() for method, files in candidates.items()},
    }


def decoded_facts(digests: Iterable[InputDigest]) -> dict[str, dict[str, str]]:
    """Return the shape and type of every decoded reference and mask, such as ``512x512x3 uint8``."""
    decoded: dict[str, dict[str, str]] = {"reference": {}, "mask": {}}
    for one in sorted(digests, key=lambda each: (each.role, each.image)):
        if one.role in decoded:
            decoded[one.role][one.image] = f"{'x'.join(map(str, one.shape))} {one.dtype}"
    return decoded


def machine_facts() -> dict[str, object]:
    """Return what the last bits of a number hang on beside versions: the instructions that are used among them."""
    import cv2
    import numpy as np

    found = np.show_config(mode="dicts")
    simd = found.get("SIMD Extensions", {}).get("found", []) if isinstance(found, dict) else []
    return {
        "system": platform.system(),
        "processor": platform.machine(),
        "cores": os.cpu_count(),
        "simd": f"numpy {' '.join(simd)}; opencv {cv2.getCPUFeaturesLine()}",
    }


def versions_of(metrics: Iterable[str]) -> dict[str, str]:
    """Return the versions of what computes the numbers, asked of the modules: a wheel can bear several names."""
    from importlib import import_module

    wanted = MODULES | (PIQ_MODULES if any(metric.startswith("piq:") for metric in metrics) else {})
    found = {name: str(import_module(module).__version__) for name, module in wanted.items()}
    return {"python": platform.python_version(), **found}
