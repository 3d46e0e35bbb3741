"""Settings, root URLs, WSGI, Celery and the launcher: imports everything, imported by nothing."""
