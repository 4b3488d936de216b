"""``torchvision:NAME``: torchvision's classification networks, at any input size, from one channel or three."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

from harness.classifiers.classifier import ClassifierDescription
from harness.classifiers.deterministic_pool import with_deterministic_pools
from harness.classifiers.input_layer import INPUT_LAYERS, adapt_input, replace_head
from harness.classifiers.network_weights import load_weights
from harness.classifiers.preprocessing import Preprocessing
from harness.classifiers.spec import Request
from harness.classifiers.torch_classifier import Moments, TorchClassifier
from harness.classifiers.training import take_training_settings
from harness.models.dependencies import require
from harness.models.torch_network import check_device
from srmetrics.errors import ClassifierError, WeightsError

IMAGENET: Moments = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
"""What torchvision and most others standardise ImageNet by."""
_AUXILIARY = ("googlenet", "inception_v3")  # these can have second heads, which are left out


@dataclass(frozen=True, slots=True)
class TorchvisionMaker:
    """Builds one of torchvision's networks."""

    network: str
    weights: str
    """``none``, ``imagenet``, or a file."""
    input_layer: str
    on_cuda: bool = False

    def __call__(self, n_classes: int, channels: int) -> Any:
        """Return the network, as `NetworkMaker`."""
        models = require("torchvision.models", "torch", "torchvision: classifiers")
        extra = {"aux_logits": False, "init_weights": self.weights == "none"} if self.network in _AUXILIARY else {}
        if self.weights == "imagenet":
            chosen = models.get_model_weights(self.network).DEFAULT
            kept = {"aux_logits": True} if self.network in _AUXILIARY else {}
            network = models.get_model(self.network, weights=chosen, progress=False, **kept)
            if self.network in _AUXILIARY:
                network.aux_logits, network.transform_input = False, False
                for name in ("AuxLogits", "aux1", "aux2"):
                    if hasattr(network, name):
                        setattr(network, name, None)
            replace_head(network, n_classes)
        else:
            network = models.get_model(self.network, weights=None, num_classes=n_classes, **extra)
            if self.weights != "none":
                load_weights(network, self.weights, n_classes)
        if self.on_cuda:
            network = with_deterministic_pools(network)
        return adapt_input(network, channels, self.input_layer)


def build(request: Request) -> TorchClassifier:
    """Make ``torchvision:NAME?size=&epochs=&batch=&rate=&decay=&augment=&weights=&input=&channels=&device=``."""
    torch = require("torch", "torch", "torchvision: classifiers")
    models = require("torchvision.models", "torch", "torchvision: classifiers")
    options = request.options
    network = _known(request.which, models.list_models(module=models))
    settings = take_training_settings(options)
    weights = options.text("weights") or "none"
    if weights == "imagenet":
        _check_cached(torch, models.get_model_weights(network).DEFAULT, request)
    elif weights != "none" and not Path(weights).is_file():
        raise WeightsError("there is no such weights file", expected="none, imagenet, or a file", file=weights)
    input_layer = options.choice("input", INPUT_LAYERS)
    channels = options.channels()
    preprocessing = Preprocessing(options.size(), 3 if input_layer == "repeat" else channels)
    device = check_device(torch, options.text("device") or request.permissions.device)
    moments = IMAGENET if weights == "imagenet" else None
    description = ClassifierDescription(
        request.name,
        request.spec,
        preprocessing.size,
        preprocessing.channels,
        f"{preprocessing.words}; standardised by {'ImageNet' if moments else 'the training part'}'s mean and "
        f"deviation; grey through {input_layer}; weights {weights}; {settings.words}",
        needs_torch=True,
        device=device,
    )
    maker = TorchvisionMaker(network, weights, input_layer, device != "cpu")
    return TorchClassifier(description, maker, preprocessing, settings, moments)


def _known(name: str, names: list[str]) -> str:
    if name.lower() in names:
        return name.lower()
    near = difflib.get_close_matches(name.lower(), names, n=3, cutoff=0.5)
    raise ClassifierError(
        "torchvision has no such classification network",
        found=repr(name),
        expected="a name as in torchvision.models.list_models()",
        way_out="Did you mean " + " or ".join(near) + "?" if near else None,
    )


def _check_cached(torch: Any, weights: Any, request: Request) -> None:
    """Refuse to download weights that nobody allowed to be downloaded."""
    cached = Path(torch.hub.get_dir()) / "checkpoints" / Path(urlparse(weights.url).path).name
    if not (request.permissions.allow_download or cached.is_file()):
        raise WeightsError(
            f"the ImageNet weights of {request.which} are not on this machine",
            expected="--allow-download, or the file that it would fetch",
            way_out=f"Fetch it yourself: {weights.url}",
            file=cached,
        )
