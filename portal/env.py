"""What the environment says: the only module that reads environment variables for settings."""

import ipaddress
import os
import re
import secrets
import stat
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import parse_qsl, unquote, urlsplit

# Is this process the web server? It says so (asgi.py), and no variable does: its children would take that for theirs.
web = False


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, "").strip() or default


def flag(name: str, default: bool = False) -> bool:
    value = text(name, "1" if default else "0").lower()
    if value not in {"1", "true", "yes", "on", "0", "false", "no", "off"}:
        wrong(name, "must be 1 or 0")
    return value in {"1", "true", "yes", "on"}


def wrong(name: str, why: str) -> NoReturn:
    """End the process with one line: a setting that cannot be read is mended by whoever set it, not by a trace."""
    raise SystemExit(f"{name} {why}. It is a variable of the environment; see portal/docs/settings.md.")


def token(name: str) -> str:
    """A secret that others show; empty where there is none."""
    value = text(name)
    if value and (len(value) < 16 or not value.isascii() or not value.isprintable() or " " in value):
        wrong(name, "must be at least 16 printable characters without a space")
    return value


def number(name: str, default: int, *, least: int, most: int | None = None) -> int:
    """A whole number of at least ``least``, and at most ``most`` where there is one."""
    value = text(name, str(default))
    if not value.isdecimal() or int(value) < least:
        wrong(name, f"must be a whole number of at least {least}")
    if most is not None and int(value) > most:
        wrong(name, f"must be at most {most}")
    return int(value)


# How many days each kind is kept: (fewest, most, which is the default). Shorter is possible, longer is not.
KEPT = {
    "events": (32, 90),
    "content": (7, 90),
    "sketches": (1, 30),
    "person_days": (92, 396),
    "looks": (31, 365),
}


def retention() -> dict[str, int]:
    """Days by kind, each by its variable: ``PORTAL_KEEP_EVENTS`` and so on."""
    return {
        kind: number(f"PORTAL_KEEP_{kind.upper()}", most, least=least, most=most)
        for kind, (least, most) in KEPT.items()
    }


def currency(name: str, default: str) -> str:
    """An ISO 4217 code: ``EUR``."""
    value = text(name, default).upper()
    if not re.fullmatch("[A-Z]{3}", value):
        wrong(name, "must be the three letters of a currency, like USD or EUR")
    return value


def logs(name: str) -> dict[str, Any]:
    """Django's settings for the log: one line each, with the time and its zone; ``name``: how much it says."""
    level, known = text(name, "INFO").upper(), ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
    if level not in known:
        wrong(name, f"must be one of {', '.join(known)}")
    line = {
        "()": "portal.scrubbing.Formatter",
        "format": "%(asctime)s %(levelname)s %(name)s: %(message)s",
        "datefmt": "%F %T %z",
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": line},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        # One line for each model call would drown the rest; the ledger has them all.
        "loggers": {name: {"level": "WARNING"} for name in ("httpx", "httpx2", "axes", "django.request")},
        "root": {"handlers": ["console"], "level": level},
    }


def hosts(name: str, default: str) -> list[str]:
    """Names, as in ``Host:`` headers and without a port."""
    found = items(name, default)
    if any(re.search(r"[/\s@]|^[^\[:]*:\d*$", host) for host in found):
        wrong(
            name, "must be names without scheme, port and path, like portal.example.com, with commas between"
        )
    return found


def items(name: str, default: str = "") -> list[str]:
    return [item.strip() for item in text(name, default).split(",") if item.strip()]


def home() -> Path:
    """The state folder: ``PORTAL_HOME``, else ``agent-portal`` in the user's XDG state folder."""
    chosen = text("PORTAL_HOME")
    state = chosen or text("XDG_STATE_HOME") or "~/.local/state"
    try:
        folder = Path(state).expanduser().absolute()
    except RuntimeError:
        wrong("PORTAL_HOME", "must name a folder here, where nobody's home folder is known")
    return folder if chosen else folder / "agent-portal"


def secret(name: str, folder: Path) -> str:
    """The secret ``name`` from the environment, else from ``folder`` (made once, mode 600) or for this process."""
    if value := text(name):
        return value
    file = folder / name.lower()
    try:
        if kept := file.read_text().strip():
            return kept
        wrong(name, f"is read from {file}, which is empty. Bring that file back, or set the variable")
    except (FileNotFoundError, NotADirectoryError):
        pass
    except (OSError, ValueError) as error:
        wrong(name, f"is read from {file}, which cannot be read: {error}")
    value = secrets.token_urlsafe(48)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, stat.S_IRUSR | stat.S_IWUSR)
    except FileExistsError:
        return file.read_text().strip() or value
    except OSError:
        return value
    with os.fdopen(descriptor, "w") as handle:
        handle.write(value)
    return value


def owner(url: str) -> dict[str, Any] | None:
    """The role that owns the tables, beside that of ``url``: ``DATABASE_OWNER_URL``, else the same. None without."""
    return database(text("DATABASE_OWNER_URL", url), "DATABASE_OWNER_URL") if url else None


def database(url: str, name: str = "DATABASE_URL") -> dict[str, Any]:
    """Django's settings for ``postgresql://user:password@host:port/name?host=/socket/folder``."""
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        port = -1
    if parts.scheme not in {"postgres", "postgresql"} or port == -1:
        wrong(name, "must look like postgresql://user:password@host:5432/name")
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "portal",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", "") or parts.hostname or "",
        "PORT": str(port or query.pop("port", "")),
        "OPTIONS": query,
    }


# What the server holds each session of the portal to: no process that stands still stops the others. Those of the owner
# (migrations, backups) are held to nothing.
SESSION = {
    # A worker or a page that stops in the middle of a transaction: it ends, and what it had locked is free.
    "idle_in_transaction_session_timeout": "10s",
    "lock_timeout": "15s",  # longer, so that who stands in the way is ended first
    # A client that is gone is noticed while its statement runs or waits, and where its machine is gone as well.
    "client_connection_check_interval": "2s",
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "3",
    "tcp_keepalives_count": "3",
}
CLIENT = {  # the same from this side
    "connect_timeout": "5",
    "keepalives_idle": "5",
    "keepalives_interval": "3",
    "keepalives_count": "3",
    "tcp_user_timeout": "15000",
}
STATEMENT = {"statement_timeout": "60s"}  # of the web server: nobody waits longer for a page


def held_to(database: dict[str, Any], *, web: bool) -> dict[str, Any]:
    """``database`` with these limits. What its URL says itself counts more: ``?options=-c lock_timeout=30s``."""
    said, limits = database["OPTIONS"], SESSION | (STATEMENT if web else {})
    ours = [f"-c {name}={value}" for name, value in limits.items()]
    options = " ".join([*ours, *filter(None, [said.get("options")])])
    return {**database, "OPTIONS": {**CLIENT, **said, "options": options}}


def conninfo(database: dict[str, Any]) -> str:
    """The same database as libpq ``key='value'`` pairs (what the pgmq transport reads)."""
    names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    pairs = {libpq: str(database[key]) for key, libpq in names.items() if database.get(key)}
    pairs |= {key: str(value) for key, value in database.get("OPTIONS", {}).items() if isinstance(value, str)}
    quoted = ((key, value.replace("\\", "\\\\").replace("'", "\\'")) for key, value in pairs.items())
    return " ".join(f"{key}='{value}'" for key, value in quoted)


def proxies(name: str) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    """Addresses and networks of the proxies in front. ``PORTAL_BEHIND_PROXY``, its former name: one on this machine."""
    value = text(name, "127.0.0.1,::1" if flag("PORTAL_BEHIND_PROXY") else "")
    try:
        return [ipaddress.ip_network(part.strip(), strict=False) for part in value.split(",") if part.strip()]
    except ValueError:
        wrong(
            name,
            "must be addresses or networks of proxies, like 10.0.0.5 or 10.0.0.0/24, with commas between",
        )


def broker_options(url: str, queues: dict[str, Any]) -> dict[str, object]:
    """Celery's options for the broker at ``url``; ``queues``: the database that holds them where pgmq is the broker."""
    at_once: dict[str, object] = {"max_retries": 1, "interval_start": 0}  # a page waits for no broker
    known: dict[str, dict[str, object]] = {
        "pgmq": {
            "conn_string": conninfo(queues),
            "init_extension": False,
            "use_notify": True,
            "notify_throttle_interval_ms": 0,
            "wait_time_seconds": 0,
            "polling_interval": 0.5,
            "visibility_timeout": 3600,
            "pool_timeout": 5,
        },
        "amqp": at_once | {"confirm_publish": True},
        "redi": at_once
        | {
            "visibility_timeout": 3600,  # the clock sends a lost message again long before
            "socket_connect_timeout": 4,
            "socket_timeout": 10,
            "socket_keepalive": True,
            "health_check_interval": 10,
        },
    }
    return known.get(url[:4], at_once)


def address(name: str) -> str:
    """Scheme, host and port of the portal as people reach it, without a slash at the end: ``https://portal.example``."""
    value = text(name).rstrip("/")
    try:
        parts = urlsplit(value)
        right = bool(parts.hostname) and parts.port != 0 and parts.scheme in {"http", "https"}
    except ValueError:
        right = False
    if value and (not right or parts.path or parts.query or parts.fragment or "@" in parts.netloc):
        wrong(name, "must look like https://portal.example.com, without a path")
    return value
