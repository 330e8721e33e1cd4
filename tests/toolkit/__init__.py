"""django-oauth-toolkit as the provider: an OAuth server that nobody here wrote.

It runs in a process of its own, with a database of its own, and is spoken to over HTTP only. Pages,
tokens and checks are the toolkit's; a proof key (S256) is required there.
"""

import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import requests

from tests.markup import Page, TreeBuilder, fill_in

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 60  # generous: other work on the machine must not fail a test


@dataclass(frozen=True)
class Toolkit:
    """The running server."""

    url: str

    @property
    def addresses(self) -> dict[str, str]:
        """Its three addresses, by the name of the backend's setting."""
        return {
            "AUTHORIZATION_URL": f"{self.url}/connect/authorize/",
            "ACCESS_TOKEN_URL": f"{self.url}/connect/token/",
            "PROFILE_URL": f"{self.url}/api/user/profile",
        }

    def register(self, redirect_uri: str, *, client_id: str, secret: str) -> None:
        fields = {"client_id": client_id, "client_secret": secret, "redirect_uri": redirect_uri}
        requests.post(f"{self.url}/clients", fields, timeout=SECONDS).raise_for_status()

    def answer(self, address: str, *, person: str, button: str = "Authorize") -> str:
        """Open an authorization address, log in, press a button; return where that leads back."""
        with requests.Session() as browser:
            browser.trust_env = False
            browser.cookies.set("person", person)
            shown = browser.get(address, timeout=SECONDS)
            page = Page(shown.url, shown.status_code, TreeBuilder(shown.text).root)
            fields = fill_in(*page.find_button(button), {})
            headers = {"Referer": shown.url}
            back = browser.post(
                shown.url, fields, headers=headers, allow_redirects=False, timeout=SECONDS
            )
            return back.headers["Location"]

    def exchange(self, **fields: str) -> tuple[int, str]:
        """Ask for a token as a client; return the status and the error code, if there is one."""
        fields = {"grant_type": "authorization_code"} | fields
        answer = requests.post(self.addresses["ACCESS_TOKEN_URL"], fields, timeout=SECONDS)
        return answer.status_code, answer.json().get("error", "")


@contextlib.contextmanager
def running_toolkit() -> Iterator[Toolkit]:
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.toolkit"],
            cwd=ROOT,
            env=os.environ | {"TOOLKIT_FOLDER": folder},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            assert process.stdout
            yield Toolkit(process.stdout.readline().strip())
        finally:
            process.terminate()
            process.wait()
            process.stdout.close()
