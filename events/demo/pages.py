"""The rules of conduct of the demo: a page that staff wrote, which every footer links to."""

from django.conf import settings
from django.db import transaction

from events import site_pages
from events.models import SitePage

NAME = SitePage.Name.CONDUCT
#: What stands for the open places of the text to begin with.
WORDS = {
    "[address that you read]": "hello@example.org",
    "[Name]": "Robin",
    "[number]": "two",
    "[いつも読んでいるアドレス]": "hello@example.org",
    "[名前]": "ロビン",
    "[日数]": "2",
}


@transaction.atomic
def make_pages() -> None:
    """Publish them, unless somebody wrote a page of that name."""
    if SitePage.objects.filter(name=NAME).exists():
        return
    texts = {code: _text(code) for code, _name in settings.LANGUAGES}
    main = texts.pop(settings.LANGUAGE_CODE)
    others = {code: {"text": text} for code, text in texts.items() if text}
    site_pages.publish(SitePage.objects.create(name=NAME, text=main, translations=others))


def _text(language: str) -> str:
    text = site_pages.starter(NAME, language)
    for mark, word in WORDS.items():
        text = text.replace(mark, word)
    return text
