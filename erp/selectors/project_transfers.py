"""Transfers of stock between projects, as lists and pages show them."""

from django.db.models import Count, QuerySet

from erp.models import ProjectTransfer


def project_transfers() -> QuerySet[ProjectTransfer]:
    """Return the transfers, newest first, with ``items``: of how many items each is."""
    rows = ProjectTransfer.objects.select_related("actor", "from_project", "to_project", "warehouse")
    return rows.annotate(items=Count("lines__item", distinct=True)).order_by("-pk")
