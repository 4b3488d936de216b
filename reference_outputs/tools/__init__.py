"""The tools that srmetrics is compared with: one module each, which imports its tool only when it is called."""

from reference_outputs.call import Tool
from reference_outputs.tools.basicsr import BASICSR
from reference_outputs.tools.piq import PIQ
from reference_outputs.tools.pytorch_msssim import PYTORCH_MSSSIM
from reference_outputs.tools.scikit_image import SCIKIT_IMAGE
from reference_outputs.tools.torchmetrics import TORCHMETRICS

TOOLS: tuple[Tool, ...] = (SCIKIT_IMAGE, BASICSR, PIQ, TORCHMETRICS, PYTORCH_MSSSIM)
