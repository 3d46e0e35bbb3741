"""Print the users of the demo company, one per role."""

from typing import Any

from django.core.management.base import BaseCommand

from core.demo import demo_users


class Command(BaseCommand):
    """``manage.py demo_users``: user name, name and role, one line each."""

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        for row in demo_users():
            self.stdout.write(f"  {row['username']:<12} {row['name']} — {row['role']}")
