"""How a study is run: where its images are, where results go, what is allowed."""

from __future__ import annotations

from dataclasses import dataclass, field

from harness.jobs.bench_models import GivenObjects


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowances:
    """What a command allows of identical images and of leaks, beside what its study says."""

    deduplicate: bool
    leakage: bool
    strict: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchOptions:
    """Everything that is asked of a run beside its study."""

    images: str | None
    """The images' folder; None for ``smoke``, which makes its own."""
    out: str
    """The run's folder."""
    smoke: bool = False
    """Run on a few generated images, with the study's stand-ins."""
    workers: int = 1
    dask: str | None = None
    """Address of a Dask scheduler."""
    device: str = "cpu"
    allow_code: bool = False
    allow_download: bool = False
    allow_leakage: bool = False
    deduplicate: bool = False
    strict: bool = False
    keep_float: bool = False
    """Score the upscalers' floats, and not what a saved file would hold."""
    measure_cost: bool = True
    given: GivenObjects = field(default_factory=GivenObjects)
    """The upscalers and classifiers that a caller in Python gave as objects."""

    @property
    def allowances(self) -> Allowances:
        """What is allowed of identical images and of leaks."""
        return Allowances(deduplicate=self.deduplicate, leakage=self.allow_leakage, strict=self.strict)

    def results_depend_on(self) -> dict[str, object]:
        """Return the options that results hang on: neither workers nor places are among them."""
        return {
            "smoke": self.smoke,
            "device": self.device,
            "allow_leakage": self.allow_leakage,
            "deduplicate": self.deduplicate,
            "strict": self.strict,
            "keep_float": self.keep_float,
            "measure_cost": self.measure_cost,
        }
