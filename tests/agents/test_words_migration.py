"""Plainer words for a capability leave its grants good."""

from importlib import import_module

import pytest
from django.apps import apps

from agents.grants.models import Grant
from tests import builders
from tests.cast import Cast

migration = import_module("agents.migrations.0016_list_says_what_it_shows")


@pytest.mark.django_db
def test_a_grant_of_the_old_words_of_listing_stays_good(cast: Cast):
    builders.triage(cast)
    grants = Grant.objects.filter(capability="mail.list")
    grants.update(declaration=migration.BEFORE)
    other = set(Grant.objects.exclude(capability="mail.list").values_list("pk", "declaration"))
    migration.follow(apps, None)
    assert set(grants.values_list("declaration", flat=True)) == {migration.NOW}
    assert set(Grant.objects.exclude(capability="mail.list").values_list("pk", "declaration")) == other
