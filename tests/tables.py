"""The models of the three apps, those in connectors' folders too: each is a Django app with a label of its own."""

from django.apps import apps
from django.db import models

APPS = ("portal", "metering", "agents")


def app_of(model: type[models.Model]) -> str:
    return model.__module__.partition(".")[0]


def models_of(*names: str) -> list[type[models.Model]]:
    """Of these apps; without any, of all three."""
    return [model for model in apps.get_models() if app_of(model) in (names or APPS)]
