"""How the portal marks what it posts, and how other people's texts stand in Slack's own marks. Pure."""

METADATA = "agent_portal"  # on what the portal itself posts, so that it knows its own


def escaped(text: str) -> str:
    """For Slack's own marks: nothing in it is a link or a mention."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
