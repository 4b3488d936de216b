"""Training a torch network to tell classes apart: the same network for the same seed, and early signs of progress."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import RLock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.classifiers.one_thread import one_thread
from harness.classifiers.options import Options
from harness.classifiers.progress import TrainingProgress, tell_training, training_is_heard
from srmetrics.errors import ClassifierError

_SECONDS_BETWEEN_REPORTS = 2.0
# torch has one generator per process: trainings in several threads would draw from it in turn, in any order.
_torch_generator = RLock()


@dataclass(frozen=True, slots=True)
class TrainingSettings:
    """How a network is trained: AdamW, the rate falling to 0 along a cosine, cross-entropy."""

    epochs: int = 20
    batch: int = 32
    rate: float = 1e-3
    decay: float = 1e-4
    flips: bool = True
    """Whether each image is mirrored left to right, and top to bottom, with a chance of one half each."""

    @property
    def words(self) -> str:
        """Return the settings as a clause."""
        flips = "random flips, " if self.flips else ""
        return f"{flips}{self.epochs} epochs of AdamW, batch {self.batch}, rate {self.rate:g}, decay {self.decay:g}"


def take_training_settings(options: Options) -> TrainingSettings:
    """Take ``epochs``, ``batch``, ``rate``, ``decay`` and ``augment`` from a spec's options."""
    usual = TrainingSettings()
    return TrainingSettings(
        epochs=options.whole("epochs", usual.epochs),
        batch=options.whole("batch", usual.batch, least=2),
        rate=options.number("rate", usual.rate),
        decay=options.number("decay", usual.decay),
        flips=options.choice("augment", ("flips", "none")) == "flips",
    )


@dataclass(frozen=True, slots=True)
class Watched:
    """What a training tells of itself, where anybody listens."""

    name: str
    """Of the classifier."""
    images: Sequence[NDArray[np.float32]] = ()
    """The validation part, standardised: looked at after each epoch, and never learnt from."""
    targets: Sequence[int] = ()


@contextmanager
def repeatable_torch(seed: int, device: str) -> Iterator[None]:
    """Seed torch and hold it to repeatable algorithms on one thread; give back what was before.

    One training at a time in a process: run classifiers of torch in processes to train several at once.
    """
    import torch

    on_cuda = device.startswith("cuda")
    if on_cuda:  # whose matrix products are repeatable only with this, which is read when CUDA starts
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    with _torch_generator, one_thread():
        before = torch.are_deterministic_algorithms_enabled(), torch.is_deterministic_algorithms_warn_only_enabled()
        with (
            torch.random.fork_rng(devices=[torch.device(device)] if on_cuda else []),
            torch.backends.cudnn.flags(enabled=True, benchmark=False, deterministic=True, allow_tf32=False),
        ):
            torch.use_deterministic_algorithms(True)
            try:
                torch.manual_seed(seed)
                yield
            finally:
                torch.use_deterministic_algorithms(before[0], warn_only=before[1])


def train(
    network: Any,
    images: Sequence[NDArray[np.float32]],
    targets: Sequence[int],
    settings: TrainingSettings,
    seed: int,
    device: str,
    watched: Watched,
) -> None:
    """Train a network in place; call it inside `repeatable_torch`.

    Parameters
    ----------
    network : torch.nn.Module
        Takes (n, C, H, W) and gives (n, n_classes) logits; on the device.
    images : sequence of ndarray of float32, shape (H, W, C)
        Of one shape, standardised.
    targets : sequence of int
        The class of each image, from 0.
    settings : TrainingSettings
    seed : int
        Of the order of the images and their flips.
    device : str
    watched : Watched
        Progress is told after the first batch, every two seconds, and after each epoch.

    Raises
    ------
    ClassifierError
        When an epoch's loss is no number.
    """
    import torch

    rng = np.random.RandomState(seed)
    optimiser = torch.optim.AdamW(network.parameters(), lr=settings.rate, weight_decay=settings.decay)
    per_epoch = _batches(np.arange(len(images)), settings.batch)
    n_steps, step = settings.epochs * len(per_epoch), 0
    teller = _Teller(watched, network, settings, device, len(per_epoch))
    network.train()
    for epoch in range(settings.epochs):
        summed: Any = 0.0
        for number, chosen in enumerate(_batches(rng.permutation(len(images)), settings.batch)):
            for group in optimiser.param_groups:
                group["lr"] = settings.rate * (1 + math.cos(math.pi * step / n_steps)) / 2
            batch = np.stack([_flipped(images[at], rng) if settings.flips else images[at] for at in chosen])
            wanted = torch.tensor([targets[at] for at in chosen], dtype=torch.int64, device=device)
            logits = network(as_tensor(batch, device))
            loss = torch.nn.functional.cross_entropy(logits, wanted)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            optimiser.step()
            step += 1
            summed = summed + loss.detach()
            teller.batch_done(epoch, number, summed, (logits, wanted))
        if not math.isfinite(mean := float(summed) / len(per_epoch)):
            raise ClassifierError(
                "training diverged",
                found=f"a loss of {mean} in epoch {epoch + 1}",
                way_out="Give a smaller rate, as in ?rate=1e-4",
            )
    network.eval()


class _Teller:
    """Tells of a training: early, and now and then. It draws nothing and changes nothing."""

    def __init__(self, watched: Watched, network: Any, settings: TrainingSettings, device: str, n_batches: int) -> None:
        self._watched, self._network, self._settings, self._device = watched, network, settings, device
        self._n_batches = n_batches
        self._told = -math.inf
        self._right: Any = 0
        self._seen = 0
        self._validated: float | None = None

    def batch_done(self, epoch: int, number: int, summed: Any, answers: tuple[Any, Any]) -> None:
        if not training_is_heard():
            return
        if number == 0:
            self._right, self._seen = 0, 0
        logits, wanted = answers
        self._right = self._right + (logits.detach().argmax(dim=1) == wanted).sum()
        self._seen += len(wanted)
        ends = number + 1 == self._n_batches
        if ends and self._watched.images:
            self._validated = self._validation_accuracy()
        if not ends and time.monotonic() - self._told <= _SECONDS_BETWEEN_REPORTS:
            return
        self._told = time.monotonic()
        tell_training(
            TrainingProgress(
                self._watched.name,
                epoch + 1,
                self._settings.epochs,
                number + 1,
                self._n_batches,
                loss=float(summed) / (number + 1),
                accuracy=int(self._right) / self._seen,
                validation_accuracy=self._validated,
            )
        )

    def _validation_accuracy(self) -> float:
        import torch

        on_cuda = self._device.startswith("cuda")
        with torch.random.fork_rng(devices=[torch.device(self._device)] if on_cuda else []):
            self._network.eval()
            try:
                logits = predict_logits(self._network, self._watched.images, self._settings.batch, self._device)
            finally:
                self._network.train()
        return float(np.mean(logits.argmax(axis=1) == np.array(self._watched.targets)))


def predict_logits(network: Any, images: Sequence[NDArray[np.float32]], batch: int, device: str) -> NDArray[np.float64]:
    """Return the network's logits, shape (n_images, n_classes)."""
    import torch

    with torch.inference_mode():
        parts = [
            network(as_tensor(np.stack(images[start : start + batch]), device)).double().cpu().numpy()
            for start in range(0, len(images), batch)
        ]
    logits: NDArray[np.float64] = np.concatenate(parts)
    return logits


def as_tensor(batch: NDArray[np.float32], device: str) -> Any:
    """Return (n, H, W, C) as a torch tensor (n, C, H, W) on the device."""
    import torch

    return torch.from_numpy(np.ascontiguousarray(batch.transpose(0, 3, 1, 2))).to(device)


def softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the probabilities of each row of logits."""
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    probabilities: NDArray[np.float64] = raised / raised.sum(axis=1, keepdims=True)
    return probabilities


def _batches(order: NDArray[np.intp], size: int) -> list[NDArray[np.intp]]:
    """Cut an order into batches; a single image at the end joins the batch before it, for batch normalisation."""
    starts = list(range(0, len(order), size))
    if len(starts) > 1 and len(order) - starts[-1] == 1:
        starts.pop()
    return [order[start:stop] for start, stop in zip(starts, [*starts[1:], len(order)], strict=True)]


def _flipped(image: NDArray[np.float32], rng: np.random.RandomState) -> NDArray[np.float32]:
    across, down = rng.randint(0, 2, size=2)
    return image[:: -1 if down else 1, :: -1 if across else 1]
