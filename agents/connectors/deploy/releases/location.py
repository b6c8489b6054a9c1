"""Where releases and repositories may lie: below the folders that the operator of this machine named."""

import os
from pathlib import Path

from django.conf import settings

from agents.connectors import confined
from agents.connectors.base import ConnectionContext, ConnectorError
from agents.connectors.deploy.releases.history import Source


def root(folder: str) -> Path:
    """The connection's folder, below PORTAL_DEPLOY_ROOT, behind no link. Raises ConnectorError."""
    inside = confined.below(settings.DEPLOY_ROOT, folder)
    if inside is None:
        raise ConnectorError(
            "Releases must lie in a folder inside the portal's deploy folder (PORTAL_DEPLOY_ROOT). "
            "A name like shop is enough."
        )
    place = Path(os.path.realpath(settings.DEPLOY_ROOT)) / inside
    if os.path.realpath(place) != str(place):
        raise ConnectorError(f"The folder “{inside}” is behind a link. Name the folder itself.")
    if not confined.is_folder(place):
        raise ConnectorError(
            f"No folder “{inside}” is in the portal's deploy folder. Make it, or change the settings."
        )
    return place


def source(connection: ConnectionContext, written: str) -> Source:
    """A repository on this machine, inside a folder that may be read. Raises ConnectorError."""
    for start in (settings.DEPLOY_ROOT, *settings.DEPLOY_SOURCES):
        inside = confined.below(start, written)
        if inside is not None:
            place = Path(os.path.realpath(start)) / inside
            if os.path.realpath(place) == str(place):
                return Source(str(place), "file")
    raise ConnectorError(
        f"The repository “{written[:80]}” is not in a folder that the portal may read (PORTAL_DEPLOY_SOURCES)."
    )
