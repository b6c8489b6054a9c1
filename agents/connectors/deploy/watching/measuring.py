"""One look at a service in an environment, from all that the connection names for it."""

import os
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from agents.connectors import confined
from agents.connectors.base import ConnectionContext, ConnectorError
from agents.connectors.deploy.backend import Backend
from agents.connectors.deploy.releases import commands, orders
from agents.connectors.deploy.releases.reading import Reading
from agents.connectors.deploy.watching.settings import Watching
from agents.connectors.health import Sample, joined
from agents.connectors.measuring import answers, prometheus

COMMAND_SECONDS = 10.0
EARLIER = tuple(
    timedelta(minutes=minutes) for minutes in (9, 6, 3, 1)
)  # before a run began, as Prometheus remembers


def sources(config: Watching, service: str, environment: str) -> bool:
    """Is anything measured there?"""
    return bool((service, environment) in config.addresses or config.queries or config.command)


def look(
    connection: ConnectionContext, back: Backend, config: Watching, service: str, environment: str
) -> Sample:
    """Raises ConnectorError where a source may not be asked, or answers what cannot be read."""
    found = []
    if url := config.addresses.get((service, environment)):
        found.append(answers(connection, url))
    if config.prometheus and config.queries:
        found.append(prometheus(connection, config.prometheus, filled(config, service, environment)))
    if config.command and isinstance(back, Reading):
        found.append(command(back, service, environment))
    return joined(found)


def remembered(
    connection: ConnectionContext, config: Watching, service: str, environment: str, began: datetime
) -> list[Sample]:
    """How it was before ``began``, as far as Prometheus knows it."""
    if not (config.prometheus and config.queries):
        return []
    asked = filled(config, service, environment)
    return [prometheus(connection, config.prometheus, asked, began - before) for before in EARLIER]


def filled(config: Watching, service: str, environment: str) -> dict[str, str]:
    return {
        figure: query.replace("{service}", service).replace("{environment}", environment)
        for figure, query in config.queries.items()
    }


def command(back: Reading, service: str, environment: str) -> Sample:
    """The health command of what runs, if an admin has pinned its file. Raises ConnectorError."""
    at = back.place(service, environment)
    folder = at.releases / at.runs_now()
    try:
        with open(confined.open_file(folder / orders.FILE, os.O_RDONLY), "rb") as file:
            content = file.read()
        found = orders.recipe(content, list(back.config.pins), settings.DEPLOY_USER).commands.get("health")
    except FileNotFoundError:
        return Sample()
    except (OSError, orders.Unpinned) as error:
        raise ConnectorError(f"The health command cannot be run: {error}") from error
    if not found:
        return Sample()
    with tempfile.TemporaryDirectory() as place:
        log = commands.Log(Path(place) / "log")
        try:
            commands.run(
                found,
                folder.resolve(),
                user=settings.DEPLOY_USER,
                seconds=COMMAND_SECONDS,
                variables=back.config.variables,
                log=log,
                still=lambda: None,
            )
        except commands.CommandFailed:
            return Sample(errors=1.0)
        except (KeyError, PermissionError) as error:
            raise ConnectorError("The health command cannot be run as the user it is to run as.") from error
        finally:
            log.file.close()
    return Sample(errors=0.0)
