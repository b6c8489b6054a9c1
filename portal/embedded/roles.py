"""Who may connect to the embedded server, and its three roles.

Nobody has a password: the server asks the system which account connects (``peer``). The portal's account may be any of
the roles: ``portal`` is the superuser and used here only, ``portal_owner`` migrates, ``portal_app`` does the rest.
"""

import os
import pwd
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from portal.embedded.account import Account
from portal.embedded.places import ADMIN, NAME, OWNER, PLAIN

if TYPE_CHECKING:
    import psycopg

HBA = "# Written by the portal at each start.\nlocal all all peer map=portal\n"
SETTLED = """
    SELECT pg_get_userbyid(datdba) = %s AND NOT EXISTS (
        SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace AND pg_get_userbyid(relowner) = %s)
    FROM pg_database WHERE datname = current_database()
"""
# What older versions left to the superuser. A table's indexes, and sequences that are a column's, go along with it.
OWNED = """
    SELECT format('ALTER TABLE %s', oid::regclass) FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v')
    UNION ALL
    SELECT format('ALTER SEQUENCE %s', c.oid::regclass) FROM pg_class AS c
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'S'
        AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = c.oid AND deptype IN ('a', 'i'))
    UNION ALL
    SELECT format('ALTER FUNCTION %s', oid::regprocedure) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
"""


def admit(data: Path, server: Account) -> bool:
    """Let our own account in, and root, who could be it anyway. Says whether that was not so before."""
    accounts = {_name(0), _name(os.geteuid()), _name(data.parent.stat().st_uid)} - {""}
    names = "".join(
        f'portal "{account}" {role}\n' for account in sorted(accounts) for role in (ADMIN, OWNER, PLAIN)
    )
    files = {"pg_hba.conf": HBA, "pg_ident.conf": names}
    changed = False
    for name, text in files.items():
        file = data / name
        if not file.exists() or file.read_text() != text:
            beside = data / f"{name}.new"
            beside.write_text(text)
            beside.chmod(0o600)
            if server.other:
                os.chown(beside, server.uid, server.gid)
            beside.replace(file)
            changed = True
    return changed


def _name(uid: int) -> str:
    with suppress(KeyError):
        return pwd.getpwuid(uid).pw_name
    return ""


def make(server: "psycopg.Connection[tuple[object, ...]]") -> None:
    """The two roles without rights of their own, and the portal's database, which the first of them owns."""
    known = {name for (name,) in server.execute("SELECT rolname FROM pg_roles")}
    for role in (OWNER, PLAIN):
        if role not in known:
            server.execute(f"CREATE ROLE {role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE")
    if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME]).fetchone():
        server.execute(f"CREATE DATABASE {NAME} OWNER {OWNER}")


def hand_over(database: "psycopg.Connection[tuple[object, ...]]") -> None:
    """Give the owner what an older version of the portal made as the superuser. The queue is made anew: it holds
    nothing that the next sweep does not send again."""
    settled = database.execute(SETTLED, [OWNER, ADMIN]).fetchone()
    if settled and settled[0]:
        return
    with database.transaction():
        database.execute(f"ALTER DATABASE {NAME} OWNER TO {OWNER}")
        database.execute("DROP SCHEMA IF EXISTS pgmq CASCADE")
        for (statement,) in database.execute(OWNED).fetchall():
            database.execute(f"{statement} OWNER TO {OWNER}")
