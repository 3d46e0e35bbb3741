"""The wall screen fills the screen, without the frame of the program, and gives it back."""

from django.urls import reverse
from playwright.sync_api import expect

from tests.factories import core, erp


def test_the_wall_fills_the_screen_and_gives_it_back(desk):
    erp.place()
    page = desk.open(reverse("erp:tracking-wall"), user=core.superuser("boss"))
    frame = [page.locator(name) for name in (".app-sidebar", ".app-topbar", ".page-header")]
    for part in frame:
        expect(part).to_be_visible()
    page.get_by_role("button", name="Full screen").click()
    page.wait_for_function("document.fullscreenElement === document.documentElement")
    for part in frame:
        expect(part).to_be_hidden()
    expect(page.locator(".wall-screen")).to_be_visible()
    page.evaluate("document.exitFullscreen()")
    for part in frame:
        expect(part).to_be_visible()
