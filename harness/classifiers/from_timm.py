"""``timm:NAME``: timm's networks, untrained unless a download is allowed or a file of weights is given."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.classifiers.classifier import ClassifierDescription
from harness.classifiers.deterministic_pool import with_deterministic_pools
from harness.classifiers.from_torchvision import IMAGENET
from harness.classifiers.input_layer import INPUT_LAYERS, adapt_input
from harness.classifiers.network_weights import load_weights
from harness.classifiers.preprocessing import Preprocessing
from harness.classifiers.spec import Request
from harness.classifiers.torch_classifier import TorchClassifier
from harness.classifiers.training import take_training_settings
from harness.models.dependencies import require
from harness.models.torch_network import check_device
from srmetrics.errors import ClassifierError, WeightsError


@dataclass(frozen=True, slots=True)
class TimmMaker:
    """Builds one of timm's networks."""

    network: str
    weights: str
    """``none``, ``pretrained``, or a file."""
    input_layer: str
    size: tuple[int, int] | None
    """Given to networks that are built for one input size, such as vision transformers."""
    on_cuda: bool = False

    def __call__(self, n_classes: int, channels: int) -> Any:
        """Return the network, as `NetworkMaker`."""
        timm = require("timm", "models", "timm: classifiers")
        sized = {} if self.size is None else {"img_size": self.size}
        network = timm.create_model(
            self.network, pretrained=self.weights == "pretrained", num_classes=n_classes, **sized
        )
        if self.weights not in ("none", "pretrained"):
            load_weights(network, self.weights, n_classes)
        if self.on_cuda:
            network = with_deterministic_pools(network)
        return adapt_input(network, channels, self.input_layer)


def build(request: Request) -> TorchClassifier:
    """Make ``timm:NAME``, with the options of ``torchvision:``; ``weights=pretrained`` needs a download's leave."""
    timm = require("timm", "models", "timm: classifiers")
    torch = require("torch", "torch", "timm: classifiers")
    options = request.options
    architecture = request.which.partition(".")[0]  # what stands behind the dot names weights
    if not timm.is_model(architecture):
        # timm would take hf-hub:... for a name, and fetch it.
        near = difflib.get_close_matches(architecture, timm.list_models(), n=3)
        raise ClassifierError(
            "timm has no such network",
            found=repr(request.which),
            expected="a name as in timm.list_models()",
            way_out="Did you mean " + " or ".join(near) + "?" if near else None,
        )
    settings = take_training_settings(options)
    weights = options.text("weights") or "none"
    if weights == "pretrained" and not request.permissions.allow_download:
        raise WeightsError(
            f"the weights of {request.which} would be downloaded",
            expected="--allow-download, or weights=FILE",
            way_out="Leave weights= out to train from nothing",
        )
    if weights not in ("none", "pretrained") and not Path(weights).is_file():
        raise WeightsError("there is no such weights file", expected="none, pretrained, or a file", file=weights)
    asked = options.size()
    configuration = timm.get_pretrained_cfg(request.which, allow_unregistered=True)
    fixed = bool(configuration is not None and configuration.fixed_input_size)
    size = asked or (tuple(configuration.input_size[1:]) if fixed else None)
    input_layer = options.choice("input", INPUT_LAYERS)
    channels = options.channels()
    preprocessing = Preprocessing(size, 3 if input_layer == "repeat" else channels)
    device = check_device(torch, options.text("device") or request.permissions.device)
    moments = None
    if weights == "pretrained":
        moments = (tuple(configuration.mean), tuple(configuration.std)) if configuration is not None else IMAGENET
    description = ClassifierDescription(
        request.name,
        request.spec,
        preprocessing.size,
        preprocessing.channels,
        f"{preprocessing.words}; standardised by {'its weights' if moments else 'the training part'}'s mean and "
        f"deviation; grey through {input_layer}; weights {weights}; {settings.words}",
        needs_torch=True,
        device=device,
    )
    maker = TimmMaker(request.which, weights, input_layer, size if fixed else None, device != "cpu")
    return TorchClassifier(description, maker, preprocessing, settings, moments)
