"""``torchscript:model.ts``: a network saved as a program. It runs that program."""

from __future__ import annotations

import warnings

from harness.models.dependencies import require_torch
from harness.models.kinds import Request
from harness.models.network_options import take_network_options
from harness.models.network_upscaler import NetworkUpscaler
from harness.models.torch_network import check_device, upscaler_of
from harness.models.upscaler import UpscalerDescription
from harness.models.weights import check_weights_file, digest_of
from srmetrics.errors import ModelError, WeightsError


def load(request: Request) -> NetworkUpscaler:
    """Load the program, and find its channels and scale by running it.

    Raises
    ------
    WeightsError
        When the file is absent, or no TorchScript.
    ModelError
        When it does not enlarge images.
    DependencyError
        When torch is absent.
    """
    device = request.options.text("device", request.settings.device) or "cpu"
    options = take_network_options(request.options)
    request.options.close()
    file = check_weights_file(request.spec.rest)
    torch = require_torch("torchscript: upscalers")
    check_device(torch, device)
    try:
        with warnings.catch_warnings():
            # torch advises its own later format; files in this one stay in use, and their user can do nothing here.
            warnings.simplefilter("ignore", category=FutureWarning)
            warnings.simplefilter("ignore", category=DeprecationWarning)
            module = torch.jit.load(str(file), map_location=device).eval()
    except Exception as error:
        # The reader stumbles over a file of another kind in many ways.
        raise WeightsError(
            "the file holds no TorchScript program",
            found=f"{type(error).__name__}: {(str(error).strip() or '?').splitlines()[0]}",
            way_out="For weights alone, write spandrel: or basicsr:",
            file=file,
        ) from error
    draft = UpscalerDescription(
        name=request.spec.name,
        spec=str(request.spec),
        architecture=f"TorchScript {module.original_name}",
        scale=None,
        channels=3,
        size=options.size,
        device=device,
        digest=digest_of(file),
        needs_code=True,
    )
    try:
        return upscaler_of(module, draft, options)
    except ModelError as error:
        raise error.in_file(file) from error
