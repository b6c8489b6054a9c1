"""Takes what came, by whatever door: stored once, and a worker told. Nothing is decided here."""

from agents.connectors.slack.arriving import payloads
from agents.connectors.slack.posting.marks import Json
from agents.storable import storable
from portal import prepared
from portal.later import later

# One statement: Slack waits three seconds for the answer, also where hundreds of events come at once.
STORE = """
    INSERT INTO slack_arrival (connection_id, key, body, tries, trouble)
    VALUES (%(connection)s, %(key)s, %(body)s, 0, '')
    ON CONFLICT (connection_id, key) DO NOTHING RETURNING id
"""


def take(connection: int, body: Json) -> None:
    """Twice the same is once. What nobody here needs is forgotten at once."""
    key = payloads.key_of(body)
    if not key or not payloads.wanted(body):
        return
    given = {"connection": connection, "key": key, "body": storable(dict(body))}
    for (number,) in prepared.execute(STORE, given):
        later("slack.arrived", number)
