"""Upscalers of every kind behind one method, and what they cost."""

from harness.models.cost import Cost, measure_cost
from harness.models.fake import FakeUpscaler
from harness.models.from_baseline import Baseline
from harness.models.from_folder import FolderOfOutputs
from harness.models.from_function import FunctionUpscaler
from harness.models.kinds import (
    KINDS,
    DescribedUpscaler,
    Kind,
    LoadSettings,
    Request,
    checked_description,
    load_upscaler,
)
from harness.models.restore import restore, to_reference_dtype
from harness.models.self_ensemble import SelfEnsemble
from harness.models.spec import UpscalerSpec, parse_spec
from harness.models.tiling import TiledUpscaler
from harness.models.upscaler import ImageFacts, SizeNeeds, Tiling, Upscaler, UpscalerDescription

__all__ = [
    "KINDS",
    "Baseline",
    "Cost",
    "DescribedUpscaler",
    "FakeUpscaler",
    "FolderOfOutputs",
    "FunctionUpscaler",
    "ImageFacts",
    "Kind",
    "LoadSettings",
    "Request",
    "SelfEnsemble",
    "SizeNeeds",
    "TiledUpscaler",
    "Tiling",
    "Upscaler",
    "UpscalerDescription",
    "UpscalerSpec",
    "checked_description",
    "load_upscaler",
    "measure_cost",
    "parse_spec",
    "restore",
    "to_reference_dtype",
]
