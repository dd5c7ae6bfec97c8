#!/usr/bin/env python3
"""Makes the pictures of README.md from a fresh demo organization. usage: .venv/bin/python Scripts/screenshot.py [PROGRAM]"""

import os
import sys

from playwright.sync_api import sync_playwright

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "Tests", "Browser"))

from conftest import FLAGS, sign_in  # noqa: E402 (the folder of the browser tests comes first)
from server import ORGANIZATION, PASSWORD, Provost  # noqa: E402

PICTURES = {"home": "", "members": "/programs/data-academy/members"}


def main():
    program = sys.argv[1] if len(sys.argv) > 1 else os.path.join(HERE, "..", ".build", "release", "provost")
    folder = os.path.join(HERE, "pictures")
    os.makedirs(folder, exist_ok=True)
    server = Provost(os.path.abspath(program), learners=2000)
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
            page = browser.new_page(base_url=server.address, viewport={"width": 1440, "height": 900}, color_scheme="light", reduced_motion="reduce")
            sign_in(page, server.emails["organization"], PASSWORD)
            for name, path in PICTURES.items():
                page.goto(f"/o/{ORGANIZATION}{path}")
                page.wait_for_load_state("networkidle")
                file = os.path.join(folder, f"{name}.png")
                page.screenshot(path=file)
                print(os.path.relpath(file))
            browser.close()
    finally:
        server.stop()


if __name__ == "__main__":
    main()
