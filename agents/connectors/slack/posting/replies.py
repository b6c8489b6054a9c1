"""Lines that the portal writes: stored in the transaction of what they tell of, posted after it."""

from agents.connectors.slack.posting.identity import workspace
from agents.connectors.slack.posting.marks import escaped
from agents.connectors.slack.posting.models import Reply
from agents.connectors.slack.posting.sending import claimed, end, found, post, trouble
from agents.connectors.slack.web_api import api
from portal.later import later


def say(
    connection: int,
    channel: str,
    text: str,
    *,
    key: str,
    thread: str = "",
    account: str = "",
    link: str = "",
    at_once: bool = True,
) -> None:
    """``key``: the same line is said once. ``account``: only this person sees it. ``link``: an address behind it.

    ``at_once``: a worker is told; else the clock does it.
    """
    shown = escaped(text)[:2_500] + (f" <{link}|Open it in the portal>" if link else "")
    direct = channel.startswith("D")  # nobody else is there, and nothing vanishes there
    row, made = Reply.objects.get_or_create(
        connection_id=connection,
        key=key,
        defaults={"channel": channel, "thread": thread, "account": "" if direct else account, "text": shown},
    )
    if made and at_once:
        later("slack.reply", row.pk)


def deliver(pk: int) -> None:
    """A worker's: posts one line. It holds no text afterwards."""
    row = claimed(Reply, pk)
    if row is None:
        return
    with trouble(row):
        context = row.connection.context()
        app = workspace(context).app
        with api(context) as slack:
            if row.account:
                slack.change(
                    "chat.postEphemeral",
                    channel=row.channel,
                    user=row.account,
                    text=row.text,
                    thread_ts=row.thread,
                )
                ts = ""
            else:
                place = {"channel": row.channel, "thread": row.thread}
                ts = found(slack, row.key, app=app, **place) if row.tries > 1 else ""
                ts = ts or post(slack, row.key, text=row.text, **place)
        end(row, ts=ts, text="")
