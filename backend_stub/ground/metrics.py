"""Figures for Prometheus: what was decided, how long it took, how the fleet stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from offline_queue.wire import Outcome

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(slots=True)
class Metrics:
    """The counters of one running central API."""

    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    items: Counter = field(init=False)
    batch_seconds: Histogram = field(init=False)
    batches_put_off: Counter = field(init=False)

    def __post_init__(self) -> None:
        """Make the counters; all outcomes are there from the start, at zero."""
        self.items = Counter(
            "manfadh_items", "Items of batches, by outcome", ["outcome"], registry=self.registry
        )
        for outcome in Outcome:
            self.items.labels(outcome.value)
        self.batch_seconds = Histogram(
            "manfadh_batch_seconds",
            "From the parsed batch to its answer, in seconds",
            registry=self.registry,
            buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
        )
        self.batches_put_off = Counter(
            "manfadh_batches_put_off",
            "Batches that found no place and were given a time to come",
            registry=self.registry,
        )

    def expose(self, moment: Moment) -> bytes:
        """The text that Prometheus reads: the counters, and how things stand now."""
        now = CollectorRegistry()
        now.register(moment)
        return generate_latest(self.registry) + generate_latest(now)


@dataclass(frozen=True, slots=True)
class TerminalFigures:
    """What one terminal last said of itself; ``None`` and no devices when it said nothing."""

    kiosk: str
    last_contact_s: float
    waiting: int | None
    in_service: bool | None
    devices: Mapping[str, bool]


# The registry keeps its collectors in a dictionary: by identity.
@dataclass(frozen=True, slots=True, eq=False)
class Moment(Collector):
    """What is counted anew each time: terminals by standing, and what waits where."""

    terminals: Mapping[str, int]
    transactions_waiting: int
    batches_waiting: int
    each: Sequence[TerminalFigures] = ()

    def collect(self) -> Iterable[Metric]:
        """The gauges."""
        terminals = GaugeMetricFamily(
            "manfadh_terminals", "Terminals, by how they stand", labels=["standing"]
        )
        for standing, count in self.terminals.items():
            terminals.add_metric([standing], count)
        yield terminals
        yield GaugeMetricFamily(
            "manfadh_transactions_waiting",
            "Transactions that wait at the terminals, as they last reported",
            value=self.transactions_waiting,
        )
        yield GaugeMetricFamily(
            "manfadh_batches_waiting",
            "Batches that wait at the gate now",
            value=self.batches_waiting,
        )
        yield from self._of_each()

    def _of_each(self) -> Iterable[Metric]:
        contact = GaugeMetricFamily(
            "manfadh_terminal_last_contact_timestamp_seconds",
            "When a terminal was last heard of, in seconds since 1970",
            labels=["kiosk"],
        )
        waiting = GaugeMetricFamily(
            "manfadh_terminal_transactions_waiting",
            "Transactions that wait at a terminal, as it last reported",
            labels=["kiosk"],
        )
        serving = GaugeMetricFamily(
            "manfadh_terminal_in_service",
            "1 when a terminal last reported that it serves, 0 when not",
            labels=["kiosk"],
        )
        device = GaugeMetricFamily(
            "manfadh_terminal_device_well",
            "1 when a terminal last reported this device online and nothing the matter, 0 when not",
            labels=["kiosk", "device"],
        )
        for one in self.each:
            contact.add_metric([one.kiosk], one.last_contact_s)
            if one.waiting is not None:
                waiting.add_metric([one.kiosk], one.waiting)
            if one.in_service is not None:
                serving.add_metric([one.kiosk], one.in_service)
            for name, well in one.devices.items():
                device.add_metric([one.kiosk, name], well)
        yield from (contact, waiting, serving, device)
