"""The parts templates are made of: tied together for screen readers, escaped, nothing inline."""

from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup, Tag
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import timezone


class Sample(forms.Form):
    name = forms.CharField(help_text="How people will know it.")
    mode = forms.ChoiceField(
        choices=[("shadow", "Shadow\nWritten down."), ("live", "Live\nDone.")],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(widget=forms.Textarea, required=False)
    tell = forms.BooleanField(required=False, help_text="A line on your start page.")


def drawn(template: str, **context: object) -> BeautifulSoup:
    html = Template(template).render(Context(context))
    assert " style=" not in html
    assert "onclick" not in html
    return BeautifulSoup(html, "html.parser")


def one(soup: BeautifulSoup | Tag, selector: str) -> Tag:
    found = soup.select_one(selector)
    assert found is not None, f"{selector} is not in {soup}"
    return found


def test_a_wrong_field_is_tied_to_its_help_and_its_error() -> None:
    soup = drawn("{% field form.name %}", form=Sample({}))
    control = one(soup, "input#id_name")
    assert control["aria-invalid"] == "true"
    assert control["aria-describedby"] == "id_name_help id_name_error"
    assert one(soup, "#id_name_help").text == "How people will know it."
    assert one(soup, "#id_name_error").text.strip()
    assert one(soup, "label[for=id_name]").text == "Name"


def test_an_optional_field_says_so() -> None:
    soup = drawn("{% field form.note %}", form=Sample())
    assert " ".join(one(soup, "label").text.split()) == "Note optional"
    assert not one(soup, "textarea").has_attr("aria-invalid")


def test_where_something_is_always_chosen_nothing_is_optional() -> None:
    class Kinds(forms.Form):
        kind = forms.ChoiceField(required=False, choices=[("a", "First"), ("b", "Second")])
        whose = forms.ChoiceField(required=False, choices=[("", "Anybody's"), ("own", "Mine")])

    assert one(drawn("{% field form.kind %}", form=Kinds()), "label").text == "Kind"
    label = one(drawn("{% field form.whose %}", form=Kinds()), "label")
    assert " ".join(label.text.split()) == "Whose optional"


def test_choices_are_a_group_with_a_name_and_each_says_what_it_means() -> None:
    soup = drawn("{% field form.mode %}", form=Sample({}))
    group = one(soup, "fieldset")
    assert group["aria-describedby"] == "id_mode_error"
    assert one(group, "legend").text == "Mode"
    assert [small.text for small in group.select("label.told small")] == [
        "Written down.",
        "Done.",
    ]
    assert {label["for"] for label in group.select("label")} == {box["id"] for box in group.select("input")}


def test_a_box_stands_before_its_label() -> None:
    soup = drawn("{% field form.tell %}", form=Sample())
    assert one(soup, ".check > input[type=checkbox]")["aria-describedby"] == "id_tell_help"


def test_a_form_with_errors_says_so_first() -> None:
    soup = drawn("{% fields form %}", form=Sample({}))
    assert "Nothing was saved" in one(soup, "[role=alert]").text


def test_text_is_escaped() -> None:
    soup = drawn(
        '{% tag "ask" text %}{% avatar text %}{% empty_state "inbox" text %}{{ text }}{% endempty_state %}',
        text="<b>&",
    )
    assert not soup.select("b")


def test_a_tag_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="no tag 'green'"):
        drawn('{% tag "green" "ok" %}')


def test_times_say_the_distance_and_tell_the_rest_on_hover() -> None:
    with timezone.override("Europe/Berlin"):
        soup = drawn("{{ at|when }}", at=timezone.now() - timedelta(minutes=5, seconds=1))
    time = one(soup, "time.near")
    assert time.text == "5 minutes ago"
    assert str(time["title"]).endswith("Europe/Berlin")


def test_times_far_away_are_days() -> None:
    at = datetime(2020, 1, 1, 23, 30, tzinfo=UTC)
    with timezone.override("Europe/Berlin"):
        soup = drawn("{{ at|when }} {{ at|clock }} {{ at.date|day }} {{ none|when }}", at=at, none=None)
    assert soup.text == "2 Jan 2020 00:30:00 1 Jan 2020 –"


def test_the_pager_keeps_the_filters() -> None:
    request = RequestFactory().get("/agents/", {"q": "mail & more", "page": "2"})
    soup = drawn('{% pager page_obj "agent" %}', request=request, page_obj=Paginator(range(60), 25).page(2))
    assert "60 agents, page 2 of 3" in " ".join(soup.text.split())
    assert one(soup, "a[rel=next]")["href"] == "/agents/?q=mail+%26+more&page=3"
    assert one(soup, "a[rel=prev]")["href"] == "/agents/?q=mail+%26+more&page=1"
