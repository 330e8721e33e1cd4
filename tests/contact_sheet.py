"""Twelve pages of the demo on one picture, `docs/pages.jpg`: run by `make screenshots`.

The demo is loaded into a database of its own, and served as in production.
"""

import base64
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "pages.jpg"
Scheme = Literal["light", "dark"]
WIDE, SMALL = 1280, 390
#: Title, address ("{place}" is the code of a place), width, colours; the last six are signed in.
PAGES: tuple[tuple[str, str, int, Scheme], ...] = (
    ("What is coming up", "/", WIDE, "light"),
    ("The same at night", "/", WIDE, "dark"),
    ("An event", "/events/festival/", WIDE, "light"),
    ("On a phone", "/events/festival/", SMALL, "dark"),
    ("The list on a phone", "/", SMALL, "light"),
    ("Signing in", "/accounts/login/", WIDE, "light"),
    ("An event that I am at", "/events/festival/", WIDE, "dark"),
    ("My places", "/registrations/", WIDE, "light"),
    ("My places on a phone", "/registrations/", SMALL, "dark"),
    ("My account", "/account/", WIDE, "light"),
    ("A lottery", "/events/masquerade/", WIDE, "light"),
    ("A page that is not there", "/events/nowhere/", WIDE, "dark"),
)
SIGNED_OUT = 6
SHEET = """<html><style>
body {{ background: #eceaf5; font: 600 20px Outfit, system-ui, sans-serif; margin: 24px;
  display: grid; grid-template-columns: repeat(4, 1fr); gap: 24px; width: 1872px }}
figure {{ margin: 0 }} figcaption {{ padding: 8px 2px }}
div {{ height: 290px; overflow: hidden; border-radius: 14px; background: #d5d0e4 }}
img {{ height: 290px; width: 100%; object-fit: contain; object-position: top }}
</style>{}</html>"""


def run() -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "DATABASE_URL": f"sqlite:///{folder}/demo.sqlite3",
            "DEBUG": "1",
            "DJANGO_SETTINGS_MODULE": "eventsite.settings",
            "NEOS_SANDBOX": "1",
            "PAYMENT_PROVIDER": "sandbox",
        }
        import django

        django.setup()
        draw_sheet([*pictures()])


def pictures() -> Iterator[tuple[str, bytes]]:
    """Yield each page's title and its picture as PNG."""
    from django.core.management import call_command

    from events import demo
    from tests.looking import open_page
    from tests.servers import running_site

    call_command("migrate", verbosity=0)
    demo.load()
    cookie = sign_in()
    application = "tests.without_debug:application"
    with running_site(application=application) as site, open_page(runs_scripts=True) as page:
        for number, (title, address, width, scheme) in enumerate(PAGES):
            if number == SIGNED_OUT:
                page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": site.url}])
            page.set_viewport_size({"width": width, "height": 800})
            page.emulate_media(color_scheme=scheme)
            page.goto(f"{site.url}{address}", wait_until="networkidle")
            yield title, page.screenshot()


def sign_in() -> str:
    """Return the cookie of somebody with several places."""
    from django.db.models import Count
    from django.test import Client

    from events.models import Attendee

    busy = Attendee.objects.filter(registrations__event__slug="festival")
    attendee = busy.annotate(places=Count("registrations")).order_by("-places", "pk")[0]
    client = Client()
    client.force_login(attendee.user)
    return client.cookies["sessionid"].value


def draw_sheet(found: list[tuple[str, bytes]]) -> None:
    from tests.looking import open_page

    figures = "".join(
        f'<figure><div><img src="data:image/png;base64,{base64.b64encode(picture).decode()}"></div>'
        f"<figcaption>{title}</figcaption></figure>"
        for title, picture in found
    )
    with open_page(runs_scripts=False) as page:
        page.set_viewport_size({"width": 1920, "height": 1100})
        page.set_content(SHEET.format(figures))
        page.screenshot(path=TARGET, type="jpeg", quality=82, full_page=True)


if __name__ == "__main__":
    run()
