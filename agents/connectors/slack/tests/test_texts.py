"""What an agent writes acts nowhere in Slack, and what stands there is read as people read it."""

import pytest

from agents.connectors.base import ConnectorError
from agents.connectors.slack import messages, names
from agents.connectors.slack.posting.marks import escaped
from agents.connectors.slack.reading import _holds, _words

NAMES = {"U0MIA0001": ("Mia", "mia.park@example.com")}


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("a &lt;b&gt; &amp;amp; c", "a <b> &amp; c"),
        ("<@U0MIA0001> and <@U0LEA0001|lea>", "@Mia and @lea"),
        ("<!channel> <!here|@here> <!subteam^S123|@shop>", "@channel @here @shop"),
        ("<#C01234567|orders>", "#orders"),
        ("<https://evil.example/a|https://bank.example>", "https://bank.example (https://evil.example/a)"),
        ("<https://example.com>", "https://example.com"),
        ("<!date^1392734382^{date}|Feb 18>", "Feb 18"),
        ("5 < 6 and 7 > 6", "5 < 6 and 7 > 6"),
        ("&lt;!channel&gt;", "<!channel>"),
    ],
)
def test_marks_are_read_as_people_see_them_with_the_address_of_a_link(written: str, shown: str) -> None:
    assert messages.plain(written, NAMES) == shown


@pytest.mark.parametrize(
    "text", ["<!channel>", "<@U0MIA0001>", "<https://a.example|b>", "&lt;!here&gt;", "a & b"]
)
def test_what_is_written_is_read_back_as_it_was_and_nothing_in_it_acts(text: str) -> None:
    written = escaped(text)
    assert "<" not in written
    assert ">" not in written
    assert messages.plain(written, NAMES) == text


def test_what_apps_put_into_attachments_is_read_too() -> None:
    message = {
        "text": "",
        "attachments": [{"fallback": "x", "title": "Build", "text": "failed"}, {"fallback": "y"}, 7],
    }
    assert messages.whole_text(message) == "Build\nfailed\ny"


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"text": None, "ts": "x", "user": 7},
        {"ts": "1e999"},
        {"files": [{"size": "big"}, 7], "reactions": "no"},
    ],
)
def test_a_strange_record_is_no_trouble(message: dict[str, object]) -> None:
    told = messages.told(message, "C01234567", {})
    assert told["id"].startswith("C01234567-")
    assert told["text"] == ""


def test_long_messages_are_shortened_and_say_so() -> None:
    told = messages.told({"text": "a" * 10_000, "ts": "1.0"}, "C01234567", {})
    assert len(told["text"]) == messages.SHOWN
    assert told["shortened"] is True


@pytest.mark.parametrize(
    ("written", "name"), [("#Orders", "orders"), (" orders ", "orders"), ("C012345678", "C012345678")]
)
def test_channels_are_named_as_slack_writes_them(written: str, name: str) -> None:
    assert names.channel_name(written) == name


@pytest.mark.parametrize(
    "written", ["", "#", "a b", "a/b", "../x", "a\nb", None, 7, ["a"], "x" * 81, "<!channel>"]
)
def test_what_is_no_channel_no_message_no_emoji_no_address_and_no_file_is_refused(written: object) -> None:
    for read in (names.channel_name, names.parts_of, names.emoji_name, names.email, names.file_name):
        if read is names.file_name and written in ("a b", "x" * 81):
            continue
        if read is names.emoji_name and written == "x" * 81:
            continue
        with pytest.raises(ConnectorError):
            read(written)


def test_words_are_looked_for_together_or_each() -> None:
    words = _words('order "new lamp" Mia')
    assert words == ["new lamp", "order", "mia"]
    assert _holds({"text": "Mia, an ORDER for a new   lamp"}, words)
    assert not _holds({"text": "Mia, an order for a lamp, new"}, words)
    assert _holds({"text": "", "files": [{"name": "order.csv"}]}, ["order"])
