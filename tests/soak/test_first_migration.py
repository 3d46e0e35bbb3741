"""The quick first migration of everything, compared with Django's own."""

from tests.run.test_first_migration import schema


def test_the_quick_first_migration_makes_the_same_tables():
    assert schema("quick") == schema("ordinary")
