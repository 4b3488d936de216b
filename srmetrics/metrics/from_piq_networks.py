"""The networks of ``piq:lpips`` and ``piq:dists``: finding their weights on this machine and loading them.

piq itself downloads missing weights and unpickles them freely. Here nothing is downloaded, and files are read with
``weights_only=True``, so that they can hold numbers and no program.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from srmetrics.errors import WeightsError


class WeightsFile(NamedTuple):
    """A file that a network needs: its name in torch's hub cache, and where its publishers offer it."""

    name: str
    url: str


VGG16 = WeightsFile("vgg16-397923af.pth", "https://download.pytorch.org/models/vgg16-397923af.pth")
LINEAR = {
    "piq:lpips": WeightsFile(
        "lpips_weights.pt",
        "https://github.com/photosynthesis-team/photosynthesis.metrics/releases/download/v0.4.0/lpips_weights.pt",
    ),
    "piq:dists": WeightsFile(
        "dists_weights.pt",
        "https://github.com/photosynthesis-team/piq/releases/download/v0.4.1/dists_weights.pt",
    ),
}
"""piq's own weights of each network, beside VGG16's from torchvision."""

LAYERS = ("3", "8", "15", "22", "29")
"""relu1_2, relu2_2, relu3_3, relu4_3 and relu5_3 of VGG16, by torchvision's numbers."""
CHANNELS = (64, 128, 256, 512, 512)
"""Their channels."""


def find_weights(name: str) -> tuple[Path, Path]:
    """Return the paths of VGG16's weights and of a network's own in torch's hub cache.

    Raises
    ------
    WeightsError
        Naming every absent file, where it can be had and where it belongs.
    """
    import torch

    folder = Path(torch.hub.get_dir()) / "checkpoints"
    files = (VGG16, LINEAR[name])
    absent = [file for file in files if not (folder / file.name).is_file()]
    if absent:
        raise WeightsError(
            f"the weights of {name} are not on this machine",
            found="no " + " and no ".join(file.name for file in absent) + f" in {folder}",
            way_out="Nothing is downloaded without being asked for. Save "
            + " and ".join(f"{file.url} as {folder / file.name}" for file in absent)
            + ", or set TORCH_HOME to the folder whose hub/checkpoints holds them",
            file=folder / absent[0].name,
        )
    return folder / VGG16.name, folder / LINEAR[name].name


@lru_cache(maxsize=2)
def load_network(name: str, paths: tuple[Path, Path]) -> tuple[Any, tuple[str, ...]]:
    """Return a network ready to be called with a candidate and a reference, and notes on its weights.

    Raises
    ------
    WeightsError
        When a file does not hold the weights that its name promises.
    """
    import piq
    import torch
    from piq.perceptual import ContentLoss
    from torchvision.models import vgg16

    state = _read(paths[0])
    own = _read(paths[1])
    # On the meta device nothing is allocated: the classifier's 120 million weights are never needed.
    with torch.device("meta"):
        features = vgg16(weights=None).features
    try:
        features.load_state_dict(_features_of(state), assign=True)
    except (RuntimeError, TypeError, AttributeError) as error:
        raise _unexpected(paths[0], "VGG16's weights, features.0.weight to features.28.bias", error) from error
    kind = piq.LPIPS if name == "piq:lpips" else piq.DISTS
    network = kind.__new__(kind)
    # The two classes' own constructors download; their common parent's takes a network and weights that are there.
    if name == "piq:lpips":
        ContentLoss.__init__(
            network, features, layers=LAYERS, weights=_lpips_weights(own, paths[1]), normalize_features=True
        )
    else:
        ContentLoss.__init__(
            network,
            features,
            layers=LAYERS,
            weights=_dists_weights(own, paths[1]),
            replace_pooling=True,
            allow_layers_weights_mismatch=True,
        )
    return network.eval(), _checksum_notes(paths[0])


def _read(path: Path) -> Any:
    import torch

    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # what a mangled file raises depends on where it is mangled
        raise _unexpected(path, "weights as torch.save writes them, and no other Python objects", error) from error


def _features_of(state: Any) -> dict[str, Any]:
    return {key.removeprefix("features."): value for key, value in state.items() if key.startswith("features.")}


def _lpips_weights(own: Any, path: Path) -> list[Any]:
    expected = [(1, channels, 1, 1) for channels in CHANNELS]
    if not isinstance(own, list | tuple) or [_shape(weight) for weight in own] != expected:
        raise _unexpected(path, f"a list of tensors of shapes {expected}", _outline(own))
    return list(own)


def _dists_weights(own: Any, path: Path) -> list[Any]:
    import torch

    # The image itself, three channels, is the first of DISTS's six layers.
    channels = [3, *CHANNELS]
    expected = dict.fromkeys(("alpha", "beta"), (1, sum(channels), 1, 1))
    if not isinstance(own, Mapping) or {key: _shape(own.get(key)) for key in expected} != expected:
        raise _unexpected(path, f"tensors of shapes {expected}", _outline(own))
    return [part for key in expected for part in torch.split(own[key], channels, dim=1)]


def _shape(weight: Any) -> tuple[int, ...] | None:
    return tuple(weight.shape) if hasattr(weight, "shape") else None


def _outline(own: Any) -> str:
    if isinstance(own, Mapping):
        return f"tensors called {', '.join(map(str, own))}"
    return f"a {type(own).__name__}" + (f" of {len(own)}" if isinstance(own, list | tuple) else "")


def _unexpected(path: Path, expected: str, found: object) -> WeightsError:
    if isinstance(found, Exception):
        found = f"{type(found).__name__}: {str(found).strip().partition(chr(10))[0]}"
    return WeightsError(
        "this file does not hold the weights that its name promises",
        found=found,
        expected=expected,
        way_out="Delete it and save it again from where its publishers offer it",
        file=path,
    )


def _checksum_notes(path: Path) -> tuple[str, ...]:
    """Return a warning when a file's SHA-256 does not begin as torchvision wrote it into the file's name."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    named = re.search(r"-([0-9a-f]{8,})\.", path.name)
    if named is None or digest.startswith(named[1]):
        return ()
    return (f"{path.name} is not the published file (SHA-256 {digest[:8]}...): its scores cannot be compared",)
