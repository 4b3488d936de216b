"""One-channel images into networks that were made for three, and the last layer for other classes."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

from srmetrics.errors import ClassifierError

InputLayer: TypeAlias = Literal["first-layer", "learned", "repeat"]
INPUT_LAYERS: tuple[InputLayer, ...] = ("first-layer", "learned", "repeat")
"""How a network of three channels sees a grey image: through a first convolution whose weights are summed over the
channels; through a learned 1 x 1 convolution from one channel to three, as ResNet50-1d does; or three times."""


def adapt_input(network: Any, channels: int, how: str) -> Any:
    """Make a three-channel network take images of so many channels.

    Before training, ``first-layer`` and ``learned`` both give what the network gives for the grey image repeated
    in three channels.

    Parameters
    ----------
    network : torch.nn.Module
    channels : int
        1 or 3.
    how : {"first-layer", "learned", "repeat"}

    Returns
    -------
    torch.nn.Module
        The network itself, changed, or one around it.

    Raises
    ------
    ClassifierError
        When the network begins with no convolution of three channels.
    """
    import torch

    if channels == 3:
        return network
    if how == "learned":
        layer = torch.nn.Conv2d(1, 3, kernel_size=1)
        with torch.no_grad():
            layer.weight.fill_(1.0)
            layer.bias.fill_(0.0)
        return torch.nn.Sequential(layer, network)
    for path, module in network.named_modules():
        if isinstance(module, torch.nn.Conv2d):
            if module.in_channels != 3 or module.groups != 1:
                break
            _replace(network, path, _summed_over_channels(module))
            return network
    raise ClassifierError(
        "the network does not begin with a convolution of three channels",
        expected="one whose weights can be summed over the channels",
        way_out="Use ?input=learned or ?input=repeat",
    )


def replace_head(network: Any, n_classes: int) -> str:
    """Put a fresh last linear layer for `n_classes` into a network, and return the name that the old one had.

    Raises
    ------
    ClassifierError
        When the network has no linear layer.
    """
    import torch

    linear = [(path, module) for path, module in network.named_modules() if isinstance(module, torch.nn.Linear)]
    if not linear:
        raise ClassifierError("the network has no last linear layer to replace", way_out="Train it without weights")
    path, module = linear[-1]
    _replace(network, path, torch.nn.Linear(module.in_features, n_classes))
    return str(path)


def _summed_over_channels(module: Any) -> Any:
    import torch

    layer = torch.nn.Conv2d(
        1,
        module.out_channels,
        module.kernel_size,
        stride=module.stride,
        padding=module.padding,
        dilation=module.dilation,
        bias=module.bias is not None,
        padding_mode=module.padding_mode,
    )
    with torch.no_grad():
        layer.weight.copy_(module.weight.sum(dim=1, keepdim=True))
        if module.bias is not None:
            layer.bias.copy_(module.bias)
    return layer


def _replace(network: Any, path: str, module: Any) -> None:
    parent, _, name = path.rpartition(".")
    setattr(network.get_submodule(parent), name, module)
