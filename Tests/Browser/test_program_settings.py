"""A program's own settings: its name and limit, its banner, its address, and its removal for good."""

import struct
import zlib

import checks
import pytest
from server import ORGANIZATION

NO_SCRIPT = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])


def png(width, height):
    """A picture in one color."""
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    rows = b"".join(b"\0" + bytes((40, 90, 160)) * width for _ in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def width_of_picture(tab):
    """Once the picture has come: it may come after the page."""
    return tab.get_by_role("img", name="A blue field").evaluate("image => image.decode().then(() => image.naturalWidth)")


def made(window, slug, name):
    """A program of the account team's with a contract and an open invitation; gives back the invitation's link."""
    tab = window("account-team").new_page()
    tab.goto(f"/o/{ORGANIZATION}/programs/new")
    tab.get_by_label("Name").fill(name)
    tab.get_by_label("Slug").fill(slug)
    tab.get_by_role("button", name="Make program").click()
    tab.goto(f"/o/{ORGANIZATION}/contracts/new")
    tab.get_by_label("Name").fill(f"Contract of {slug}")
    tab.get_by_label("Number bought").fill("5")
    tab.get_by_role("radio", name="On invitation").check()
    tab.get_by_label("First day").fill("2020-01-01")
    tab.get_by_label("Last day").fill("2099-12-31")
    tab.get_by_label(name).check()
    tab.get_by_role("button", name="Make contract").click()
    tab.goto(f"/o/{ORGANIZATION}/invitations/new?program={slug}")
    tab.get_by_label("Full name").fill("Pia Passing")
    tab.get_by_label("Email").fill(f"pia@{slug}.example")
    tab.get_by_role("button", name="Send invitation").click()
    return tab.locator("#invitation-link").inner_text()


@NO_SCRIPT
def test_a_program_is_set_dressed_and_removed(window, checker, scripts):
    slug = "zz-passing" if scripts else "zz-passing-plainly"
    name = f"Zz passing {'on' if scripts else 'plainly'}"
    link = made(window, slug, name)
    tab = window("organization", java_script_enabled=scripts).new_page()
    program = f"/o/{ORGANIZATION}/programs/{slug}"
    tab.goto(program)
    tab.get_by_role("navigation", name="Program").get_by_role("link", name="Settings").click()
    assert tab.locator("#program-address").inner_text().endswith(f"/programs/{ORGANIZATION}/{slug}")
    assert tab.get_by_role("button", name="Copy URL").count() == (1 if scripts else 0)

    tab.get_by_label("Courses a member may enroll in").fill("many")
    tab.get_by_role("button", name="Save settings").click()
    assert tab.title().startswith("Error: Settings")
    assert tab.get_by_label("Courses a member may enroll in").input_value() == "many"
    assert checker.errors(tab.content()) == []
    tab.get_by_label("Courses a member may enroll in").fill("3")
    tab.get_by_label("Tagline").fill("Here today")
    tab.get_by_role("button", name="Save settings").click()
    assert "The settings are saved." in tab.locator("main").inner_text()

    tab.get_by_label("Picture", exact=True).set_input_files({"name": "lamp.png", "mimeType": "image/png", "buffer": b"<svg/>"})
    tab.get_by_role("button", name="Save banner").click()
    assert "neither PNG, JPEG nor WebP" in tab.locator(".error-summary").inner_text()
    tab.get_by_label("Picture", exact=True).set_input_files({"name": "lamp.png", "mimeType": "image/png", "buffer": png(960, 300)})
    tab.get_by_label("What the picture shows").fill("A blue field")
    tab.get_by_role("button", name="Save banner").click()
    assert width_of_picture(tab) == 960
    assert checker.errors(tab.content()) == []
    if scripts:
        assert checks.violations(tab) == [] and checks.sideways(tab, 320) == ""

    visitor = window(java_script_enabled=scripts).new_page()
    visitor.goto(link)
    assert width_of_picture(visitor) == 960
    assert "Here today" in visitor.locator("main").inner_text()
    assert checker.errors(visitor.content()) == []

    tab.get_by_role("link", name="Remove program").click()
    text = tab.locator("main").inner_text()
    assert "1 open invitation is taken back." in text and f"1 license of Contract of {slug}" in text
    tab.get_by_label("Name of the program").fill(name.lower())
    tab.get_by_role("button", name="Remove program").click()
    assert tab.title().startswith("Error: Remove")
    assert tab.get_by_label("Name of the program").input_value() == name.lower()
    assert checker.errors(tab.content()) == []
    if scripts:
        assert checks.violations(tab) == [] and checks.sideways(tab, 320) == ""
    tab.get_by_label("Name of the program").fill(name)
    tab.get_by_role("button", name="Remove program").click()
    assert f"The program {name} was removed" in tab.locator("main").inner_text()
    assert tab.locator("main").get_by_role("link", name=name).count() == 0

    assert tab.goto(program + "/members").status == 410
    assert "This program was removed on" in tab.locator("main").inner_text()
    assert checker.errors(tab.content()) == []
    with tab.expect_download() as download:
        tab.get_by_role("link", name="Membership report").click()
    with open(download.value.path(), encoding="utf-8-sig") as report:
        assert report.readline().startswith("Name,Email,")
    if scripts:
        assert checks.violations(tab) == [] and checks.sideways(tab, 320) == ""
    visitor.goto(link)
    assert visitor.locator("h1").inner_text() == "This program was removed"
