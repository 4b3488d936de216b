"""What makes numbers wrong before anyone scores: detectors of faults in references, candidates and pairs."""

from harness.jobs.diagnose.jpeg import JpegTraces, jpeg_traces
from harness.jobs.diagnose.luma import luma_of
from harness.jobs.diagnose.shift import Shift, estimate_shift

__all__ = ["JpegTraces", "Shift", "estimate_shift", "jpeg_traces", "luma_of"]
