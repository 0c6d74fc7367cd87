"""One person at one browser, and everything that this browser asked, received and complained of."""

import httpx
from playwright.sync_api import Error, expect

from tests.browser.views import VIEWS

SECONDS = 1_000
PATIENCE = 30 * SECONDS
_STREAMLIT_LOOKS_FOR = ("/_stcore/health", "/_stcore/host-config")
"""Streamlit tries these below a page's own address first, and says so where they are not there."""


class Visitor:
    """
    A browser with cookies of its own.

    Attributes:
        name: whose browser it is; "" for nobody's.
        page: its one tab.
        asked: addresses of all requests and sockets.
        complaints: scripts' errors, and what the browser refused or failed to load.
        frames: payloads received over websockets, oldest first.
    """

    def __init__(self, browser, server, *, name="", color_scheme="light", width=1280, height=720):
        """Open the browser; with a name, signed in without looking at the sign-in page."""
        self.name = name
        self.address = server.address
        self.asked, self.complaints, self.frames = [], [], []
        self._context = browser.new_context(
            base_url=server.address,
            color_scheme=color_scheme,
            reduced_motion="reduce",
            viewport={"width": width, "height": height},
        )
        self._context.set_default_timeout(PATIENCE)
        self._context.on("request", lambda request: self.asked.append(request.url))
        self._context.on("weberror", lambda found: self.complaints.append(str(found.error)))
        self._context.on("console", self._hear)
        self.page = self._context.new_page()
        self.page.on("websocket", self._listen)
        self.page.on("dialog", self._refuse_dialog)
        if name:
            self._sign_in_quickly(name)

    def _hear(self, message):
        where = message.location.get("url", "")
        if message.type == "error" and not where.endswith(_STREAMLIT_LOOKS_FOR):
            self.complaints.append(f"{message.text} ({where})")

    def _listen(self, socket):
        self.asked.append(socket.url)
        socket.on("framereceived", self._keep_frame)

    def _keep_frame(self, payload):
        self.frames.append(payload.encode() if isinstance(payload, str) else payload)

    def _refuse_dialog(self, dialog):
        self.complaints.append(f"a dialog opened: {dialog.message}")
        dialog.dismiss()

    def _sign_in_quickly(self, name):
        self.page.goto("/sign-in")
        self.page.get_by_role("button", name=name, exact=False).first.click()

    def sign_in(self, name, *, wanted=""):
        """Go to a page, be asked who one is, pick the name and arrive."""
        self.name = name
        self.page.goto(f"/{wanted}")
        expect(self.page.get_by_role("heading", name="Who are you?")).to_be_visible()
        self.page.get_by_role("button", name=name).click()
        self.settle()

    def open(self, view):
        """Go to a page by its address ("" is Home) and wait until it is drawn."""
        self.page.goto(f"/{view}")
        self.settle()
        return self.page

    def turn_to(self, title):
        """Go to a page by its link in the side bar and wait until it is drawn."""
        links = self.page.get_by_test_id("stSidebarNav")
        links.get_by_role("link", name=title, exact=True).click()
        self.page.wait_for_url(f"**/{VIEWS[title]}*")
        self.settle()
        return self.page

    def settle(self):
        """Wait until the page is drawn and nothing of it is old."""
        page = self.page
        expect(page.locator("h1").first).to_be_visible(timeout=PATIENCE)
        app = page.get_by_test_id("stApp")
        expect(app).to_have_attribute("data-test-script-state", "notRunning", timeout=PATIENCE)
        expect(page.locator("[data-stale=true]")).to_have_count(0, timeout=PATIENCE)
        expect(page.get_by_test_id("stSkeleton")).to_have_count(0, timeout=PATIENCE)

    def wrongs(self):
        """What no page may do; empty where all is well."""
        home = httpx.URL(self.address).netloc
        strangers = sorted(
            {
                url
                for url in self.asked
                if not url.startswith(("data:", "blob:")) and httpx.URL(url).netloc != home
            }
        )
        boxes = self.page.get_by_test_id("stException").all_inner_texts()
        return [*strangers, *self.complaints, *boxes]

    def picture(self, path):
        """Keep what the tab shows."""
        try:
            self.page.screenshot(path=path, timeout=10 * SECONDS)
        except Error as error:
            path.with_suffix(".txt").write_text(str(error))

    def close(self):
        """Close the browser with all that it kept."""
        self._context.close()
