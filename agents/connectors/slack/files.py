"""``slack.upload``: a text file in three steps, of which only the last can be seen by anybody.

The message that shows the file carries the call's key in the name of its block, which people do not see.
"""

from collections.abc import Iterable
from urllib.parse import urlsplit

from agents.connectors.base import CallContext, ConnectionContext, ConnectorError, Result
from agents.connectors.slack import channels
from agents.connectors.slack.names import file_name
from agents.connectors.slack.posting.bylines import byline
from agents.connectors.slack.posting.marks import METADATA
from agents.connectors.slack.web_api import Api, Json, Refusal, records
from agents.connectors.slack.writing import COUNTED, OTHER, digest, looked_through, newest
from agents.storable import storable
from portal.outgoing import Unanswered

LARGEST = 100_000  # characters


def upload(api: Api, connection: ConnectionContext, call: CallContext) -> Result:
    name, text = file_name(call.arguments.get("name")), call.arguments.get("text")
    if not isinstance(text, str) or not text.strip():
        raise ConnectorError("The file is empty.")
    if len(text) > LARGEST:
        raise ConnectorError(f"The file has more than {LARGEST:,} characters.")
    data = str(storable(text)).encode()
    channel = channels.found(api, connection, call.arguments.get("channel"), writes=True)
    if (before := _there(newest(api, channel.id), call)) is not None:
        return before
    place = api.read("files.getUploadURLExternal", filename=name, length=len(data))
    number = str(place.get("file_id") or "")
    _put(api, str(place.get("upload_url") or ""), data)
    shown = {
        "type": "section",
        "block_id": f"{METADATA}:{call.key}:{digest(call)}",
        "text": {"type": "plain_text", "text": name},
    }
    api.change(
        "files.completeUploadExternal",
        files=[{"id": number, "title": name}],
        channel_id=channel.id,
        blocks=[shown, byline(call)],
    )
    return _done(number)


def was_uploaded(api: Api, connection: ConnectionContext, call: CallContext) -> Result | None:
    channel = channels.found(api, connection, call.arguments.get("channel"))
    return _there(looked_through(api, channel.id), call)


def _put(api: Api, url: str, data: bytes) -> None:
    """Where Slack says, if that is Slack: the file is nobody's yet, so it may be put there again."""
    told, known = urlsplit(url), urlsplit(api.base)
    same = (told.scheme, told.hostname, told.port) == (known.scheme, known.hostname, known.port)
    slacks = told.scheme == "https" and (told.hostname or "").endswith((".slack.com", ".slack-gov.com"))
    if not same and not slacks:
        raise ConnectorError("Slack names a strange place for the file, so it was not sent.")
    try:
        answer = api.http.request("POST", url, content=data, repeatable=True)
    except Unanswered as error:
        raise ConnectorError(str(error)) from None
    if not answer.ok:
        raise Refusal("upload_failed", f"Slack did not take the file ({answer.status}).", lost=False)


def _there(among: Iterable[Json], call: CallContext) -> Result | None:
    wanted = f"{METADATA}:{call.key}:"
    for message in among:
        for block in records(message, "blocks"):
            if str(block.get("block_id") or "").startswith(wanted):
                if block["block_id"] != wanted + digest(call):
                    raise ConnectorError(OTHER)
                return _done(_first(message))
    return None


def _first(message: Json) -> str:
    return next((str(file.get("id") or "") for file in records(message, "files")), "")


def _done(number: str) -> Result:
    return Result({"file": number}, "Shared one file", COUNTED["slack.upload"])
