"""Look for names and addresses that were left as they stand in `deploy/eventsite.env.example`."""

from collections.abc import Iterator

from django.conf import settings

from .finding import Asked, Finding, ok, problem
from .placeholders import is_of_example

EXAMPLES = "examples"


def check_examples(_asked: Asked) -> Iterator[Finding]:
    """Name each setting that leads to a host of examples: mail to it reaches nobody."""
    left = [name for name, value in _addresses() if is_of_example(value)]
    for name in left:
        sentence = f"{name} leads to a host of examples, example.org or the like."
        yield problem(EXAMPLES, sentence, "Set it to a name or an address of your own.")
    if not left:
        yield ok(EXAMPLES, "No address is one of an example.")


def _addresses() -> Iterator[tuple[str, str]]:
    yield "SITE_URL", settings.SITE_URL
    yield "DATABASE_URL", str(settings.DATABASES["default"].get("HOST", ""))
    yield "EMAIL_URL", settings.EMAIL_HOST or ""
    yield "DEFAULT_FROM_EMAIL", settings.DEFAULT_FROM_EMAIL
    yield "SITE_CONTACT", settings.SITE_CONTACT
    yield "ADMINS", " ".join(address for _name, address in settings.ADMINS)
    yield "FORM_ACTION_ORIGINS", " ".join(settings.FORM_ACTION_ORIGINS)
