"""What was typed goes back into the form it was typed into, and into no other."""

import pytest

from portal.submissions.prefill import filled

BESIDE = '<section class="card" id="typed"><textarea readonly>x</textarea></section>'


def form(inside: str, action: str = ' action="/a/stop/"') -> str:
    return f'<form class="card" method="post"{action}>{inside}</form>'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            '<input type="text" name="why" id="w">',
            '<input type="text" name="why" id="w" value="a &lt;b&gt;">',
        ),
        ('<input name="why" value="old">', '<input name="why" value="a &lt;b&gt;">'),
        (
            '<textarea name="why" rows="2">\nold</textarea>',
            '<textarea name="why" rows="2">\na &lt;b&gt;</textarea>',
        ),
    ],
)
def test_a_text_is_written_where_it_was_typed(before, after):
    page = filled(BESIDE + form(before), "/a/", "/a/stop/", {"why": "a <b>", "back": "on"}, {"a <b>"})
    assert page == form(after)


def test_a_form_without_an_address_is_that_of_the_page():
    assert 'value="x y"' in filled(
        form('<input name="why">', ""), "/a/stop/", "/a/stop/", {"why": "x y"}, {"x y"}
    )


@pytest.mark.parametrize(
    "page",
    [
        form('<input name="why">', ' action="/b/stop/"'),
        form('<input name="other">'),
        form('<input type="hidden" name="why" value="">'),
        form('<input type="password" name="why">'),
        '<form method="get" action="/a/stop/"><input name="why"></form>',
    ],
)
def test_what_finds_no_place_stays_beside_the_form(page):
    assert filled(BESIDE + page, "/a/", "/a/stop/", {"why": "x y"}, {"x y"}) == BESIDE + page
