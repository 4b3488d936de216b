"""``spandrel:weights.pth``: weights whose architecture is recognised by the names and shapes of their tensors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from harness.models.dependencies import require, require_torch
from harness.models.kinds import Request
from harness.models.network_options import take_channel_options
from harness.models.network_upscaler import NetworkUpscaler
from harness.models.torch_network import check_device, count_parameters, upscaler_of
from harness.models.upscaler import SizeNeeds, UpscalerDescription
from harness.models.weights import check_weights_file, digest_of, read_tensors
from srmetrics.errors import ModelError, WeightsError

_WHO = "spandrel: upscalers"


def load(request: Request) -> NetworkUpscaler:
    """Read the weights as tensors only, find their architecture, and make the network.

    Raises
    ------
    WeightsError
        When the file is absent, corrupt, a program, of no known architecture, or not for super-resolution.
    DependencyError
        When spandrel or torch is absent.
    """
    device = request.options.text("device", request.settings.device) or "cpu"
    options = take_channel_options(request.options)
    request.options.close()
    file = check_weights_file(request.spec.rest)
    torch = require_torch(_WHO)
    spandrel = require("spandrel", "models", _WHO)
    check_device(torch, device)
    tensors = spandrel.canonicalize_state_dict(read_tensors(file, _WHO))
    try:
        # Never load_from_file: for .pt files it would open TorchScript, which is a program.
        found = spandrel.ModelLoader(device=device).load_from_state_dict(tensors)
    except Exception as error:
        # Besides its own UnsupportedModelError: missing tensors and odd shapes show as KeyError and others.
        unknown = isinstance(error, spandrel.UnsupportedModelError)
        raise WeightsError(
            "no architecture is known for these weights" if unknown else "the weights do not fit their architecture",
            found=f"{len(tensors)} entries, such as {', '.join(map(str, list(tensors)[:3]))}"
            if unknown
            else f"{type(error).__name__}: {(str(error).strip() or '?').splitlines()[0]}",
            way_out="Name the architecture: basicsr:EDSR?...&weights=FILE, or export the network to ONNX",
            file=file,
        ) from error
    if not isinstance(found, spandrel.ImageModelDescriptor) or found.purpose not in ("SR", "FaceSR") or found.scale < 2:
        raise WeightsError(
            "the weights are not for super-resolution",
            found=f"{found.architecture.name}, for {found.purpose}, scale {getattr(found, 'scale', 1)}",
            file=file,
        )
    found.eval()
    needs = found.size_requirements
    size = SizeNeeds(needs.multiple_of, max(needs.minimum, 1))
    tags = f" ({', '.join(found.tags)})" if found.tags else ""
    draft = UpscalerDescription(
        name=request.spec.name,
        spec=str(request.spec),
        architecture=f"{found.architecture.name}{tags}",
        scale=int(found.scale),
        channels=3,
        size=size,
        device=device,
        digest=digest_of(file),
        parameters=count_parameters(found.model),
    )
    channels = int(found.input_channels)
    if channels != found.output_channels or channels not in (1, 3):
        raise WeightsError(
            "the network does not take and return images of one or three channels",
            found=f"{channels} in, {found.output_channels} out",
            file=file,
        )
    try:
        call = _plain_call(torch, found, channels, size, device)
        return upscaler_of(call, draft, replace(options, channels=options.mode(channels)))
    except ModelError as error:
        raise error.in_file(file) from error


def _plain_call(torch: Any, found: Any, channels: int, size: SizeNeeds, device: str) -> Callable[[Any], Any]:
    """Return the network itself where it needs nothing around it: spandrel's own call also clips to 0..1.

    Clipping before the mean of a self-ensemble, or before values that are kept as floats, would lose what the network
    says beyond black and white.
    """
    side = -(-max(size.minimum, 16) // size.multiple) * size.multiple
    image = torch.linspace(0, 1, side * side * channels, device=device).reshape(1, channels, side, side)
    with torch.inference_mode():
        wrapped = found(image.clone())
        try:
            plain = found.model(image.clone())
        except Exception:
            return found  # type: ignore[no-any-return]  # it is called with more than an image
        if isinstance(plain, torch.Tensor) and plain.shape == wrapped.shape and torch.equal(plain.clamp(0, 1), wrapped):
            return found.model  # type: ignore[no-any-return]
    return found  # type: ignore[no-any-return]
