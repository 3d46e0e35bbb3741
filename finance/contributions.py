"""What finance shows on other apps' pages."""


def register() -> None:
    """Register the contributions."""
