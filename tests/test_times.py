"""Times are taken and shown in the reader's zone, or say whose they are: every field, template and text.

Each page is looked at by ``test_doors``.
"""

import ast
import re
from collections.abc import Iterator

from django import forms

from portal.checks import patterns
from portal.days import DayField
from tests.test_architecture import MODULES, TEMPLATES, name_of

NAMES_A_DAY = "a day of the ledger, which is counted in UTC"
GIVEN_ZONE = "is given the reader's zone"
SAYS_UTC = "says that it is UTC"
KEY = "tells one day from the next, and nobody reads it"
CHOSEN = "the hour that its person chose, in their zone"
ROW = "names a row for the trail and the log, not for a page"

# Where Python writes a time or a day, and why that is right.
WRITES = {
    "agents.queue.outcomes": SAYS_UTC,
    "agents.sample.company": SAYS_UTC,
    "agents.connectors.mail.invitations": "the zone of the invitation, named",
    "agents.connectors.mail.outlook.properties": SAYS_UTC,
    "agents.schedules.arrivals": SAYS_UTC,
    "agents.schedules.describe": "the schedule's own zone, which its page names",
    "agents.lifecycle.grants": KEY,
    "agents.pages.nights.forms": CHOSEN,
    "metering.budgets.models": ROW,
    "metering.budgets.words": SAYS_UTC,
    "metering.management.commands.refusals": SAYS_UTC,
    "metering.permits.actions": KEY,
    "metering.publications.models": ROW,
    "metering.reports.charts": NAMES_A_DAY,
    "metering.rights.export": SAYS_UTC,
    "metering.disputes.models": NAMES_A_DAY,
    "metering.rollups.periods": NAMES_A_DAY,
    "metering.simulation.models": ROW,
    "metering.usage.models": SAYS_UTC,
    "portal.accounts.actions": KEY,
    "portal.audit.seals": SAYS_UTC,
    "portal.days": "the day that a reader typed",
    "portal.inbox.choosing": CHOSEN,
    "portal.reasons": "the reader's zone, named",
    "portal.templatetags.portal": "a day has no zone",
    "portal.up.trail_lines": "the terminal's zone, named",
    "portal.words": GIVEN_ZONE,
}


def formats_times(source: str) -> bool:
    for node in ast.walk(ast.parse(source)):
        spec = node.format_spec if isinstance(node, ast.FormattedValue) else None
        if spec is not None and re.search("%[A-Za-z]", ast.unparse(spec)):
            return True
        if isinstance(node, ast.Attribute) and node.attr in {"strftime", "ctime"}:
            return True
    return False


def test_every_module_that_writes_a_time_says_whose_it_is():
    found = {name_of(path) for path in MODULES if formats_times(path.read_text())}
    assert sorted(found - set(WRITES)) == [], "use the filters when, day and clock, or name the zone"
    assert sorted(set(WRITES) - found) == []
    for name in (name for name, why in WRITES.items() if why == SAYS_UTC):
        source = next(path.read_text() for path in MODULES if name_of(path) == name)
        times = re.findall(r"%H:%M[^\n]{0,20}", source)
        assert all("UTC" in text for text in times), (name, times)


def test_days_are_typed_into_one_kind_of_field():
    other = re.compile(
        r"(?<!models\.)\b(forms\.)?(Date|DateTime|Time|SplitDateTime|Duration)Field\(|(Date|DateTime|Time)Input\b"
        r"|datetime-local|type=.time"
    )
    found = {
        name_of(path)
        for path in MODULES
        if path.name != "models.py" and name_of(path) != "portal.days" and other.search(path.read_text())
    }
    assert found == set()
    for path in TEMPLATES:
        assert not re.search(r'type="(date|time|datetime-local)"', path.read_text()), path


def every_form(of: type = forms.BaseForm) -> Iterator[type]:
    for form in of.__subclasses__():
        if form.__module__.split(".")[0] in {"portal", "metering", "agents"}:
            yield form
        yield from every_form(form)


def test_every_field_for_a_day_says_whose_day_it_is():
    list(patterns())  # every room's forms are loaded
    fields = [
        (form.__name__, name, field)
        for form in every_form()
        for name, field in getattr(form, "base_fields", {}).items()
        if isinstance(field, forms.DateField | forms.DateTimeField | forms.TimeField)
    ]
    assert len(fields) >= 12
    for form, name, field in fields:
        assert isinstance(field, DayField), (form, name)
        assert "UTC" in field.help_text, (form, name)  # here both zones are


UNFILTERED = re.compile(
    r"{{\s*[\w.]*(?:\b|_)(at|until|ends|starts|begun|moment|due|expires|date|today|hour)\s*(\|(?!when|day|clock|date|lately)[^}]*)?}}"
)


def test_every_template_prints_times_through_a_filter():
    found = [
        f"{path.name}: {match[0]}"
        for path in TEMPLATES
        for match in UNFILTERED.finditer(path.read_text())
        if match[0] != "{{ mark.at }}"  # a place in a chart
    ]
    assert found == []
    assert UNFILTERED.search("{{ grant.ends_at }}")
    assert UNFILTERED.search("{{ task.created_at|default:'–' }}")
    assert not UNFILTERED.search("{{ grant.ends_at|day }}")
