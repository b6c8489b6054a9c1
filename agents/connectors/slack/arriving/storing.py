"""Takes what came, by whatever door: stored once, and a worker told. Nothing is decided here."""

from agents.connectors.slack.arriving import payloads
from agents.connectors.slack.arriving.models import Arrival
from agents.connectors.slack.posting.marks import Json
from agents.storable import storable
from portal.later import later


def take(connection: int, body: Json) -> None:
    """Twice the same is once. What nobody here needs is forgotten at once."""
    key = payloads.key_of(body)
    if not key or not payloads.wanted(body):
        return
    row, made = Arrival.objects.get_or_create(
        connection_id=connection, key=key, defaults={"body": storable(dict(body))}
    )
    if made:
        later("slack.arrived", row.pk)
