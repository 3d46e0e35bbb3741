"""The Celery application; a message is only a nudge, durable work is a row."""

import os
from pathlib import Path

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("concord")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@app.on_after_configure.connect
def make_queue_folders(sender: Celery, **_: object) -> None:
    """Without a broker of its own the program keeps its messages in folders; they must be there."""
    for option, folder in (sender.conf.broker_transport_options or {}).items():
        if option in {"data_folder_in", "data_folder_out", "processed_folder", "control_folder"}:
            Path(folder).mkdir(parents=True, exist_ok=True)
