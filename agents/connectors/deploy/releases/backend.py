"""Git releases as a back end: what changes them. A run is a process of its own."""

from agents.connectors.base import ConnectorError, Unavailable
from agents.connectors.deploy.backend import Wanted
from agents.connectors.deploy.releases import starting
from agents.connectors.deploy.releases.reading import Reading, in_words
from agents.connectors.deploy.releases.records import CANCEL
from agents.connectors.deployments import Run, RunState


class Releases(Reading):
    def against(self, wanted: Wanted) -> str:
        try:
            with in_words():
                starting.order(self, wanted)
        except Unavailable:
            raise
        except ConnectorError as error:
            return str(error)
        return ""

    def begin(self, wanted: Wanted) -> Run:
        with in_words():
            return starting.begin(self, wanted)

    def begun(self, wanted: Wanted) -> Run | None:
        """One that was only written down, by a process that died before it handed it over, did not begin."""
        place = self.place(wanted.service, wanted.environment)
        with in_words():
            held, records = place.held(), place.records()
        found = next((record for record in records if record.key == wanted.key), None)
        if found is None or (found.state == RunState.QUEUED and not held):
            return None
        return self.run(wanted.service, wanted.environment, str(found.number))

    def cancel(self, service: str, environment: str, run: str) -> None:
        found, place = self.run(service, environment, run), self.place(service, environment)
        if found.over:
            raise ConnectorError(f"Run {found.id} is over already: it {found.state}.")
        with in_words():
            decided = place.decide(int(found.id), CANCEL)
        if decided != CANCEL:
            raise ConnectorError(
                f"Run {found.id} is past the point at which it can be cancelled. Wait for its end, then roll back."
            )
