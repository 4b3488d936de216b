"""``basicsr:EDSR?num_in_ch=3&...&weights=FILE``: BasicSR's networks, with the parameters that a paper states."""

from __future__ import annotations

import difflib
import inspect
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from harness.models.dependencies import require, require_torch
from harness.models.kinds import Request
from harness.models.network_options import take_channel_options
from harness.models.network_upscaler import NetworkUpscaler
from harness.models.torch_network import check_device, upscaler_of
from harness.models.upscaler import SizeNeeds, UpscalerDescription
from harness.models.weights import check_weights_file, digest_of, read_tensors, state_dict_of
from srmetrics.errors import ModelError, WeightsError

_WHO = "basicsr: upscalers"


@dataclass(frozen=True, slots=True)
class Architecture:
    """One line of `ARCHITECTURES`."""

    module: str
    """Where BasicSR defines it."""
    scale: str
    """Its parameter that holds output over input size."""
    aligned_to: str = ""
    """Its parameter that tiles and images must be a multiple of."""
    unshuffled: bool = False
    """Whether scales below 4 begin by folding pixels into channels, so that sizes must be multiples."""


ARCHITECTURES = {
    "EDSR": Architecture("basicsr.archs.edsr_arch", "upscale"),
    "RCAN": Architecture("basicsr.archs.rcan_arch", "upscale"),
    "MSRResNet": Architecture("basicsr.archs.srresnet_arch", "upscale"),
    "RRDBNet": Architecture("basicsr.archs.rrdbnet_arch", "scale", unshuffled=True),
    "SRVGGNetCompact": Architecture("basicsr.archs.srvgg_arch", "upscale"),
    "SwinIR": Architecture("basicsr.archs.swinir_arch", "upscale", aligned_to="window_size"),
}
"""The networks for single images: MSRResNet is SRGAN's generator, RRDBNet that of ESRGAN and Real-ESRGAN."""


def load(request: Request) -> NetworkUpscaler:
    """Build the network and load its weights.

    Raises
    ------
    ModelError
        When there is no such network or parameter, or it cannot be built or run with these.
    WeightsError
        When the weights are absent, refused, or those of another network.
    DependencyError
        When basicsr or torch is absent.
    """
    name = request.spec.rest
    if name not in ARCHITECTURES:
        near = difflib.get_close_matches(name, ARCHITECTURES, n=1) or [
            each for each in ARCHITECTURES if each.lower() == name.lower()
        ]
        raise ModelError(
            "BasicSR's network of this name is not known here",
            found=repr(name),
            expected=", ".join(ARCHITECTURES),
            way_out=f"Did you mean {near[0]!r}?" if near else None,
        )
    device = request.options.text("device", request.settings.device) or "cpu"
    weights, seed = request.options.text("weights"), request.options.integer("seed")
    key = request.options.text("param_key")
    options = take_channel_options(request.options)
    given = request.options.remaining()
    _check_weights_option(name, weights, seed)
    torch = require_torch(_WHO)
    with warnings.catch_warnings():
        # BasicSR imports all of its parts, whose dependencies may announce their own deprecations.
        warnings.simplefilter("ignore", category=DeprecationWarning)
        warnings.simplefilter("ignore", category=FutureWarning)
        architecture = getattr(require(ARCHITECTURES[name].module, "models", _WHO), name)
    check_device(torch, device)
    parameters = _checked_parameters(name, architecture, given)
    module = _build(torch, name, architecture, parameters, seed or 0)
    digest = None
    if weights != "random":
        file = check_weights_file(weights or "")
        _load_weights(module, state_dict_of(read_tensors(file, _WHO), file, key), name, str(file))
        digest = digest_of(file)
    stated = ", ".join(f"{each}={value}" for each, value in given.items())
    random = f"; random weights, seed {seed}" if digest is None else ""
    draft = UpscalerDescription(
        name=request.spec.name,
        spec=str(request.spec),
        architecture=f"BasicSR {name}({stated}){random}",
        scale=None,
        channels=3,
        size=_size(ARCHITECTURES[name], parameters),
        device=device,
        trained_on="nothing" if digest is None else "unknown",
        digest=digest,
    )
    upscaler = upscaler_of(module.to(device).eval(), draft, options)
    promised = parameters[ARCHITECTURES[name].scale]
    if upscaler.description.scale != promised:
        raise ModelError(
            f"{name} as described does not enlarge by its {ARCHITECTURES[name].scale}",
            found=f"x{upscaler.description.scale}",
            expected=f"x{promised}",
            way_out="Give it an upsampler: upsampler=pixelshuffle, pixelshuffledirect or nearest+conv"
            if "upsampler" in parameters
            else None,
        )
    return upscaler


def _check_weights_option(name: str, weights: str | None, seed: int | None) -> None:
    if not weights or (weights == "random") != (seed is not None):
        raise ModelError(
            f"{name} needs weights"
            if not weights
            else "a seed goes with weights=random, and weights=random with a seed",
            found=None if not weights else f"weights={weights}" + ("" if seed is None else f"&seed={seed}"),
            expected="weights=FILE, or weights=random&seed=0 for a network that has learnt nothing",
        )


def _checked_parameters(name: str, architecture: Any, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return all of the constructor's parameters, after a look at the names and types of those that are given."""
    signature = {
        each.name: each.default
        for each in inspect.signature(architecture).parameters.values()
        if each.kind is not each.VAR_KEYWORD and (each.default is each.empty or not isinstance(each.default, type))
    }
    for each, value in given.items():
        if each not in signature:
            near = difflib.get_close_matches(each, signature, n=1)
            raise ModelError(
                f"{name} has no such parameter",
                found=repr(each),
                expected=", ".join(signature),
                way_out=f"Did you mean {near[0]!r}?" if near else None,
            )
        wanted = _type_of(signature[each])
        if not _fits(value, wanted):
            raise ModelError(f"{name}: {each}= has no such value", found=repr(value), expected=wanted)
    absent = [each for each, default in signature.items() if default is inspect.Parameter.empty and each not in given]
    if absent:
        raise ModelError(
            f"{name} does not say its {' and '.join(absent)}", expected=", ".join(f"{each}=3" for each in absent)
        )
    # A single number stands for a tuple of one, as depths=6 does.
    return {
        each: (given[each],) if isinstance(default, tuple) and not isinstance(given[each], tuple) else given[each]
        for each, default in signature.items()
        if each in given
    } | {each: default for each, default in signature.items() if each not in given}


def _type_of(default: object) -> str:
    if default is inspect.Parameter.empty or (isinstance(default, int) and not isinstance(default, bool)):
        return "a whole number"
    words = {bool: "true or false", float: "a number", str: "a word", tuple: "numbers with commas between them"}
    return words.get(type(default), "anything")


def _fits(value: object, wanted: str) -> bool:
    whole = isinstance(value, int) and not isinstance(value, bool)
    number = whole or isinstance(value, float)
    if wanted == "numbers with commas between them":
        return number or (isinstance(value, tuple) and all(_fits(each, "a number") for each in value))
    return {
        "a whole number": whole,
        "a number": number,
        "true or false": isinstance(value, bool),
        "a word": isinstance(value, str),
    }.get(wanted, True)


def _build(torch: Any, name: str, architecture: Any, parameters: Mapping[str, Any], seed: int) -> Any:
    """Build the network from a seed of its own, and leave torch's global generator as it was."""
    try:
        with torch.random.fork_rng(devices=[]), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # torch's advice to the network's authors
            torch.random.manual_seed(seed)
            return architecture(**parameters)
    except Exception as error:
        # The constructor checks nothing itself: bad values end as any exception from inside torch.
        stated = ", ".join(f"{each}={value!r}" for each, value in parameters.items())
        raise ModelError(
            f"{name} cannot be built with these parameters", found=f"{type(error).__name__}: {error}", expected=stated
        ) from error


def _load_weights(module: Any, tensors: Mapping[str, Any], name: str, file: str) -> None:
    own = {each: tuple(value.shape) for each, value in module.state_dict().items()}
    theirs = {each: tuple(value.shape) for each, value in tensors.items()}
    wrong = [each for each in own if own[each] != theirs.get(each)] + [each for each in theirs if each not in own]
    if wrong:
        first = wrong[0]
        raise WeightsError(
            f"the weights are not those of {name} with these parameters",
            found=f"{len(wrong)} tensors differ; {first} is {theirs.get(first, 'absent')} in the file",
            expected=f"{first} {own.get(first, 'absent')}",
            way_out="Correct the parameters, or let spandrel:FILE find them",
            file=file,
        )
    module.load_state_dict(dict(tensors), strict=True)


def _size(architecture: Architecture, parameters: Mapping[str, Any]) -> SizeNeeds:
    multiple = int(parameters[architecture.aligned_to]) if architecture.aligned_to else 1
    if architecture.unshuffled:
        multiple = max(1, 4 // int(parameters[architecture.scale]))
    return SizeNeeds(multiple, multiple)
