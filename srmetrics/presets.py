"""Named protocols, each with the tool or paper that it stands for and the oracle that it is held to."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from srmetrics.errors import ProtocolError
from srmetrics.protocol import EvaluationProtocol
from srmetrics.signature import parse_signature


@dataclass(frozen=True, slots=True)
class Preset:
    """A protocol with a name."""

    name: str
    protocol: EvaluationProtocol
    summary: str
    oracle: str
    citations: tuple[str, ...] = ()


WANG_2004 = (
    "Z. Wang, A. C. Bovik, H. R. Sheikh, E. P. Simoncelli. Image quality assessment: from error visibility to "
    "structural similarity. IEEE Transactions on Image Processing 13(4):600-612, 2004."
)
BT601 = "ITU-R Recommendation BT.601-7, 2011 (studio-range luma, as MATLAB's rgb2ycbcr computes it)."
HUANG_2015 = (
    "J.-B. Huang, A. Singh, N. Ahuja. Single image super-resolution from transformed self-exemplars. CVPR 2015."
)
ZHANG_2018 = (
    "Y. Zhang, K. Li, K. Li, L. Wang, B. Zhong, Y. Fu. Image super-resolution using very deep residual channel "
    "attention networks. ECCV 2018."
)
LIM_2017 = (
    "B. Lim, S. Son, H. Kim, S. Nah, K. M. Lee. Enhanced deep residual networks for single image "
    "super-resolution. CVPR Workshops (NTIRE) 2017."
)
SKIMAGE = "S. van der Walt et al. scikit-image: image processing in Python. PeerJ 2:e453, 2014."
TORCHMETRICS = "N. S. Detlefsen et al. TorchMetrics: measuring reproducibility in PyTorch. JOSS 7(70):4101, 2022."
PIQ = "S. Kastryulin, J. Zakirov, D. Prokopenko, D. V. Dylov. PyTorch Image Quality. arXiv:2208.14818, 2022."
PYTORCH_MSSSIM = "G. Fang. pytorch-msssim: fast and differentiable MS-SSIM and SSIM for PyTorch."
FASTMRI = "J. Zbontar et al. fastMRI: an open dataset and benchmarks for accelerated MRI. arXiv:1811.08839, 2018."
MATLAB_SSIM = "The MathWorks. Image Processing Toolbox: ssim, structural similarity index for measuring image quality."
KO_KIM_2024 = (
    "E. Ko, Y.-K. Kim. Image super-resolution model on low-resolution microscopy images for enhancing white blood cell "
    "classification. Handong Global University, 2024. https://github.com/eunjijuliako/Capstone"
)

_PRESETS = (
    Preset(
        "native",
        EvaluationProtocol(),
        "channels as they are, no crop, Gaussian window 11/1.5 inside the image, population covariance",
        "scikit-image with gaussian_weights=True, sigma=1.5, use_sample_covariance=False; BasicSR on RGB",
        (WANG_2004,),
    ),
    Preset(
        "sr-y",
        EvaluationProtocol(colour="y-bt601", crop="scale"),
        "studio-range Y unrounded, crop = scale: the super-resolution literature since RCAN",
        "MATLAB, per image, on RCAN's outputs; BasicSR with test_y_channel=True",
        (WANG_2004, BT601, ZHANG_2018),
    ),
    Preset(
        "sr-y8",
        EvaluationProtocol(colour="y-bt601", round="integer", crop="scale"),
        "studio-range Y rounded to integers, crop = scale: the classic bicubic tables",
        "MATLAB, per image, on the bicubic baseline of Set5 and Set14",
        (WANG_2004, BT601, HUANG_2015),
    ),
    Preset(
        "ntire",
        EvaluationProtocol(crop="scale+6"),
        "RGB, crop = scale + 6: DIV2K validation as EDSR scores it",
        "BasicSR with crop_border = scale + 6; the formula, computed apart",
        (WANG_2004, LIM_2017),
    ),
    Preset(
        "skimage",
        EvaluationProtocol(window="uniform-7", covariance="sample"),
        "scikit-image's defaults: uniform window of 7, sample covariance",
        "scikit-image's structural_similarity and peak_signal_noise_ratio",
        (WANG_2004, SKIMAGE),
    ),
    Preset(
        "wang2004",
        EvaluationProtocol(colour="luma-bt601", downsample="wang"),
        "native on grey, made smaller first by the released ssim.m's automatic rule",
        "the released rule, computed apart: max(1, round(min(H, W) / 256)), halves away from zero",
        (WANG_2004,),
    ),
    Preset(
        "matlab-ssim",
        EvaluationProtocol(edges="replicate"),
        "MATLAB's ssim: Gaussian 1.5, replicated edges, the whole map, channels apart (DataFormat 'SSC')",
        "its documented definition, computed apart; no MATLAB run stands behind it yet",
        (WANG_2004, MATLAB_SSIM),
    ),
    Preset(
        "torchmetrics",
        EvaluationProtocol(range="given", edges="reflect"),
        "torchmetrics' SSIM (whole map, reflected edges: since 1.4.2) and per-image PSNR; the range must be given",
        "torchmetrics, fed float64",
        (WANG_2004, TORCHMETRICS),
    ),
    Preset(
        "piq",
        EvaluationProtocol(range="given", downsample="avg-pool", psnr_eps=1e-8),
        "piq's SSIM (average-pooled first) and PSNR (1e-8 added to the MSE); the range must be given",
        "piq, fed float64",
        (WANG_2004, PIQ),
    ),
    Preset(
        "pytorch-msssim",
        EvaluationProtocol(range="given"),
        "pytorch-msssim's SSIM; the range must be given",
        "pytorch-msssim, fed float64",
        (WANG_2004, PYTORCH_MSSSIM),
    ),
    Preset(
        "fastmri",
        EvaluationProtocol(range="reference-max", pooling="volume", window="uniform-7", covariance="sample"),
        "fastMRI's evaluation: one MSE per volume, SSIM the mean over slices, range the volume's maximum",
        "scikit-image called as fastMRI's evaluation calls it",
        (WANG_2004, FASTMRI),
    ),
    Preset(
        "wbc-ko-kim-2024",
        EvaluationProtocol(align="resize-opencv-bilinear", window="uniform-3", covariance="sample"),
        "the candidate resized to the reference by OpenCV's bilinear rule, uniform window of 3, sample covariance",
        "scikit-image with win_size=3 after cv2.resize",
        (WANG_2004, KO_KIM_2024),
    ),
)

PRESETS: dict[str, Preset] = {preset.name: preset for preset in _PRESETS}
if len(PRESETS) != len(_PRESETS):
    raise RuntimeError("two presets have one name")


def find_protocol(protocol: str | EvaluationProtocol) -> EvaluationProtocol:
    """Return the protocol that a preset's name, a signature or a protocol stands for.

    Raises
    ------
    ProtocolError
        When there is no such preset; near names are suggested.
    """
    if isinstance(protocol, EvaluationProtocol):
        return protocol
    if not isinstance(protocol, str):
        raise ProtocolError(
            "this is no protocol",
            found=repr(protocol),
            expected="a preset's name, a signature or an EvaluationProtocol",
        )
    if "|" in protocol:
        return parse_signature(protocol).protocol
    if protocol in PRESETS:
        return PRESETS[protocol].protocol
    near = difflib.get_close_matches(protocol.casefold().replace("_", "-"), PRESETS, n=1, cutoff=0.5)
    meant = f"Did you mean {near[0]!r}? " if near else ""
    raise ProtocolError(
        "there is no such preset",
        found=repr(protocol),
        expected="one of " + ", ".join(PRESETS),
        way_out=f"{meant}'srmetrics protocols' explains each",
    )
