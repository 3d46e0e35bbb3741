"""What engineering, planning and production show on other pages."""


def register() -> None:
    """Register the contributions of the make half."""
