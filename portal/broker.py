"""The queue's own tables: pgmq's SQL, where the broker is the portal's own PostgreSQL."""

from django.conf import settings
from django.db import connection, transaction

from portal import database_roles
from portal.locking import lock_until_commit


def ensure() -> bool:
    """Install the queue's SQL, as the plain role's own, if the broker is pgmq and lacks it; says whether it did."""
    if not settings.BROKER_URL.startswith("pgmq") or _made():
        return False
    with database_roles.making_schemas():
        return _install()


def _install() -> bool:
    with transaction.atomic(), connection.cursor() as cursor:
        # Two starts at once on one database: the second waits, and finds it done.
        lock_until_commit("pgmq")
        if _made():
            return False
        from pgmq.install import get_embedded_install_sql  # late: needed once in a database's life

        cursor.execute(get_embedded_install_sql())
    return True


def _made() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_namespace WHERE nspname = 'pgmq'")
        return cursor.fetchone() is not None
