"""Removes a connection, and revokes the grants on it and what its person allowed at a provider."""

from agents.connections.models import Connection
from agents.connections.signing_in import sign_out_of
from agents.events import Event
from agents.lifecycle.grants import revoke_grant
from portal.audit.record import action
from portal.notices.telling import settle
from portal.people.models import Person
from portal.reasons import because


@action(Event.CONNECTION_REMOVED)
def remove_connection(actor: Person, connection: Connection) -> Connection:
    """Its grants are revoked and its secret forgotten; rows that name it stay."""
    connection.refuse_removed()
    connection.state, connection.secret = Connection.State.REMOVED, b""
    connection.save(update_fields=["state", "secret"])
    settle(connection)
    settle(connection.openings.all())
    sign_out_of(actor, connection)
    for grant in connection.grants.holding().select_related("agent"):
        revoke_grant(actor, grant, cause=because("place_removed"))
    return connection
