"""What would happen if a call that waits were allowed, as its system shows it now."""

import logging
from threading import Thread

from django.db import connections

from agents.connectors.base import CallContext, ConnectionContext, Connector, ConnectorError
from agents.connectors.previews import Preview
from agents.gate.contexts import call_context
from agents.queue.models import Call

log = logging.getLogger(__name__)
WITHIN = 5.0  # seconds that a page waits for it
Shown = tuple[Preview | None, str]


def previewed(connector: Connector) -> bool:
    """Does it show what its calls would do?"""
    return type(connector).preview is not Connector.preview


def preview(row: Call) -> Shown:
    """The preview, where its connector has one; else why there is none, as a sentence, or nothing at all."""
    assert row.connection is not None
    found: list[Shown] = []
    try:
        context = row.connection.context()
    except ConnectorError as error:
        return None, str(error)
    call = call_context(row)
    looking = Thread(target=lambda: found.append(_asked(row, context, call)), daemon=True)
    looking.start()
    looking.join(WITHIN)
    slow = f"{row.connection} does not answer at the moment, so this page cannot show what would change."
    return found[0] if found else (None, slow)


def _asked(row: Call, context: ConnectionContext, call: CallContext) -> Shown:
    assert row.connection is not None
    try:
        return row.connection.connector.preview(context, call), ""
    except ConnectorError as error:
        return None, f"What would change cannot be shown: {error}"
    except Exception:
        log.exception("%s cannot be previewed", row)
        return None, f"{row.connection} could not be asked what would change."
    finally:
        connections.close_all()
