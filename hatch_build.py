"""The build's one step beyond copying files: compile the SSIM strip where there is a C compiler.

Without a compiler the wheel is pure Python and gives the same numbers, more slowly. ``SRMETRICS_COMPILE=0`` leaves the
step out, ``SRMETRICS_COMPILE=1`` makes a failure of it an error, and ``CC`` names the compiler.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SOURCE = Path("srmetrics", "compiled", "ssim_strip.c")
# Products and sums stay apart where the source keeps them apart, on every compiler: the bits depend on it.
FLAGS = ("-O3", "-std=c11", "-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math", "-shared", "-fPIC")


class CompileHook(BuildHookInterface):  # type: ignore[type-arg]
    """Compiles for wheels and for editable installs."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile beside the source, and put the library into the wheel."""
        if self.target_name != "wheel" or os.environ.get("SRMETRICS_COMPILE") == "0":
            return
        source = Path(self.root, SOURCE)
        library = source.with_suffix(".so")
        fault = self._compile(source, library)
        if fault:
            if os.environ.get("SRMETRICS_COMPILE") == "1":
                raise RuntimeError(f"the SSIM strip was not compiled: {fault}")
            library.unlink(missing_ok=True)
            self.app.display_warning(f"The SSIM strip is not compiled, numbers are the same but slower: {fault}")
            return
        build_data["artifacts"].append(library.relative_to(self.root).as_posix())
        build_data["pure_python"] = False
        # No Python header is used: one wheel does for every version of Python on a platform.
        platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
        build_data["tag"] = f"py3-none-{platform}"

    def _compile(self, source: Path, library: Path) -> str:
        """Return why it failed, or nothing."""
        named = shlex.split(os.environ.get("CC", ""))
        compiler = named or next(([found] for name in ("cc", "gcc", "clang") if (found := shutil.which(name))), None)
        if compiler is None:
            return "there is no C compiler (cc, gcc, clang)"
        part = library.with_suffix(".part")
        try:
            command = [*compiler, *FLAGS, str(source), "-o", str(part)]
            done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 (no shell)
            if done.returncode == 0:
                part.replace(library)
                return ""
            return done.stderr.strip() or f"{compiler[0]} ended with {done.returncode}"
        except OSError as error:
            return str(error)
        finally:
            part.unlink(missing_ok=True)
