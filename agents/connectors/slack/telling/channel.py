"""The Slack channel of notices: direct messages to people who linked their account and want them there.

A question comes as a message of its own, without its words, which its person can have shown and answer. That message
says at any time how the question stands now, so one that is settled is not sent.
"""

from collections.abc import Sequence
from uuid import uuid4

from django.db import transaction

from agents.connectors.base import ConnectorError, Unavailable
from agents.connectors.desk import Question
from agents.connectors.slack.answering import messages
from agents.connectors.slack.linking.models import Link, LinkQuerySet
from agents.connectors.slack.posting.identity import workspace
from agents.connectors.slack.posting.models import AskMessage, NoticeLine, NoticeMessage
from agents.connectors.slack.posting.sending import found, post
from agents.connectors.slack.telling import lines
from agents.connectors.slack.web_api import Refusal, api
from portal.notices.channels import Away, Refused, Shown
from portal.notices.models import Notice
from portal.outgoing import Unanswered
from portal.people.models import Person
from portal.reasons import because

ABOUT = {"agents.Approval": "ask", "agents.Unclear": "unclear"}  # notices of questions, and their kinds
LOST = 600.0  # seconds until a token that is not taken is tried again
REASONS = {
    "slack_unlinked": "No Slack account is linked any more.",
    "slack_away": "Slack is away for now.",
    "slack_lost": "Slack does not take the connection's token. An admin of the connection can enter a new one.",
    "slack_refused": "Slack does not take a message to this account.",
}


class SlackNotices:
    """``portal.notices.channels.Channel``."""

    name, title = "slack", "Slack"

    def ready(self) -> bool:
        return _links().exists()

    def may(self, person: Person) -> bool:
        return _links().filter(person=person).exists()

    def send(self, person: Person, notices: Sequence[Shown]) -> None:
        link = _links().filter(person=person).select_related("connection").last()
        if link is None:
            raise Refused(because("slack_unlinked"))
        try:
            _lines(link, _questions(link, notices))
        except Unavailable as error:
            raise Away(error.retry_after, why=because("slack_away")) from error
        except Unanswered as error:
            raise Away(why=because("slack_away")) from error
        except Refusal as error:
            if error.lost:
                raise Away(LOST, why=because("slack_lost")) from error
            raise Refused(because("slack_refused")) from error
        except ConnectorError as error:
            raise Away(LOST, why=because("slack_lost")) from error


def _links() -> LinkQuerySet:
    return Link.objects.current().filter(told=True)


def _questions(link: Link, notices: Sequence[Shown]) -> list[Shown]:
    """Has each ask shown that is not there yet; what is left is told in lines."""
    about = Notice.objects.filter(pk__in=[notice.id for notice in notices], about_type__in=ABOUT)
    asks = {
        pk: Question(ABOUT[kind], number)
        for pk, kind, number in about.values_list("pk", "about_type", "about_id")
    }
    numbers = {asked.number for asked in asks.values()}
    shown = AskMessage.objects.filter(link=link, ask__in=numbers, key__startswith="notice:")
    there = {row.question: row.key for row in shown}
    left = []
    for notice in notices:
        ask, key = asks.get(notice.id), f"notice:{notice.id}"
        if ask is None or there.setdefault(ask, key) != key:
            left.append(notice)  # of an ask that is there: it is told of again, before it closes
        else:
            messages.show(link, ask, key=key)
    return left


def _lines(link: Link, notices: Sequence[Shown]) -> None:
    """One message with a line for each that is not there yet. Stored first, so one that got lost is found again."""
    context = link.connection.context()
    app = workspace(context).app
    numbers = [notice.id for notice in notices]
    with api(context) as slack:
        for begun in NoticeMessage.objects.filter(lines__notice__in=numbers, ts="").distinct():
            if ts := found(slack, begun.key, app=app, channel=begun.channel):
                NoticeMessage.objects.filter(pk=begun.pk).update(ts=ts)
            else:
                begun.delete()
        known = set(NoticeLine.objects.filter(notice__in=numbers).values_list("notice", flat=True))
        new = [notice for notice in notices if notice.id not in known]
        if not new:
            return
        with transaction.atomic():
            made = NoticeMessage.objects.create(
                connection_id=link.connection_id,
                link=link,
                channel=link.room,
                key=f"notices:{uuid4()}",
                due_at=None,
            )
            NoticeLine.objects.bulk_create([NoticeLine(message=made, notice_id=notice.id) for notice in new])
        ts = post(slack, made.key, channel=link.room, text=lines.text(new))
    NoticeMessage.objects.filter(pk=made.pk).update(ts=ts)
