"""What the workers of a Dask cluster must have: this machine's versions, and its files."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from srmetrics.errors import WorkerError

PACKAGES = (
    "srmetrics",
    "numpy",
    "scipy",
    "opencv",
    "pillow",
    "scikit-image",
    "scikit-learn",
    "torch",
    "torchvision",
    "timm",
    "spandrel",
    "onnxruntime",
)
"""What results depend on. Those that are not installed here are not asked for there."""

Probe = Callable[[Sequence[str], Sequence[str]], "Found"]
Found = dict[str, Any]
"""``versions``: package to version, None where it is absent; ``absent``: those of the paths that are not there."""


@dataclass(frozen=True, slots=True)
class Needs:
    """What every worker must have."""

    versions: Mapping[str, str | None]
    paths: tuple[str, ...]

    @classmethod
    def of_here(cls, paths: Sequence[Path]) -> Needs:
        """Return this machine's versions, and these paths made absolute."""
        return cls(make_probe()(PACKAGES, ())["versions"], tuple(str(path.resolve()) for path in paths))

    def check(self, worker: str, found: Found) -> None:
        """Compare what a worker has with what it needs.

        Raises
        ------
        WorkerError
            Naming the worker and the first package or path that it lacks.
        """
        for package, version in self.versions.items():
            there = found["versions"].get(package)
            if version is not None and there != version:
                raise WorkerError(
                    f"the Dask worker {worker} has another version of {package}",
                    found=there or "none",
                    expected=f"{version}, as here",
                    way_out="Install the same versions on every worker: their results would differ otherwise",
                )
        for path in found["absent"]:
            raise WorkerError(
                f"the Dask worker {worker} does not see the file or folder {path}",
                way_out="Put the files on a file system that every worker shares, under the same path",
            )


def make_probe() -> Probe:
    """Return the function that says what a machine has.

    A function of a function is sent whole, where others are sent by name: it works on a worker that lacks srmetrics.
    """

    def probe(packages: Sequence[str], paths: Sequence[str]) -> Found:
        import sys
        from importlib import import_module
        from importlib.metadata import version
        from pathlib import Path

        # OpenCV comes under several names, and a source tree on the path has no metadata.
        told_by_module = {"opencv": ("cv2", "__version__"), "srmetrics": ("srmetrics.version", "VERSION")}
        versions: dict[str, str | None] = {"python": ".".join(map(str, sys.version_info[:2]))}
        for package in packages:
            try:
                if package in told_by_module:
                    module, attribute = told_by_module[package]
                    versions[package] = str(getattr(import_module(module), attribute))
                else:
                    versions[package] = version(package)
            except Exception:  # A package that cannot be imported is as good as absent.
                versions[package] = None
        return {"versions": versions, "absent": [path for path in paths if not Path(path).exists()]}

    return probe
