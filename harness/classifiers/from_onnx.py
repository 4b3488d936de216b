"""``onnx:model.onnx``: a trained network in ONNX Runtime, on the CPU; it is asked, never trained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.classifiers.classifier import ClassifierDescription, Image
from harness.classifiers.options import Options
from harness.classifiers.preprocessing import Preprocessing, as_batch
from harness.classifiers.spec import Request
from harness.classifiers.training import softmax
from harness.models.dependencies import require
from harness.models.from_onnx import open_session
from harness.models.weights import check_weights_file
from srmetrics.errors import ClassifierError, WeightsError

_SUM_TOLERANCE = 1e-3  # outputs that are this near to 1 in sum, and not negative, are probabilities already
_BATCH = 32


@dataclass(frozen=True, slots=True)
class OnnxInput:
    """What the network takes."""

    name: str
    batch: int | None
    """The number of images that it takes at once; None for any."""
    channels: int | None
    size: tuple[int, int] | None


@dataclass(slots=True)
class OnnxClassifier:
    """A session on a file; `fit` only learns the names of the classes."""

    description: ClassifierDescription
    file: str
    takes: OnnxInput
    preprocessing: Preprocessing
    mean: tuple[float, ...]
    deviation: tuple[float, ...]
    outputs: tuple[str, ...] = ()
    """The class of each output; empty for the labels in sorted order."""
    _classes: tuple[str, ...] = field(default=(), repr=False)

    def fit(self, images: Sequence[Image], labels: Sequence[str], seed: int) -> None:
        """Look that the network's outputs are these labels; nothing is trained."""
        self._classes = tuple(sorted(set(labels)))
        unknown = [name for name in self._classes if self.outputs and name not in self.outputs]
        if unknown:
            raise ClassifierError(
                "the network has no output for a class",
                found=", ".join(map(repr, unknown)),
                expected="one of " + ", ".join(map(repr, self.outputs)),
                file=self.file,
            )

    def predict_proba(self, images: Sequence[Image]) -> NDArray[np.float64]:
        """Return probabilities, as `Classifier.predict_proba`; of these classes only, where the network has more."""
        if not self._classes:
            raise ClassifierError("the classifier does not know its classes", way_out="Call fit first")
        session = open_session(require("onnxruntime", "models", "onnx: classifiers"), self.file)
        mean, deviation = np.array(self.mean, np.float32), np.array(self.deviation, np.float32)
        seen = [((image - mean) / deviation).astype(np.float32) for image in as_batch(images, self.preprocessing)]
        found = _probabilities(self._ask(session, seen), self.file)
        outputs = self.outputs or self._classes
        if found.shape[1] != len(outputs):
            raise ClassifierError(
                "the network has another number of outputs than there are classes",
                found=f"{found.shape[1]} outputs for {len(outputs)}: {', '.join(outputs)}",
                way_out="Name the class of each output, as in 'onnx:model.onnx?classes=cat,dog,emu'",
                file=self.file,
            )
        chosen = found[:, [outputs.index(name) for name in self._classes]]
        shares: NDArray[np.float64] = chosen / chosen.sum(axis=1, keepdims=True)
        return shares

    def _ask(self, session: Any, images: list[NDArray[np.float32]]) -> NDArray[np.float64]:
        step = self.takes.batch or _BATCH
        parts = []
        for start in range(0, len(images), step):
            batch = np.stack(images[start : start + step]).transpose(0, 3, 1, 2)
            n_images = len(batch)
            if self.takes.batch is not None and n_images < step:  # filled up with copies of the last
                batch = np.concatenate([batch, np.repeat(batch[-1:], step - n_images, axis=0)])
            try:
                (output, *_) = session.run(None, {self.takes.name: np.ascontiguousarray(batch)})
            except Exception as error:
                # The runtime's exceptions share no class of their own.
                raise ClassifierError(
                    f"ONNX Runtime could not run the network on images of shape {images[0].shape}",
                    found=(str(error).strip() or type(error).__name__).splitlines()[0],
                    way_out="Give ?size= and ?channels= as it was trained",
                    file=self.file,
                ) from error
            parts.append(np.asarray(output, dtype=np.float64)[:n_images])
        return np.concatenate(parts)


def build(request: Request) -> OnnxClassifier:
    """Make ``onnx:FILE?classes=a,b&mean=0.5&deviation=0.5&size=&channels=``."""
    file = str(check_weights_file(request.which))
    runtime = require("onnxruntime", "models", "onnx: classifiers")
    try:
        takes = _input_of(open_session(runtime, file))
    except ClassifierError as error:
        raise error.in_file(file) from error
    except Exception as error:
        # InvalidProtobuf, InvalidGraph, Fail, NotImplemented: no class of their own.
        raise WeightsError(
            "the file holds no ONNX network that can be run",
            found=(str(error).strip() or type(error).__name__).splitlines()[0],
            file=file,
        ) from error
    options = request.options
    size, channels = options.size(), options.channels()
    preprocessing = Preprocessing(takes.size or size, takes.channels or channels)
    if (size and takes.size and size != takes.size) or (channels and takes.channels and channels != takes.channels):
        raise ClassifierError(
            "the network takes other images",
            found=f"size {size}, channels {channels}",
            expected=f"size {takes.size}, channels {takes.channels}",
            file=file,
        )
    mean, deviation = _numbers(options, "mean", 0.0), _numbers(options, "deviation", 1.0)
    classes = tuple(part.strip() for part in (options.text("classes") or "").split(",") if part.strip())
    if len(set(classes)) < len(classes):
        raise ClassifierError("two outputs have one class", found=", ".join(classes), file=file)
    description = ClassifierDescription(
        request.name,
        request.spec,
        preprocessing.size,
        preprocessing.channels,
        f"{preprocessing.words}; less {mean}, over {deviation}; a network that came trained",
        trainable=False,
    )
    return OnnxClassifier(description, file, takes, preprocessing, mean, deviation, classes)


def _input_of(session: Any) -> OnnxInput:
    inputs = session.get_inputs()
    if len(inputs) != 1 or len(inputs[0].shape) != 4 or inputs[0].type != "tensor(float)":
        raise ClassifierError(
            "the network does not take a batch of images",
            found="; ".join(f"{each.name}: {each.type} {each.shape}" for each in inputs),
            expected="one float input of shape (N, C, H, W)",
        )
    batch, channels, height, width = (side if isinstance(side, int) else None for side in inputs[0].shape)
    size = None if height is None or width is None else (height, width)
    return OnnxInput(inputs[0].name, batch, channels, size)


def _probabilities(outputs: NDArray[np.float64], file: str) -> NDArray[np.float64]:
    if outputs.shape[2:] == (1, 1):  # a network that ends in its pooling
        outputs = outputs[:, :, 0, 0]
    if outputs.ndim != 2 or not np.isfinite(outputs).all():
        raise ClassifierError(
            "the network gives no class scores",
            found=f"an output of shape {outputs.shape}",
            expected="finite numbers of shape (N, classes)",
            file=file,
        )
    already = (outputs >= 0).all() and (np.abs(outputs.sum(axis=1) - 1) < _SUM_TOLERANCE).all()
    return outputs if already else softmax(outputs)


def _numbers(options: Options, key: str, usual: float) -> tuple[float, ...]:
    text = options.text(key)
    try:
        numbers = (usual,) if text is None else tuple(float(part) for part in text.split(","))
    except ValueError:
        numbers = ()
    if len(numbers) not in (1, 3) or (key == "deviation" and min(numbers) <= 0):
        raise ClassifierError(f"the option {key!r} cannot be read", found=repr(text), expected="one number, or three")
    return numbers
