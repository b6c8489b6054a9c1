"""The connectors there are. One folder, one line."""

from agents.connectors.base import Connector
from agents.connectors.chat import PortalChat
from agents.connectors.mail import Mail
from agents.policy.declarations import Capability

CONNECTORS: dict[str, Connector] = {connector.kind: connector for connector in (Mail(), PortalChat())}


def catalogue() -> dict[str, Capability]:
    """Every declared capability by its name."""
    return {one.name: one for connector in CONNECTORS.values() for one in connector.capabilities}
