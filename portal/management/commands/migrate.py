"""``manage.py migrate``: Django's own, as the tables' owner; then the plain role is given its rights."""

from typing import Any

from django.core.management.commands import migrate

from portal import database_roles


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        with database_roles.as_owner():
            super().handle(*args, **options)
            database_roles.apply()
