"""What every page must stand: accessibility rules, narrow windows, a keyboard."""

from contextlib import contextmanager

from axe_playwright_python.sync_playwright import Axe

AXE = Axe()
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    "resultTypes": ["violations"],
}


# What may differ between light and dark.
COLORS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}, "resultTypes": ["violations"]}
# What may differ between wide and narrow: a narrow window has the colors of a wide one.
PLACES = RULES | {"rules": {"color-contrast": {"enabled": False}}}


def violations(page, rules=RULES):
    """One line for each rule of axe that the page breaks, with the first elements that break it. The page must let scripts run."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.axe_script)
    found = page.evaluate("rules => axe.run(rules).then(results => results.violations)", rules)
    return [f"{rule['id']} ({rule['impact']}): {rule['help']}: "
            + "; ".join(f"{node['target']} {node['html'][:120]}" for node in rule["nodes"][:3]) for rule in found]


def sideways(page, width):
    """Empty when the page fits the width (WCAG 1.4.10), otherwise the elements that stick out."""
    page.set_viewport_size({"width": width, "height": 640})
    return page.evaluate("""() => {
      const root = document.documentElement, width = root.clientWidth;
      if (root.scrollWidth <= width) return '';
      const scrolls = e => e && (['auto', 'scroll', 'hidden', 'clip'].includes(getComputedStyle(e).overflowX) || scrolls(e.parentElement));
      const out = [...document.body.querySelectorAll('*')].filter(e => e.getBoundingClientRect().right > width + 1 && !scrolls(e.parentElement));
      return `${root.scrollWidth} > ${width}: ` + out.slice(0, 5).map(e => `${e.tagName}.${e.className.baseVal ?? e.className}`).join(', ');
    }""")


def space_text(page):
    """Spreads the text as WCAG 1.4.12 lets a reader do."""
    page.evaluate("""() => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync('* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } p { margin-bottom: 2em !important }');
      document.adoptedStyleSheets = [sheet];
    }""")


REMEMBER = """() => {
  const parts = e => [e, e.parentElement].flatMap(x => [null, '::before', '::after'].map(p => {
    const s = getComputedStyle(x, p);
    return [s.outlineStyle, s.outlineWidth, s.outlineColor, s.borderColor, s.borderWidth, s.boxShadow, s.backgroundColor, s.textDecorationLine,
            s.clipPath, s.top, s.left, s.transform].join();
  })).join('|');
  const wanted = [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')].filter(e =>
    e.type !== 'hidden' && !e.disabled && e.tabIndex >= 0 && e.checkVisibility({ visibilityProperty: true })
    // A group of radio buttons is one stop: the one that is checked, else the first.
    && (e.type !== 'radio' || e.checked || e === document.querySelector(`input[type=radio][name="${e.name}"]`)
      && !document.querySelector(`input[type=radio][name="${e.name}"]:checked`)));
  const plain = new Map(wanted.map(e => [e, parts(e)]));
  window.tabbing = { wanted, seen: new Set(), stops: [] };
  document.addEventListener('focusin', ({ target }) => {
    const { seen, stops } = window.tabbing;
    // A date has a stop for each of its parts.
    if (seen.has(target)) return;
    seen.add(target);
    stops.push({ text: target.outerHTML.slice(0, 100), visible: plain.get(target) !== parts(target), href: target.getAttribute('href') });
  });
  return wanted.length;
}"""


def settle(page):
    """Waits until a page that has loaded has nothing more to do."""
    page.evaluate("() => new Promise(done => requestIdleCallback(() => done()))")


MISSED = "() => window.tabbing.wanted.filter(e => !window.tabbing.seen.has(e)).map(e => e.outerHTML.slice(0, 100))"


def tab_through(page):
    """Presses Tab until the round is made: (the first stop's link, stops whose focus cannot be seen, controls never reached)."""
    settle(page)
    wanted = page.evaluate(REMEMBER)
    # A frame's own links are stops, too; on the way into a frame and out of it, nothing has the focus for a moment.
    framed = sum(3 + frame.locator("a[href]").count() for frame in page.frames[1:])
    presses = wanted + framed + 3 + 4 * page.locator("input[type=date]").count()
    # The key is held down: nothing need be asked from stop to stop.
    for _ in range(presses):
        page.keyboard.down("Tab")
    missed = page.evaluate(MISSED)
    # While the focus passes into a frame or out of it, keys are lost, the more the busier the machine. What two rounds miss is not reached.
    while missed and presses > 0:
        page.keyboard.down("Tab")
        missed, presses = page.evaluate(MISSED), presses - 1
    page.keyboard.up("Tab")
    stops = page.evaluate("() => window.tabbing.stops")
    return (stops[0]["href"] if stops else None), [stop["text"] for stop in stops if not stop["visible"]], missed


@contextmanager
def watching(page, address):
    """Two lists that fill while the page is used: what its console complains of, and requests that failed or went elsewhere."""
    console, requests = [], []
    listeners = {
        "console": lambda message: console.append(message.text) if message.type in ("error", "warning") else None,
        "pageerror": lambda error: console.append(str(error)),
        "request": lambda request: None if request.url.startswith((address, "data:", "blob:")) else requests.append("elsewhere: " + request.url),
        "requestfailed": lambda request: requests.append(f"{request.failure}: {request.url}"),
        "response": lambda answer: requests.append(f"{answer.status}: {answer.url}") if answer.status >= 400 else None,
    }
    # What the page before had not got yet is not this one's.
    page.goto("about:blank")
    for event, listener in listeners.items():
        page.on(event, listener)
    try:
        yield console, requests
    finally:
        for event, listener in listeners.items():
            page.remove_listener(event, listener)
