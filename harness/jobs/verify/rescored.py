"""What scoring the images of a run again gives, and what could not be scored again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from harness.engine.row import Failure, InputDigest, Row
from harness.jobs.run_pictures import RunPictures


@dataclass(slots=True)
class Rescored:
    """Rows, failures and digests made anew."""

    rows: list[Row] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    digests: list[InputDigest] = field(default_factory=list)
    absent: dict[tuple[str, str], str] = field(default_factory=dict)
    """(Key of the file, method) to why it was not scored again; the method is empty where the reference is absent."""
    groups: str = ""
    """Why groups could not be found again; nothing where they were."""

    def lacks(self, key: str, method: str) -> str:
        """Return why a method's image was not scored again; nothing where it was."""
        return self.absent.get((key, "")) or self.absent.get((key, method), "")


@dataclass(frozen=True, slots=True)
class RecordedDigests:
    """The digests of decoded images that a run recorded."""

    digests: Mapping[tuple[str, str, str], str]
    """(Role, method, image) to SHA-256."""

    def holders(self, sha256: str) -> list[str]:
        """Return which images had these pixels, in words."""
        return [role_name(*place) for place, one in self.digests.items() if one == sha256]


def role_name(role: str, method: str, image: str) -> str:
    """Return what an image is called in words."""
    return f"{image}, {method or role}"


def recorded_pixels(pictures: RunPictures) -> RecordedDigests:
    """Return what ``run.json`` recorded of the pixels of every decoded image."""
    run = pictures.run
    inputs = run.facts.get("inputs") or {}
    found: dict[tuple[str, str, str], str] = {}
    if run.job == "bench":
        found |= {("reference", "", key): str(facts[0]) for key, facts in inputs.items() if facts[0] != "unreadable"}
        pixels = run.facts.get("pixels") or {"mask": {}, "arms": {}}
        candidates = pixels["arms"]
        found |= {("mask", "", key): str(sha256) for key, sha256 in pixels["mask"].items()}
    else:
        for role in ("reference", "mask"):
            found |= {(role, "", key): str(sha256) for key, sha256 in inputs[role].items()}
        candidates = inputs["candidates"]
    for method, own in candidates.items():
        found |= {("candidate", method, key): str(sha256) for key, sha256 in own.items()}
    return RecordedDigests(found)
