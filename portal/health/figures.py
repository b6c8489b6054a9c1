"""The page of figures in Prometheus' format. A scrape reads indexes and sums that are there: no table as a whole.

No label names a person, and none holds words that somebody wrote.
"""

from collections.abc import Iterable, Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from portal import broker, plugins
from portal.clock.models import Tick
from portal.health.models import numbers
from portal.sessions import database_now


class _Figures(Collector):
    def collect(self) -> Iterable[Metric]:
        yield from _clock()
        waiting = broker.ready()
        yield GaugeMetricFamily("portal_broker_up", "1 where the broker answers.", value=waiting is not None)
        if waiting is not None:
            yield GaugeMetricFamily(
                "portal_broker_messages", "Messages that wait for a worker.", value=waiting
            )
        counted = numbers()
        for plugin in plugins.installed():
            yield from plugin.metrics(counted)


def _clock() -> Iterator[Metric]:
    begun = GaugeMetricFamily(
        "portal_beat_age_seconds", "Since an entry of the clock began last.", labels=["entry"]
    )
    done = GaugeMetricFamily("portal_beat_done_age_seconds", "Since it was last done.", labels=["entry"])
    now = database_now()
    for tick in Tick.objects.filter(name__in=plugins.beats()):
        if tick.begun_at:
            begun.add_metric([tick.name], max(0.0, (now - tick.begun_at).total_seconds()))
        if tick.done_at:
            done.add_metric([tick.name], max(0.0, (now - tick.done_at).total_seconds()))
    yield from (begun, done)


def page() -> bytes:
    registry = CollectorRegistry()
    registry.register(_Figures())
    return generate_latest(registry)
