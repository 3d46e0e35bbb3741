"""What the API takes for postings that are asked about when they bring a work order above its budget."""

from rest_framework import serializers

from erp.api.serializers import make, making


class AcceptsOverrun(serializers.Serializer):
    """A posting that is answered with 409 (``overrun_not_accepted``) before it brings an order above its budget."""

    accept_overrun = serializers.BooleanField(
        required=False,
        default=False,
        help_text=(
            "Post although an order comes above its budget. Without it the answer is then 409 overrun_not_accepted, "
            "nothing is posted, and params.overruns names work_order, number and percent, and budget, projected and "
            "over to those who may see cost."
        ),
    )


class IssueMaterialsInput(AcceptsOverrun, make.IssueInput):
    """Material of the list that goes into an order."""


class IssueExtraInput(AcceptsOverrun, make.ExtraInput):
    """Material beyond the list."""


class IssueSetsInput(AcceptsOverrun, make.IssueKitsInput):
    """So many sets of the list."""


class ReportWorkInput(AcceptsOverrun, make.ReportInput):
    """What somebody did."""


class FinishWorkInput(AcceptsOverrun, make.FinishInput):
    """What came of the work that was started."""


class PostFoundInput(AcceptsOverrun, making.PostPickInput):
    """What was found on the walk of a merged pick."""


class PostScanInput(AcceptsOverrun, making.ScanPickInput):
    """``code`` of an item, lot or barcode, also 5*CODE; the line and the place only when there are several."""
