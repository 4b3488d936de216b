"""Record digests of golden degraded images: ``python -m reference_outputs.degradations.record``.

A line that changes for a recipe that was released is a number that changes: it needs a new version of the recipe, or
an entry under "Numbers that change" in the changelog.
"""

from __future__ import annotations

import csv
import datetime
import hashlib
import io
import platform
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from degradations import RECIPES, Recipe, degrade
from degradations.manifest import library_versions
from degradations.recipe import canonical_json
from srmetrics.errors import SrmetricsError

HERE = Path(__file__).parent
DIGESTS = HERE / "digests.csv"
SOURCE = HERE / "SOURCE.toml"
SEED = 0
DRAWS = 2
COLUMNS = ("recipe", "recipe_digest", "input", "draw", "draws_sha256", "output_shape", "output_sha256", "refused")


def golden_inputs() -> dict[str, np.ndarray[Any, Any]]:
    """Return pieces of images that ship with scikit-image, of odd sizes: colour, grey and 16-bit grey."""
    from skimage import data

    return {
        "astronaut": data.astronaut()[100:357, 150:404],
        "camera": data.camera()[60:301, 100:350],
        "camera16": data.camera()[60:301, 100:350].astype(np.uint16) * 257,
    }


def processor() -> str:
    """Name the processor as far as pixels were seen to depend on it: OpenCV filters otherwise without AVX2."""
    import cv2

    avx2 = 11  # CV_CPU_AVX2, which the Python bindings do not name
    return f"{platform.machine()}{' avx2' if cv2.checkHardwareSupport(avx2) else ''}"


def golden_rows(recipes: list[Recipe]) -> Iterator[dict[str, str]]:
    """Degrade every input by every recipe; a recipe whose draws are empty is made once."""
    inputs = golden_inputs()
    for recipe in recipes:
        for name, image in inputs.items():
            for draw in range(DRAWS):
                row = dict.fromkeys(COLUMNS, "")
                row |= {"recipe": recipe.full_name, "recipe_digest": recipe.digest, "input": name, "draw": str(draw)}
                try:
                    _, record = degrade(image, recipe, seed=SEED, key=name, draw=draw)
                except SrmetricsError as error:
                    yield row | {"refused": type(error).__name__}
                    break
                drawn = canonical_json(record["draws"]).encode("ascii")
                yield row | {
                    "draws_sha256": hashlib.sha256(drawn).hexdigest(),
                    "output_shape": "x".join(map(str, record["output"]["shape"])),
                    "output_sha256": record["output"]["sha256"],
                }
                if recipe.name.startswith("bicubic-"):
                    break


def recorded_rows() -> list[dict[str, str]]:
    """Return what was recorded."""
    with DIGESTS.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def main() -> None:
    """Write the digests and where they come from."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(golden_rows(list(RECIPES.values())))
    DIGESTS.write_text(text.getvalue(), encoding="utf-8")
    versions = "\n".join(f'{name} = "{version}"' for name, version in library_versions().items())
    SOURCE.write_text(
        f"""\
tool = "srmetrics, its own degradations"
command = "python -m reference_outputs.degradations.record"
date = {datetime.date.today().isoformat()}
inputs = "pieces of data.astronaut() and data.camera() of scikit-image, seed {SEED}, key = the input's name"
tolerance = "none: digests of draws hold everywhere; digests of pixels where versions and processor are these"
processor = "{processor()}"

[versions]
{versions}
""",
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
