"""Who is told what: kinds of notices, the notices themselves, and how they leave the portal.

``telling.tell`` is the only way to tell a person something. ``telling.settle`` says that it needs nobody any more.
"""
