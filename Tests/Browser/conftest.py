"""What the tests share: one server, one browser, one signed-in session per role, one HTML checker."""

import functools
import os
import re

import pytest
from playwright.sync_api import Locator, sync_playwright

from checker import HTMLChecker
from pages import ADMINISTRATORS, NOBODY
from server import ORGANIZATION, PASSWORD, Provost

FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]  # root in a container has no sandbox to offer
WIDE = {"width": 1280, "height": 800}


def arriving(act):
    """The act, ended once the page that it leads to is here whole. By itself it ends when that page begins to come, and what is then counted at
    once, without waiting for anything, may be half a table."""

    @functools.wraps(act)
    def act_and_arrive(locator, *arguments, **options):
        page = locator.page
        act(locator, *arguments, **options)
        if not page.is_closed():
            page.wait_for_load_state()

    return act_and_arrive


Locator.click, Locator.press = arriving(Locator.click), arriving(Locator.press)


@pytest.fixture(scope="session")
def server():
    provost = Provost(os.environ["PROVOST_UNDER_TEST"])
    yield provost
    log = provost.logged()
    assert provost.stop() == 0, f"the server did not stop cleanly:\n{log[-4000:]}"


@pytest.fixture(scope="session")
def chromium():
    executable = next(path for path in ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome") if os.path.exists(path))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def checker():
    nu = HTMLChecker()
    yield nu
    nu.stop()


class Visitors:
    """Makes browser windows for a role; each role signs in once, through the form, without JavaScript."""

    def __init__(self, chromium, server):
        self.chromium, self.server, self.states, self.kept = chromium, server, {}, {}

    def window(self, role=NOBODY, **options):
        """A window with cookies of its own, signed in as the role. Nothing moves or fades in it: axe would measure colors half way."""
        state = None if role == NOBODY else self.state(role)
        context = self.chromium.new_context(base_url=self.server.address, viewport=WIDE, locale="en-GB", storage_state=state,
                                            reduced_motion="reduce", **options)
        context.set_default_timeout(15_000)
        return context

    def tab(self, role, **options):
        """The one tab of a window that is kept for the next test, with what it has in its cache: for looking at pages, not for changing anything."""
        key = (role, *sorted(options.items()))
        if key not in self.kept:
            self.kept[key] = self.window(role, **options).new_page()
        page = self.kept[key]
        page.set_viewport_size(WIDE)
        page.emulate_media(media="null", color_scheme="null")
        return page

    def state(self, role):
        if role not in self.states:
            context = self.window(java_script_enabled=False)
            page = context.new_page()
            sign_in(page, self.server.emails[role], PASSWORD)
            assert "/sign-in" not in page.url, f"{role} could not sign in: {page.locator('main').inner_text()}"
            self.states[role] = context.storage_state()
            context.close()
        return self.states[role]


def sign_in(page, email, password, path="/sign-in"):
    """Fills in the form at the path (or where it leads) and sends it."""
    page.goto(path)
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


@pytest.fixture(scope="session")
def visitors(chromium, server):
    return Visitors(chromium, server)


@pytest.fixture(scope="session")
def places(visitors):
    """The names that stand for `{organization}`, `{program}` and so on in paths: the program is the one that the program administrator
    manages, the other one is not; coach, engagement and session are the coach's own, own_coach is the organization's."""
    own, every = (programs_of(visitors, role) for role in ("program", "organization"))
    assert own and set(own) < set(every), f"the program administrator must see some programs, not all: {own} of {every}"
    return {"organization": ORGANIZATION, "program": own[0], "other_program": next(slug for slug in every if slug not in own),
            **coaching(visitors)}


def coaching(visitors):
    """The ids of the coach who signs in, of one of the learners and one of the sessions, and of a coach of the organization."""
    context = visitors.window("coach")
    page = context.new_page()

    def first(path, pattern):
        page.goto(path)
        links = page.locator("main a[href]").evaluate_all("links => links.map(link => link.getAttribute('href'))")
        return next(match.group(1) for match in (re.fullmatch(pattern, link) for link in links) if match)

    page.goto("/coach")
    coach = page.url.rsplit("/", 1)[1]
    home = f"/coach/{coach}"
    found = {"coach": coach, "engagement": first(home + "/learners", home + r"/learners/(\d+)"),
             "session": first(home + "/sessions?tab=past", home + r"/sessions/(\d+)")}
    context.close()
    team = visitors.window("account-team")
    page = team.new_page()
    found["own_coach"] = first(f"/o/{ORGANIZATION}/coaching/coaches", rf"/o/{ORGANIZATION}/coaching/coaches/(\d+)")
    team.close()
    return found


def programs_of(visitors, role):
    context = visitors.window(role)
    page = context.new_page()
    page.goto(f"/o/{ORGANIZATION}/programs")
    links = page.locator("main tbody th a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    context.close()
    return [match.group(1) for match in (re.fullmatch(rf"/o/{ORGANIZATION}/programs/([^/?#]+)", link) for link in links) if match]


@pytest.fixture
def window(visitors):
    """A function that opens a window as `visitors.window` does and closes it when the test ends."""
    opened = []

    def opener(role=NOBODY, **options):
        opened.append(visitors.window(role, **options))
        return opened[-1]

    yield opener
    for context in opened:
        context.close()


@pytest.fixture
def tab(visitors):
    """The function `visitors.tab`."""
    return visitors.tab


def pytest_collection_modifyitems(items):
    """Tests that change something stay together, file by file; those that only look go to whoever is free."""
    for item in items:
        if item.path.name not in ("test_pages.py", "test_access.py"):
            item.add_marker(pytest.mark.xdist_group(item.path.stem))


@pytest.fixture(params=ADMINISTRATORS)
def role(request):
    return request.param
