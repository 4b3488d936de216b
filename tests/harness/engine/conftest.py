"""What the engine's tests share: the folder of their tasks is on the path, for worker processes too."""

from __future__ import annotations

import sys
from pathlib import Path

# Workers load functions by name, and are told this process's path.
sys.path.insert(0, str(Path(__file__).parent))
