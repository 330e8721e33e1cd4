"""Documents name a test for each claim; here they are looked for."""

import re

from .processes import ROOT

NAMED = re.compile(r"`(test_\w+)`")
WRITTEN = re.compile(r"^ *def (test_\w+)\(", re.MULTILINE)


def missing(text: str) -> list[str]:
    """Tests that the text names and nobody wrote."""
    files = (ROOT / "tests").rglob("test_*.py")
    written = {name for file in files for name in WRITTEN.findall(file.read_text())}
    return sorted(set(NAMED.findall(text)) - written)


def test_threat_model_names_tests_that_exist() -> None:
    text = (ROOT / "THREAT_MODEL.md").read_text()
    assert missing(text) == []
    assert len(NAMED.findall(text)) > 50


def test_list_of_faults_names_tests_that_exist() -> None:
    assert missing((ROOT / "docs" / "faults.md").read_text()) == []


def test_promises_of_operations_name_tests_that_exist() -> None:
    assert missing((ROOT / "docs" / "operations.md").read_text()) == []


def test_missing_test_would_be_noticed() -> None:
    assert missing("`test_nobody_wrote_this`") == ["test_nobody_wrote_this"]
