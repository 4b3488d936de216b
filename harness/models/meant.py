"""What a spec that names no upscaler may have meant: a kind spelt alike, a file, a folder, a network."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from pathlib import Path, PurePath

WEIGHTS_SUFFIXES = {
    ".pth": ("spandrel",), ".ckpt": ("spandrel",), ".safetensors": ("spandrel",), ".pt": ("spandrel", "torchscript"),
    ".onnx": ("onnx",), ".ts": ("torchscript",), ".jit": ("torchscript",),
}  # fmt: skip
"""What reads files of such names; ``.pt`` may hold weights or a program."""


def kind_for(text: str) -> str | None:
    """Return how a weights file or a folder is named, for a text that is one without its kind; else None."""
    place, sign, options = text.strip().partition("?")
    name, equals, rest = place.rpartition("=")
    # mine=net.pth is a named file, a=b.pth perhaps one file: what lies there says which.
    name, place = ("", place) if not equals or Path(place).exists() else (f"{name}=", rest)
    if place and Path(place).is_dir():
        return f"For a folder of outputs, write {name}dir:{place}{sign}{options}"
    kinds = WEIGHTS_SUFFIXES.get(PurePath(place).suffix.lower(), ())
    written = [f"{name}{kind}:{place}{sign}{options}" for kind in kinds]
    if len(written) > 1:
        return f"For weights, write {written[0]}; for a TorchScript program, {written[1]} and --allow-code"
    return f"For such a file, write {written[0]}" if written else None


def meant(kind: str, rest: str, names: Sequence[str]) -> str:
    """Return what ``kind:rest`` may have meant, where there is no such kind, as a way out.

    Parameters
    ----------
    kind, rest : str
        What stands before the colon and behind it.
    names : sequence of str
        The kinds that there are.
    """
    from harness.models.from_basicsr import ARCHITECTURES

    near = difflib.get_close_matches(kind.lower(), names, n=1)
    if near:
        return f"Did you mean {near[0]!r}?"
    # A folder's name has the form of a kind, and so has the drive of C:\net.pth.
    drive = f"{kind}:" if len(kind) == 1 else ""
    way_out = kind_for(drive + rest if rest else kind)
    if way_out is not None:
        return way_out
    networks = {name.lower(): name for name in ARCHITECTURES}
    like = difflib.get_close_matches(kind.lower(), networks, n=1)
    if like:
        return f"For BasicSR's network, write basicsr:{networks[like[0]]}?...&weights=FILE; for weights, spandrel:FILE"
    return "A network is named by its file, such as spandrel:weights.pth; a folder of outputs, dir:outputs/"
