#!/usr/bin/env python
"""Django's command line. Without DATABASE_URL the embedded PostgreSQL is started for the command that needs it."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    try:
        from django.core.management import execute_from_command_line
    except ImportError:
        sys.exit(
            "Django is not installed here. Follow 'Run it' in README.md, then use .venv/bin/python manage.py."
        )
    from portal import embedded
    from portal.up import ahead, options

    with options.in_one_line(sys.argv), embedded.for_command(sys.argv):
        ahead.begin(sys.argv)
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
