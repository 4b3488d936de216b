"""A protocol in words, fit for the Methods section of a paper, with its citations."""

from __future__ import annotations

from srmetrics.fields import parse_value_window, shortest, window_sigma, window_size
from srmetrics.presets import BT601, PRESETS, WANG_2004
from srmetrics.presets import find_protocol as _find
from srmetrics.protocol import EvaluationProtocol
from srmetrics.signature import parse_signature
from srmetrics.version import VERSION


def explain(protocol: str | EvaluationProtocol) -> str:
    """Return one paragraph that says what a protocol computes, and the works to cite.

    Parameters
    ----------
    protocol : str or EvaluationProtocol
        A preset's name, a signature, or a protocol.

    Returns
    -------
    str
        The paragraph, an empty line, and a reference to a line.

    Raises
    ------
    ProtocolError
        When there is no such preset, or the signature is malformed.
    """
    version = parse_signature(protocol).version if isinstance(protocol, str) and "|" in protocol else VERSION
    chosen = _find(protocol)
    sentences = [
        *_before_scoring(chosen),
        _psnr(chosen),
        _ssim(chosen),
        _region(chosen),
        f"Scores were computed in double precision with srmetrics {version}.",
    ]
    paragraph = " ".join(sentence for sentence in sentences if sentence)
    return "\n".join([paragraph, "", *_citations(protocol, chosen)])


def _before_scoring(protocol: EvaluationProtocol) -> list[str]:
    colour = {
        "all-channels": "Images were scored on all their channels as stored",
        "mean-of-channels": "Each channel was scored by itself and the scores averaged",
        "y-bt601": "RGB images were scored on their luma, the studio-range Y (16-235) of ITU-R BT.601 as MATLAB's "
        "rgb2ycbcr computes it",
        "luma-bt601": "RGB images were scored on their full-range luma 0.299 R + 0.587 G + 0.114 B",
    }[protocol.colour]
    if protocol.colour in ("y-bt601", "luma-bt601"):
        colour += ", rounded to integers" if protocol.round == "integer" else ", unrounded"
    colour += ", one-channel images as they are" if protocol.grey == "keep" else ", one-channel images expanded to RGB"
    cut = _border(protocol.crop)
    sentences = [colour + (f"; {cut} was cut from each side before scoring." if cut else ".")]
    if protocol.align.startswith("modcrop"):
        multiple = protocol.align.partition("-")[2] or "the scale"
        sentences.insert(0, f"References were cut at the bottom and right to a multiple of {multiple}.")
    elif protocol.align == "crop":
        sentences.insert(0, "Images of different sizes were both cut to their common top-left part.")
    elif protocol.align.startswith("resize-"):
        rule = protocol.align.removeprefix("resize-opencv-")
        sentences.insert(0, f"Outputs were resized to the reference's size by OpenCV's {rule} interpolation.")
    if protocol.alpha != "error":
        done = "dropped" if protocol.alpha == "drop" else "composited over white"
        rounded = protocol.alpha == "composite" and protocol.round == "integer"
        sentences.append(f"Alpha channels were {done}{' and the result rounded to integers' if rounded else ''}.")
    if protocol.value_window != "none":
        centre, width = parse_value_window(protocol.value_window)
        sentences.append(
            "Values were first mapped to 0-255 by the DICOM linear window with centre "
            f"{shortest(centre)} and width {shortest(width)}."
        )
    return sentences


def _border(crop: int | str) -> str:
    if isinstance(crop, int):
        return f"a border of {crop} pixel{'' if crop == 1 else 's'}" if crop else ""
    rule, _, more = crop.partition("+")
    return f"a border of {rule} + {more} pixels" if more else "a border as wide as the scale factor"


def _span(protocol: EvaluationProtocol) -> str:
    if protocol.value_window != "none":
        return "255"
    if isinstance(protocol.range, float):
        return shortest(protocol.range)
    return {
        "dtype": "the full range of the stored type (255 for 8 bits)",
        "given": "the stated data range",
        "reference-max": f"the largest value of the reference {protocol.pooling}",
    }[protocol.range]


def _psnr(protocol: EvaluationProtocol) -> str:
    over = "volume" if protocol.pooling == "volume" else "image"
    text = f"PSNR is 10 log10(L^2 / MSE) with L = {_span(protocol)} and one MSE per {over}"
    if protocol.psnr_eps is not None:
        text += f", {shortest(protocol.psnr_eps)} being added to the MSE of values scaled to 0-1"
    if protocol.psnr_cap is not None:
        text += f", capped at {shortest(protocol.psnr_cap)} dB"
    return text + "."


def _ssim(protocol: EvaluationProtocol) -> str:
    size, sigma = window_size(protocol.window), window_sigma(protocol.window)
    kind, spread = ("uniform", "") if sigma is None else ("Gaussian", f" (sigma {shortest(sigma)})")
    shape = f"{kind} windows of {size} x {size} pixels{spread}"
    edges = {
        "valid": "at positions where they lie inside the image",
        "reflect": "at every pixel, borders being reflected without repeating the edge",
        "replicate": "at every pixel, borders being replicated",
    }[protocol.edges]
    covariance = "population" if protocol.covariance == "population" else "sample (n - 1)"
    text = (
        f"SSIM (Wang et al., 2004) used {shape} {edges}, {covariance} covariances, "
        f"k1 = {shortest(protocol.k[0])} and k2 = {shortest(protocol.k[1])}, and is the mean of the map over "
        "positions and channels"
    )
    if protocol.pooling == "volume":
        text += ", averaged over the slices of a volume"
    text += {
        "none": "",
        "wang": ", after box-filtering and subsampling by max(1, round(min(H, W) / 256))",
        "avg-pool": ", after average pooling by max(1, round(min(H, W) / 256)), halves rounded to even",
    }[protocol.downsample]
    return text + "."


def _region(protocol: EvaluationProtocol) -> str:
    return {
        "normalised": "Inside a mask, errors are averaged over the region's pixels and SSIM is a normalised "
        "convolution: local means and (population) covariances use the region's pixels only.",
        "interior": "Inside a mask, errors are averaged over the region's pixels and SSIM over windows that lie "
        "wholly inside the region.",
        "map": "Inside a mask, errors are averaged over the region's pixels and so is the SSIM map, whose windows "
        "reach outside the region.",
        "zeroed": "Both images were set to zero outside the mask and scored as a whole, which inflates the scores of "
        "small regions.",
    }[protocol.masking]


def _citations(protocol: str | EvaluationProtocol, chosen: EvaluationProtocol) -> list[str]:
    if isinstance(protocol, str) and protocol in PRESETS:
        return list(PRESETS[protocol].citations)
    return [WANG_2004, BT601] if chosen.colour == "y-bt601" else [WANG_2004]
