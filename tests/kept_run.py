"""A finished run on disk, the ways in which it can be tampered with, and what ``srmetrics verify`` says of it."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from click.testing import CliRunner
from image_shelf import Shelf, pair_of
from PIL import Image

from harness.cli.main import cli


@dataclass(frozen=True)
class Said:
    """What the command said, as JSON."""

    code: int
    answer: dict[str, Any]

    @property
    def findings(self) -> list[tuple[str, str, str]]:
        """Status, table and row of all that is not identical."""
        return [
            (one["status"], one["table"], one["row"]) for one in self.answer["verdicts"] if one["status"] != "identical"
        ]

    def reason(self, row: str) -> str:
        """Return why the first finding on a row is one."""
        verdicts = (one for one in self.answer["verdicts"] if one["row"] == row and one["status"] != "identical")
        return str(next(verdicts)["reason"])


def verified(run: Path, *options: object) -> Said:
    """Run ``srmetrics verify RUN --format json`` in this process."""
    done = CliRunner().invoke(
        cli, ["verify", str(run), "--format", "json", "--workers", "1", *map(str, options)], standalone_mode=False
    )
    if done.exception is not None:
        raise done.exception
    return Said(done.return_value, json.loads(done.stdout))


def fill(shelf: Shelf, images: int = 3, methods: tuple[str, ...] = ("ours", "theirs")) -> None:
    """Write references, and outputs that are noisier from method to method."""
    for at in range(images):
        reference, _ = pair_of(at, (18, 20, 3))
        shelf.put(f"HR/img_{at}.png", reference)
        for worse, method in enumerate(methods, start=1):
            noise = np.random.default_rng(10 * at + worse).integers(-4 * worse, 4 * worse + 1, reference.shape)
            shelf.put(f"{method}/img_{at}.png", np.clip(reference + noise, 0, 255).astype(np.uint8))


def keep(shelf: Shelf, **options: object) -> Path:
    """Compare the two methods, and return the run's folder."""
    shelf.compare("ours", "theirs", **options).write(shelf.root / "run")
    return shelf.root / "run"


def forge(run: Path) -> None:
    """Write the digests of the CSVs into run.json as they are now."""
    facts = json.loads((run / "run.json").read_text())
    facts["sha256"] = {name: hashlib.sha256((run / name).read_bytes()).hexdigest() for name in facts["sha256"]}
    (run / "run.json").write_text(json.dumps(facts))


def flips(content: bytes, how_many: int, seed: int) -> Iterator[tuple[int, bytes]]:
    """Yield the content with one digit, anywhere in it, turned into another one; and where."""
    rng = random.Random(seed)
    places = [at for at, byte in enumerate(content) if chr(byte).isdigit()]
    for at in rng.sample(places, min(how_many, len(places))):
        other = (int(chr(content[at])) + rng.randint(1, 9)) % 10
        yield at, content[:at] + str(other).encode() + content[at + 1 :]


def change_pixel(path: Path) -> None:
    """Change one sample of one pixel by one."""
    pixels = np.array(Image.open(path))
    pixels[pixels.shape[0] // 2, pixels.shape[1] // 2, 0] ^= 1
    Image.fromarray(pixels).save(path)


def exchange(one: Path, other: Path) -> None:
    """Let two files change places."""
    first, second = one.read_bytes(), other.read_bytes()
    one.write_bytes(second)
    other.write_bytes(first)
