"""Connections that the portal opens to other systems: where they may lead, and how long and how large they may be."""


class OutgoingError(Exception):
    """Why a system was not reached, in words for people. They hold the system's name and nothing that is secret."""


class Refused(OutgoingError):
    """It may not be reached, or is not who it should be. Trying again does not help."""


class Away(OutgoingError):
    """It was not reached, or repeating the question changes nothing: it may work in a moment."""


class Unanswered(OutgoingError):
    """The request was sent, and no whole answer came: nobody here knows what became of it."""
