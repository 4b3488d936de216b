"""What a step drew, in a few words, and the steps inside steps one by one."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from degradations.pipeline import ChooseOne, EitherOrder, InOrder, Maybe, Shuffled, apply_steps
from degradations.step import Image, Record, Step

_RESIZES = ("resize-by", "resize-to", "shrink", "resize-matlab")
_NOISES = {
    "gaussian-noise": "Gaussian noise",
    "poisson-noise": "Poisson noise",
    "correlated-noise": "correlated noise",
    "wrapped-noise": "noise, wrapped",
}


@dataclass(frozen=True, slots=True)
class Done:
    """One plain step that was applied, or left out."""

    step: Step
    record: Record | None
    """What it drew; None if chance left it out."""
    before: Image
    after: Image


def plain_steps(step: Step, record: Record, image: Image) -> Iterator[Done]:
    """Apply a step, giving the plain steps inside it one by one."""
    if isinstance(step, Maybe):
        if record["done"]:
            yield from plain_steps(step.step, record["draw"], image)
        else:
            yield Done(step.step, None, image, image)
        return
    if isinstance(step, ChooseOne):
        yield from plain_steps(step.steps[record["chosen"]], record["draw"], image)
        return
    inside = _inside(step, record)
    if inside is None:
        yield Done(step, record, image, apply_steps((step,), image, (record,)))
        return
    for each, drawn in zip(inside, record["draws"], strict=True):
        for done in plain_steps(each, drawn, image):
            image = done.after
            yield done


def _inside(step: Step, record: Record) -> list[Step] | None:
    if isinstance(step, InOrder):
        return list(step.steps)
    if isinstance(step, EitherOrder):
        return [step.second, step.first] if record["swapped"] else [step.first, step.second]
    if isinstance(step, Shuffled):
        return [step.steps[position] for position in record["order"]]
    return None


def in_words(done: Done) -> tuple[str, str]:
    """Say what was done: a title of a few words, and the drawn numbers in at most two short lines."""
    kind, record = done.step.kind, done.record
    if record is None:
        return "JPEG" if kind == "jpeg" else kind.replace("-", " "), "left out"
    if "family" in record:
        return _kernel_in_words(record)
    if kind in _RESIZES:
        rule = record.get("rule", "matlab-" + str(getattr(done.step, "kernel", "bicubic")))
        library, _, kernel = rule.partition("-")
        return f"resize, {kernel}", f"{_size(done.before)} → {_size(done.after)}\n{_library(library)}"
    if kind in _NOISES:
        return _noise_in_words(done)
    if kind == "jpeg":
        return "JPEG", f"quality {record['quality']}"
    if kind == "sharpen":
        return "sharpen", f"{getattr(done.step, 'size', 0)}×{getattr(done.step, 'size', 0)}, unsharp masking"
    if kind == "gaussian-blur":
        size, sigma = getattr(done.step, "size", 0), getattr(done.step, "sigma", None)
        return "blur, Gaussian", f"{size}×{size}" + (f", σ {sigma:g}" if sigma is not None else "")
    names = {"sigma": "σ"}
    numbers = ", ".join(
        f"{names.get(name, name)} {_short(value)}" for name, value in record.items() if _is_plain(value)
    )
    sizes = "" if done.before.shape[:2] == done.after.shape[:2] else f"{_size(done.before)} → {_size(done.after)}"
    return kind.replace("-", " "), "\n".join(line for line in (sizes, numbers) if line)


def _kernel_in_words(record: Record) -> tuple[str, str]:
    family, size = record["family"], record["size"]
    if family == "sinc":
        return "blur, sinc", f"{size}×{size}\ncutoff {record['cutoff']:.2f} rad"
    names = {"iso": "Gaussian", "aniso": "Gaussian", "generalised": "generalised", "plateau": "plateau"}
    shape = f", β {record['beta']:.2f}" if "beta" in record else ""
    spread = f"σ {record['sigma_x']:.2f}"
    if "sigma_y" in record:
        spread += f", {record['sigma_y']:.2f}, {math.degrees(record['rotation']):.0f}°"
    return f"blur, {names[family.removesuffix('-iso').removesuffix('-aniso')]}", f"{size}×{size}{shape}\n{spread}"


def _noise_in_words(done: Done) -> tuple[str, str]:
    record = done.record or {}
    strength = f"scale {record['scale']:.2f}" if "scale" in record else ""
    if not strength:
        sigma = record.get("sigma", getattr(done.step, "sigma", 0.0))
        strength = f"σ {sigma:.1f}"
    grey = "" if "grey" not in record else (", grey" if record["grey"] else ", colour")
    return _NOISES[done.step.kind], strength + (grey if done.after.ndim == 3 else "")


def _size(image: Image) -> str:
    return f"{image.shape[1]}×{image.shape[0]}"


def _library(name: str) -> str:
    return {"opencv": "OpenCV", "matlab": "MATLAB", "pillow": "Pillow"}.get(name, name)


def _is_plain(value: object) -> bool:
    return isinstance(value, int | float | str | bool)


def _short(value: object) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)
