"""The highest use of memory while something runs."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_STATUS = Path("/proc/self/status")
_CLEAR = Path("/proc/self/clear_refs")


@dataclass(slots=True)
class PeakMemory:
    """What was seen; ``peak`` is filled in when the block ends."""

    kind: str
    """What the bytes are of."""
    before: int | None = None
    """Bytes when the block began."""
    peak: int | None = None
    """Bytes at the highest inside the block."""


@contextmanager
def watch_memory(device: str = "cpu") -> Iterator[PeakMemory]:
    """Watch the process's resident memory, or the tensors on a CUDA device, inside the block.

    On Linux the kernel's own high-water mark is set back first. Elsewhere it cannot be, and the kind says that it
    holds since the process began; where not even that is known, the bytes are None.
    """
    if device.startswith("cuda"):
        import torch

        torch.cuda.synchronize(device)
        torch.cuda.reset_peak_memory_stats(device)
        seen = PeakMemory("CUDA, allocated by torch", int(torch.cuda.memory_allocated(device)))
        yield seen
        torch.cuda.synchronize(device)
        seen.peak = int(torch.cuda.max_memory_allocated(device))
        return
    if _reset_peak():
        seen = PeakMemory("RSS of the process", _status("VmRSS"))
        yield seen
        seen.peak = _status("VmHWM")
        return
    seen = PeakMemory("RSS of the process, highest since it began")
    yield seen
    seen.peak = _peak_since_start()


def _reset_peak() -> bool:
    try:
        _CLEAR.write_text("5")  # Linux, proc(5): sets the high-water mark back to the present use
    except OSError:
        return False
    return True


def _status(field: str) -> int | None:
    found = re.search(rf"^{field}:\s+(\d+) kB$", _STATUS.read_text(), re.M)
    return int(found.group(1)) * 1024 if found else None


def _peak_since_start() -> int | None:
    if sys.platform == "win32":
        return None
    import resource

    highest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return highest if sys.platform == "darwin" else highest * 1024
