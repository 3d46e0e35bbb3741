"""Recompute the chain of seals of all posted vouchers."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from finance.models import VoucherSeal
from finance.selectors.vouchers import broken_seals


class Command(BaseCommand):
    """Names every voucher whose seal differs or does not follow the one before, and fails then."""

    help = "Check the chain of seals of the posted vouchers; prints the last seal of each series."

    def handle(self, *args: Any, **options: Any) -> None:
        broken = broken_seals()
        for one in broken:
            self.stderr.write(f"{one.voucher} ({one.voucher.period}), place {one.position}: {one.reason}")
        if broken:
            raise CommandError(f"{len(broken)} seals are broken")
        heads = VoucherSeal.objects.order_by("series", "-position").distinct("series")
        for head in heads:
            self.stdout.write(f"{head.series} {head.position} {head.hash}")
        self.stdout.write(f"{VoucherSeal.objects.count()} seals hold")
