"""Real-ESRGAN's degradation by BasicSR's functions, with the parameters of one of our records.

Two paths: BasicSR's numpy functions, and the torch functions of its training code, both on one image at a time and on
the processor. Noise fields and Poisson counts are theirs, drawn from their own generators.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import cv2
import numpy as np
import torch
from basicsr.data import degradations as basicsr
from basicsr.utils import DiffJPEG, USMSharp
from basicsr.utils.img_process_util import filter2D, usm_sharp

Image = np.ndarray[Any, Any]
Record = dict[str, Any]

_OPENCV = {
    "opencv-area": cv2.INTER_AREA,
    "opencv-bilinear": cv2.INTER_LINEAR,
    "opencv-bicubic": cv2.INTER_CUBIC,
}


def by_numpy(image: Image, records: Sequence[Record], sharpened: bool = True) -> Image:
    """Degrade an 8-bit BGR image by BasicSR's numpy functions."""
    out = image.astype(np.float32) / 255.0
    if sharpened:
        out = usm_sharp(out)
    steps: dict[str, Callable[[Image, Record], Image]] = {
        "blur": lambda out, record: cv2.filter2D(out, -1, make_kernel(record)),
        "resize": lambda out, record: cv2.resize(
            out, (record["width"], record["height"]), interpolation=_OPENCV[record["rule"]]
        ),
        "gaussian": lambda out, record: basicsr.add_gaussian_noise(out, record["sigma"], gray_noise=record["grey"]),
        "poisson": lambda out, record: basicsr.add_poisson_noise(out, record["scale"], gray_noise=record["grey"]),
        "jpeg": lambda out, record: basicsr.add_jpg_compression(out, record["quality"]),
    }
    for name, record in events(records):
        out = steps[name](out, record)
    return np.clip((out * 255.0).round(), 0, 255).astype(np.uint8)


class ByTorch:
    """Degrade an 8-bit RGB image by the torch functions of the training code."""

    def __init__(self) -> None:
        self.sharpen, self.jpeg = USMSharp(), DiffJPEG(differentiable=False)

    @torch.no_grad()
    def __call__(self, image: Image, records: Sequence[Record], sharpened: bool = True) -> Image:
        """Do every step of the record, each as the training code does it."""
        out = torch.from_numpy(image.transpose(2, 0, 1).astype(np.float32) / 255.0)[None]
        if sharpened:
            out = self.sharpen(out)
        steps: dict[str, Callable[[torch.Tensor, Record], torch.Tensor]] = {
            "blur": lambda out, record: filter2D(out, torch.FloatTensor(padded(make_kernel(record)))[None]),
            "resize": lambda out, record: torch.nn.functional.interpolate(
                out, size=(record["height"], record["width"]), mode=record["rule"].removeprefix("opencv-")
            ),
            "gaussian": lambda out, record: basicsr.add_gaussian_noise_pt(
                out, torch.tensor([record["sigma"]]), torch.tensor([float(record["grey"])])
            ),
            "poisson": lambda out, record: basicsr.add_poisson_noise_pt(
                out, torch.tensor([record["scale"]]), gray_noise=torch.tensor([float(record["grey"])])
            ),
            "jpeg": lambda out, record: self.jpeg(
                torch.clamp(out, 0, 1), quality=torch.tensor([float(record["quality"])])
            ),
        }
        for name, record in events(records):
            out = steps[name](out, record)
        return torch.clamp((out * 255.0).round(), 0, 255)[0].numpy().transpose(1, 2, 0).astype(np.uint8)


def events(records: Sequence[Record]) -> list[tuple[str, Record]]:
    """List what the drawn steps of `realesrgan-x4plus` or its twin do, from the first blur to the last step."""
    blur, resize, noise, jpeg, second_blur, second_resize, second_noise, ending = records[-9:-1]
    listed = [("blur", blur), ("resize", resize), noise_event(noise), ("jpeg", jpeg)]
    if second_blur["done"]:
        listed.append(("blur", second_blur["draw"]))
    listed += [("resize", second_resize), noise_event(second_noise)]
    for record in ending["draws"]:
        if "quality" in record:
            listed.append(("jpeg", record))
            continue
        back, sinc = record["draws"]
        listed.append(("resize", back))
        # The training code filters by a single one where no sinc was drawn; that is left out here on all paths.
        listed += [("blur", sinc["draw"])] if sinc["done"] else []
    return listed


def noise_event(record: Record) -> tuple[str, Record]:
    """Name a noise as BasicSR does."""
    return record["kind"].removesuffix("-noise"), record["draw"]


def make_kernel(record: Record) -> Image:
    """Make the kernel of a record by BasicSR's functions."""
    family, size = record["family"], record["size"]
    if family == "sinc":
        return np.asarray(basicsr.circular_lowpass_kernel(record["cutoff"], size))
    isotropic = not family.endswith("aniso")
    x = record["sigma_x"]
    y, angle = record.get("sigma_y", x), record.get("rotation", 0.0)
    if family in ("iso", "aniso"):
        return np.asarray(basicsr.bivariate_Gaussian(size, x, y, angle, isotropic=isotropic))
    make = basicsr.bivariate_plateau if family.startswith("plateau") else basicsr.bivariate_generalized_Gaussian
    return np.asarray(make(size, x, y, angle, record["beta"], isotropic=isotropic))


def padded(kernel: Image) -> Image:
    """Pad a kernel to 21x21, as the training code does before it stacks them."""
    return np.pad(kernel, math.floor((21 - len(kernel)) / 2))
