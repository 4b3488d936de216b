"""How news of tasks come from a Dask cluster's workers: through the scheduler's log of events."""

from __future__ import annotations

import pickle
import uuid
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any

from harness.engine.executor import Hear

TOPIC = "srmetrics"
"""Of the scheduler's log; one for all runs, so that its memory is bounded."""


@dataclass(frozen=True, slots=True)
class DaskNews:
    """What a task of some run tells."""

    run: str
    key: str
    pickled: bytes

    def tell(self, hear: Hear) -> None:
        """Tell it to a listener."""
        try:
            news = pickle.loads(self.pickled)  # noqa: S301 - from a worker, whose results are taken likewise
        except Exception:
            return  # It is for people, who can do without.
        hear(self.key, news)


def subscribe(client: Any, arrivals: SimpleQueue[Any]) -> str:
    """Let the news of all runs on the cluster arrive in a queue, and return a name for this run."""

    def arrive(event: tuple[float, Any]) -> None:
        arrivals.put(DaskNews(*event[1]))

    client.subscribe_topic(TOPIC, arrive)
    return uuid.uuid4().hex


def send_news(run: str, key: str, news: object) -> None:
    """Send news of a task from the worker that runs it."""
    from distributed import get_worker

    get_worker().log_event(TOPIC, [run, key, pickle.dumps(news)])
