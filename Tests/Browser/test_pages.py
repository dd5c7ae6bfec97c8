"""Every page for every role that may see it: sound HTML, no complaint of the browser, accessible, narrow, dark, without a mouse or JavaScript."""

import re

import pytest
from pages import name, seen, seen_once

import checks

every_page = pytest.mark.parametrize(("role", "page"), list(seen()), ids=name)
# What the role hardly touches is looked at once a page, by one role after the other.
each_page_once = pytest.mark.parametrize(("role", "page"), list(seen_once()), ids=name)


def open_page(tab, role, page, places, **options):
    tab = tab(role, **options)
    answer = tab.goto(page.path.format(**places))
    assert answer.status == page.status
    return tab


@every_page
def test_is_whole_and_valid(tab, server, checker, places, role, page):
    tab = tab(role)
    with checks.watching(tab, server.address) as (console, requests):
        answer = tab.goto(page.path.format(**places))
        assert answer.status == page.status
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert "no-store" in answer.headers["cache-control"]
        assert checker.errors(answer.text()) == []
        assert tab.title().endswith("Provost")
        assert (tab.locator("h1").count(), tab.locator("main").count(), tab.locator("html[lang=en]").count()) == (1, 1, 1)
        checks.settle(tab)
        assert console == [] and requests == []


@every_page
def test_is_accessible(tab, places, role, page):
    tab = open_page(tab, role, page, places)
    assert checks.violations(tab) == []


@each_page_once
def test_is_accessible_in_the_dark(tab, places, role, page):
    tab = open_page(tab, role, page, places)
    light = tab.evaluate("getComputedStyle(document.body).backgroundColor")
    tab.emulate_media(color_scheme="dark")
    assert tab.evaluate("getComputedStyle(document.body).backgroundColor") != light
    assert checks.violations(tab, checks.COLORS) == []


@each_page_once
def test_fits_narrow_windows(tab, places, role, page):
    tab = open_page(tab, role, page, places)
    assert checks.sideways(tab, 640) == "", "200 % zoom of a window 1280 wide"
    assert checks.sideways(tab, 320) == ""
    assert checks.violations(tab, checks.PLACES) == []
    checks.space_text(tab)
    assert checks.sideways(tab, 320) == "", "with the text spread"


@each_page_once
def test_is_used_by_keyboard(tab, places, role, page):
    tab = open_page(tab, role, page, places)
    first, unseen, missed = checks.tab_through(tab)
    assert first == "#main", "the first stop skips to the content"
    assert unseen == [], "stops whose focus cannot be seen"
    assert missed == [], "controls that Tab does not reach"
    tab.reload()
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    assert tab.evaluate("document.activeElement.id") == "main"


@each_page_once
def test_says_the_same_without_javascript(tab, places, role, page):
    def told(**options):
        shown = open_page(tab, role, page, places, **options)
        return {
            "heading": shown.locator("h1").inner_text(),
            "rows": [re.sub(r"\s+", " ", text) for text in shown.locator("main tbody tr").all_inner_texts()],
            "forms": shown.locator("form").count(),
            "links": shown.locator("main a[href]").count(),
        }

    before, plain = told(), told(java_script_enabled=False)
    # Between two looks a minute may pass, and "5 minutes ago" with it.
    assert plain in (before, told())


@each_page_once
def test_prints(tab, places, role, page):
    tab = open_page(tab, role, page, places)
    assert tab.pdf(format="A4").startswith(b"%PDF-")
    tab.emulate_media(media="print")
    assert not tab.locator("nav").first.is_visible() if tab.locator("nav").count() else True
