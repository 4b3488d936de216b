"""Weights of a network from a file, for this study's classes: all but the last layer must fit."""

from __future__ import annotations

from typing import Any

from harness.classifiers.input_layer import replace_head
from harness.models.weights import read_tensors, state_dict_of
from srmetrics.errors import WeightsError


def load_weights(network: Any, file: str, n_classes: int) -> None:
    """Load weights into a network, and give it a fresh last layer where theirs was for another number of classes.

    Parameters
    ----------
    network : torch.nn.Module
        With three input channels and any number of classes.
    file : str
        A state_dict; read as tensors only.
    n_classes : int

    Raises
    ------
    WeightsError
        When the file cannot be read, or is of another network.
    """
    tensors = state_dict_of(read_tensors(file, "weights of torch networks"), file)
    head = replace_head(network, n_classes)
    own = network.state_dict()
    fresh = {name for name in (f"{head}.weight", f"{head}.bias") if name in tensors}
    fresh = {name for name in fresh if tensors[name].shape != own[name].shape}
    kept = {name: tensor for name, tensor in tensors.items() if name not in fresh}
    missing = sorted(set(own) - set(kept) - fresh)
    wrong = sorted(name for name in kept if name not in own or kept[name].shape != own[name].shape)
    if missing or wrong:
        raise WeightsError(
            "the weights are of another network",
            found=f"{len(missing)} tensors missing and {len(wrong)} that do not fit, such as {(missing + wrong)[0]}",
            expected=f"the {len(own)} tensors of this one",
            file=file,
        )
    network.load_state_dict(kept, strict=False)
