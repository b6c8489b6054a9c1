"""The check that ``test_doors`` makes on each page finds what it is for."""

import re

import pytest

from tests.spacing import apart
from tests.test_architecture import TEMPLATES

APART = [
    "<p>Ada <b>Osei</b>\n, an admin</p>",
    "<dd>Lea <a href='/'>Brandt </a>. Then</dd>",
    "<li>Mia <span>( she)</span></li>",
    "<li>Mia (she )</li>",
    "<p>until {{ day }}</p>",
    "<pre>typed , so</pre><p>Ada\n  ;\n  <b>an admin</b></p>",
]
WELL = [
    "<p>Ada <b>Osei</b>, an admin</p>",
    "<p>Ada</p> <p>, as written</p>",
    "<td>12</td> <td>.5</td>",
    "<p>Verifying …</p>",
    '<input value="who , what">',
    "<pre>typed , so</pre><blockquote><span>posted , so</span></blockquote>",
]


@pytest.mark.parametrize("html", APART)
def test_a_sign_apart_from_its_word_is_found(html: str):
    assert len(apart(html.encode())) == 1


def test_no_sign_follows_a_gap_that_a_template_makes():
    """What another template brings ends with a line of its own; a condition on a new line has a gap before it."""
    brought = re.compile(r"\{% include [^%]*%\}[.,:;!?)]|\s\{% (?:el)?if [^%]*%\}[,.;:!?)]")
    found = {str(path) for path in TEMPLATES if brought.search(path.read_text())}
    assert found == set()


@pytest.mark.parametrize("html", WELL)
def test_a_well_set_text_is_let_through(html: str):
    assert apart(html.encode()) == []
