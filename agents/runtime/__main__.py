"""``python -m agents.runtime``: the process that awaits models, as a worker starts it (``beside``)."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django.setup()

from agents.runtime import waiting  # noqa: E402  # it needs Django's tables

waiting.run()
