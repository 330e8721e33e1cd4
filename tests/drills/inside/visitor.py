"""Sign up through the proxy as a person does: account, mail, confirmation, place.

`python visitor.py NAME`. Trusts the certificates that the machine trusts.
"""

import email
import email.policy
import re
import sys
import time
from html import unescape
from pathlib import Path

import requests

SITE = "https://events.drill.test"
MAILS = Path("/drill/mails")
CONFIRM = re.compile(r"Confirm your e-mail address:\s+(https://\S+)")
PATIENCE = 90  # seconds; housekeeping comes by every 20


class Visitor:
    def __init__(self) -> None:
        self.session = requests.Session()
        self.session.verify = "/etc/ssl/certs/ca-certificates.crt"

    def see(self, address: str) -> str:
        answer = self.session.get(SITE + address.removeprefix(SITE), timeout=60)
        return self.checked(answer)

    def press(self, page: str, button: str, address: str, **fields: str) -> str:
        """Send the form with this button to its address, with what is hidden in it."""
        form = next(one for one in re.findall(r"<form.*?</form>", page, re.DOTALL) if button in one)
        hidden = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form))
        answer = self.session.post(
            SITE + address, hidden | fields, headers={"Referer": f"{SITE}{address}"}, timeout=60
        )
        return self.checked(answer)

    @staticmethod
    def checked(answer: requests.Response) -> str:
        expected = {"status": 200, "transport": "max-age=31536000"}
        found = {
            "status": answer.status_code,
            "transport": answer.headers.get("Strict-Transport-Security"),
        }
        if found != expected:
            raise SystemExit(f"{answer.url} answers {found}")
        return unescape(answer.text)


def confirmation(name: str) -> str:
    """Wait for the mail that housekeeping sends, and return the link in it."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        for file in sorted(MAILS.glob("*.eml")):
            mail = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
            body = mail.get_body(("plain",))
            link = CONFIRM.search(body.get_content()) if body else None
            if link and name in str(mail["To"]):
                return link[1]
        time.sleep(0.5)
    raise SystemExit(f"no mail came to {name}")


def sign_up(name: str) -> None:
    visitor = Visitor()
    fields = {
        "username": name,
        "email": f"{name}@drill.test",
        "password1": "a-long-and-odd-one",
        "password2": "a-long-and-odd-one",
    }
    page = visitor.see("/accounts/signup/")
    visitor.press(page, "Make the account", "/accounts/signup/", **fields)
    link = confirmation(name)
    visitor.press(visitor.see(link), "Yes, confirm it", link.removeprefix(SITE))
    page = visitor.see("/events/drill/")
    page = visitor.press(page, "Take a place", "/events/drill/register/")
    if "You are in" not in page:
        raise SystemExit(f"{name} did not get a place")


if __name__ == "__main__":
    sign_up(sys.argv[1])
