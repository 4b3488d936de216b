"""Classifiers and what they are judged by: splits, leakage, metrics, comparisons."""

from harness.classifiers.arm_summary import ArmMetric, summarise_arm
from harness.classifiers.classifier import Classifier, ClassifierDescription
from harness.classifiers.comparisons import (
    Flips,
    compare_arms,
    family,
    flips_against,
    image_values,
    mcnemar_per_repeat,
    recovered_by_arm,
)
from harness.classifiers.fake import FakeClassifier
from harness.classifiers.from_estimator import from_estimator
from harness.classifiers.metrics import METRICS, BlockScores, ClassScore, higher_is_better, score_block
from harness.classifiers.modes import HR, Classification, Task, classify, run_task, tasks_of
from harness.classifiers.plan import Plan, PlanOptions, plan_classification
from harness.classifiers.predictions import MODES, Block, Mode, PredictionRow, blocks_of
from harness.classifiers.preprocessing import Preprocessing
from harness.classifiers.progress import TrainingProgress, WatchesValidation, hear_training, tell_training
from harness.classifiers.spec import KINDS, Permissions, build_classifier
from harness.classifiers.splits import Fractions, Split, split_images

__all__ = [
    "HR",
    "KINDS",
    "METRICS",
    "MODES",
    "ArmMetric",
    "Block",
    "BlockScores",
    "ClassScore",
    "Classification",
    "Classifier",
    "ClassifierDescription",
    "FakeClassifier",
    "Flips",
    "Fractions",
    "Mode",
    "Permissions",
    "Plan",
    "PlanOptions",
    "PredictionRow",
    "Preprocessing",
    "Split",
    "Task",
    "TrainingProgress",
    "WatchesValidation",
    "blocks_of",
    "build_classifier",
    "classify",
    "compare_arms",
    "family",
    "flips_against",
    "from_estimator",
    "hear_training",
    "higher_is_better",
    "image_values",
    "mcnemar_per_repeat",
    "plan_classification",
    "recovered_by_arm",
    "run_task",
    "score_block",
    "split_images",
    "summarise_arm",
    "tasks_of",
    "tell_training",
]
