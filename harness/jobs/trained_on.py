"""Upscalers that were trained on images of this very study, where they say what they were trained on."""

from __future__ import annotations

from collections.abc import Mapping, Set
from pathlib import Path

from harness.classifiers.identical import identical_images, shown
from harness.images import find_images
from harness.jobs.arms import References
from harness.jobs.layouts import BenchImage
from harness.models import UpscalerDescription
from srmetrics.errors import LeakageError


def refuse_known_images(
    described: Mapping[str, UpscalerDescription],
    references: References,
    set_aside: Set[str],
    *,
    allow_leakage: bool,
) -> tuple[str, ...]:
    """Look for this study's images among those that upscalers state as ``trained_on``, flipped or turned too.

    Parameters
    ----------
    described : mapping of str to UpscalerDescription
        By method. What is stated and is no folder here cannot be looked at.
    references : References
        The study's images.
    set_aside : set of str
        Images that upscalers may have been trained on: ``sr_train``.
    allow_leakage : bool
        Say it in a note, instead of stopping.

    Raises
    ------
    LeakageError
        Naming method and images.
    """
    notes = []
    for method, one in described.items():
        if not Path(one.trained_on).is_dir():
            continue
        known = {
            f"trained_on/{file.key}": BenchImage(file.key, file, 0, "", None, "")
            for file in find_images(one.trained_on).files
        }
        both = {f"study/{key}": image for key, image in references.images.items()} | known
        same = identical_images(References(both, references.scale, references.convert))
        found = sorted(
            key.removeprefix("study/")
            for keys in same
            if any(key.startswith("trained_on/") for key in keys)
            for key in keys
            if key.startswith("study/") and key.removeprefix("study/") not in set_aside
        )
        if found and not allow_leakage:
            raise LeakageError(
                f"the upscaler {method!r} was trained on images of this study",
                found=f"{len(found)}: {shown([repr(key) for key in found])}",
                expected="images that it never saw",
                way_out="Leave them out, set them aside (sr_train), or --allow-leakage to go on with a note",
                file=one.trained_on,
            )
        if found:
            notes.append(f"leakage allowed: {method} was trained on {len(found)} of these images, such as {found[0]!r}")
    return tuple(notes)
