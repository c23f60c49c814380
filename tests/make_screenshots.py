"""Makes the pictures of the README again, from an app that runs: `python -m tests.make_screenshots URL`."""

import os
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

FOLDER = Path(__file__).parents[1] / "assets" / "screenshots"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def main() -> None:
    url = sys.argv[1].rstrip("/")
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=FLAGS
        )
        for name, width, height, scheme in (("train", 1280, 800, "light"), ("train-phone", 390, 844, "dark")):
            context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
            page = context.new_page()
            page.goto(f"{url}/train?a=mlp&st=1500")
            page.locator(".st-key-start button").click()
            page.wait_for_function(
                "document.querySelector('.st-key-progress').innerText.includes('finished')", timeout=300_000
            )
            page.wait_for_selector(".st-key-losses .js-plotly-plot .lines")
            page.screenshot(path=FOLDER / f"{name}.png")
            context.close()
        browser.close()


if __name__ == "__main__":
    main()
