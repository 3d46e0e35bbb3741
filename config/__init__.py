"""Settings, root URLs, WSGI, Celery and the launcher. Imports nothing here: `run` needs only the launcher."""
