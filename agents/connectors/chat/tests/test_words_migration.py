"""A plainer word for an argument leaves the grants of a post good."""

from importlib import import_module

import pytest
from django.apps import apps

from agents.grants.models import Grant
from tests import builders
from tests.cast import Cast

migration = import_module("agents.connectors.chat.migrations.0002_says_to")


@pytest.mark.django_db
def test_a_grant_of_the_old_word_stays_good(cast: Cast) -> None:
    agent, _ = builders.triage(cast)
    post = builders.grant(agent, builders.chat(cast.ada, cast.support), "chat.post", by=cast.ada)
    Grant.objects.filter(pk=post.pk).update(declaration=migration.BEFORE)
    other = set(Grant.objects.exclude(pk=post.pk).values_list("pk", "declaration"))
    migration.follow(apps, None)
    post.refresh_from_db()
    assert post.declaration == migration.NOW
    assert set(Grant.objects.exclude(pk=post.pk).values_list("pk", "declaration")) == other
