"""What is counted about jobs."""

from typing import Final

from prometheus_client import Counter, Gauge

from app.jobs.figures import Waiting
from app.jobs.kinds import Lane

ENDED: Final = Counter(
    "smarterdev_jobs_total",
    "Jobs that were run, by kind and outcome (done, unchanged, held, or why they are tried again).",
    ["entrypoint", "outcome"],
)
WAITING: Final = Gauge("smarterdev_jobs_waiting", "Jobs that could run now, by kind.", ["entrypoint"])
AGE: Final = Gauge(
    "smarterdev_queue_age_seconds", "How long the oldest job of a lane has been due.", ["lane"]
)
HELD: Final = Gauge("smarterdev_jobs_held", "Jobs that wait for a person (`smarterdev jobs list`).")


def show(waiting: list[Waiting], held: int) -> None:
    """Put the state of the queue into the figures."""
    WAITING.clear()
    ages = dict.fromkeys((int(lane) for lane in Lane), 0.0)
    for each in waiting:
        WAITING.labels(each.entrypoint).set(each.jobs)
        ages[each.lane] = max(ages.get(each.lane, 0.0), each.age)
    for lane, age in ages.items():
        AGE.labels(Lane(lane).name.lower() if lane in set(Lane) else str(lane)).set(age)
    HELD.set(held)
