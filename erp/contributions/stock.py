"""What stock, shipments and returns show on other pages."""


def register() -> None:
    """Register the contributions of the stock half."""
