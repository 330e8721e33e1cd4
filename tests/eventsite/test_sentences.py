"""No sentence sends people to somebody without an address or a link beside it."""

import re

import pytest

from .architecture import modules
from .processes import ROOT

#: Sends somebody to people; a message of ours "writes to you".
SENDS = re.compile(
    r"\b(?:(?<!nobody to )write to(?! you)|contact (?:us|them|the)"
    r"|(?:ask|tell) (?:the |an|another |your )?(?:organizers?|staff|superusers?|people who run))",
    re.IGNORECASE,
)
#: The name follows, in a template or a sentence of Python; mostly after a line break of the source.
NAMED = re.compile(r"""["\s]*(?:%\})?["\s]*(?:\{%|\{\{|%\()\s*(?:include "_|if )?contact""")

COMMENTS = re.compile(r'""".*?"""|#[^\n]*', re.DOTALL)


def nameless(source: str) -> list[str]:
    """Return what sends people to nobody in particular."""
    return [
        source[found.start() : found.end() + 40]
        for found in SENDS.finditer(source)
        if not NAMED.match(source, found.end())
    ]


def sentences() -> dict[str, str]:
    """Templates, and modules without their comments."""
    files = {str(p): p.read_text("utf-8") for p in ROOT.glob("templates/**/*") if p.is_file()}
    ours = [m for m in modules() if m.name.startswith("events.")]
    return files | {m.name: COMMENTS.sub("", m.source) for m in ours}


def test_every_sentence_that_sends_people_somewhere_names_whom_r14() -> None:
    found = {name: missing for name, text in sentences().items() if (missing := nameless(text))}

    assert found == {}


@pytest.mark.parametrize(
    "sentence",
    [
        "If you think that this is a mistake, write to the organizers.",
        '_("Please write to "\n    "the organizers before the time is over.")',
        "Write to them if in doubt.",
        "so ask another organizer to delete your account",
        "Contact us.",
    ],
)
def test_sentence_that_names_nobody_is_found_r14(sentence: str) -> None:
    assert len(nameless(sentence)) == 1


@pytest.mark.parametrize(
    "sentence",
    [
        '{% translate "Questions? Write to" %} {% contact event %}',
        "Questions? Write to {{ contact }}",
        '"Your place is kept; please write to "\n            "%(contact)s before"',
        "and we write to you then",
    ],
)
def test_sentence_that_names_somebody_is_fine_r14(sentence: str) -> None:
    assert nameless(sentence) == []
