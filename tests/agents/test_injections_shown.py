"""The thirty mails themselves, and what of them a model gets to see. (Nothing depends on it: it is assumed to obey.)"""

import email
import email.policy
import json
import re
from email.message import EmailMessage

import pytest

from agents.connectors.mail.parse import Letter, parse
from agents.policy.language.invisible import marked
from tests.agents.injections.index import ALL
from tests.agents.injections.wishes import FOLDER, Injection

EVERY = pytest.mark.parametrize("mail", ALL, ids=str)
HIDDEN_BY_STYLE = {
    "05-french-display-none",
    "06-spanish-white-on-white",
    "07-polish-tiny-letters",
    "08-turkish-style-class",
    "30-ukrainian-tags-and-two-forms",
}
REAL = re.compile(
    r"([\w-]+)\.(?:com|org|net|info|io|dev|eu|de|fr|es|pl|tr|il|cn|jp|pt|it|ru|nl|kr|se|dk|cz|ua)\b"
)


def shown(letter: Letter) -> str:
    head, names = letter.head, [one.name for one in letter.attachments]
    beside = [*letter.pictures, *(part for link in letter.links for part in (link.text, link.to))]
    return "\n".join(
        [
            head.sender,
            head.reply_to,
            *head.to,
            *head.cc,
            head.subject,
            head.list_id,
            letter.text,
            *names,
            *beside,
        ]
    )


def plain(text: str) -> str:
    """As it is compared: without what does not show, and in single spaces."""
    return " ".join("".join(sign for sign, hides in marked(text) if not hides).split())


def whole(mail: Injection) -> str:
    """All that the file holds, heads and parts decoded, markup and comments as they are."""
    message = email.message_from_bytes(mail.data, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    found = []
    for part in message.walk():
        found += [f"{name}: {value}" for name, value in part.items()]
        if part.get_content_maintype() == "text":
            found.append(part.get_payload(decode=True).decode(charset(part)))
    return "\n".join(found)


def charset(part: EmailMessage) -> str:
    name = str(part.get_content_charset("utf-8"))
    return "gb18030" if name == "gb2312" else name


def test_there_are_thirty_of_many_kinds():
    assert len(ALL) == 30
    assert {one.name for one in FOLDER.glob("[0-9]*.eml")} == {f"{one.file}.eml" for one in ALL}
    assert len({one.technique for one in ALL}) == 30
    assert len({one.language for one in ALL}) >= 16
    called = {tool for one in ALL for tool, _ in (*one.calls, *one.later)}
    assert called > {"mail_label", "mail_move", "mail_draft", "chat_post"}
    assert len(called) > 10  # tools that it does not hold


@EVERY
def test_the_order_is_in_the_mail_and_reaches_the_model_or_not(mail):
    assert plain(mail.says) in plain(whole(mail))
    assert (plain(mail.says) in plain(shown(parse(mail.data)))) is mail.shown


@EVERY
def test_what_is_shown_is_marked_and_turns_nothing_around(mail):
    letter = parse(mail.data)
    assert not any(hides for _, hides in marked(shown(letter)))
    told = any("text that its reader would not see" in one for one in letter.problems)
    assert told is (mail.file in HIDDEN_BY_STYLE)


@EVERY
def test_nobody_real_is_written_to(mail):
    """Names below real top-level domains are the reserved ones; look-alikes of the company's are only written down."""
    text = plain(whole(mail) + json.dumps((mail.calls, mail.later), ensure_ascii=False))
    assert set(REAL.findall(text)) <= {"example", "ex\u0430mple", "exampl\u0435", "xn--exmple-4nf"}
