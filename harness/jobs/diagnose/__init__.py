"""What makes numbers wrong before anyone scores: detectors of faults in references, candidates and pairs."""

from harness.jobs.diagnose.jpeg import JpegTraces, jpeg_traces
from harness.jobs.diagnose.luma import luma_of
from harness.jobs.diagnose.shift import Shift, estimate_shift
from harness.jobs.diagnose.upscaled import UpscaledTraces, is_upscaled

__all__ = ["JpegTraces", "Shift", "UpscaledTraces", "estimate_shift", "is_upscaled", "jpeg_traces", "luma_of"]
