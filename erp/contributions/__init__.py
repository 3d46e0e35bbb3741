"""What the app shows on other pages: the stock half and the make half."""

from erp.contributions import make, stock


def register() -> None:
    stock.register()
    make.register()
