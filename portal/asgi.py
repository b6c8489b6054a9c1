"""The ASGI entry point: ``uvicorn portal.asgi:application``."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
os.environ.setdefault("PORTAL_DATABASE_POOL", "1")
application = get_asgi_application()
