"""The project of one file, and where it asks for tokens: in a process, as it has own settings.

Whole sign-ins with it are in `test_wheel.py`.
"""

import json
import os
import subprocess
import sys

import pytest

from .installed import BACKEND

SHOW = """
import json, project
from social_django.utils import load_backend, load_strategy
backends = [load_backend(load_strategy(), each.name, None) for each in project.CHOSEN]
print(json.dumps({each.name: each.access_token_url() for each in backends}))
"""
LATER, SANDBOX = "https://auth.neos.com/connect/token", "http://127.0.0.1:8000/sandbox"
ELSEWHERE, RESONITE = "https://tokens.neos.com/", "https://account.resonite.com/connect/token"


def client_of(prefix: str) -> dict[str, str]:
    return {f"{prefix}_CLIENT_ID": "a-client", f"{prefix}_CLIENT_SECRET": "a-secret"}


@pytest.mark.parametrize(
    ("variables", "asked"),
    [
        (client_of("NEOS"), {"neos": LATER}),
        (client_of("NEOS") | {"NEOS_TOKEN_URL": ELSEWHERE}, {"neos": ELSEWHERE}),
        (client_of("RESONITE"), {"resonite": RESONITE}),
        (
            client_of("NEOS") | client_of("RESONITE"),
            {"neos": LATER, "resonite": RESONITE},
        ),
        (
            {"NEOS_TOKEN_URL": ELSEWHERE},
            {key: f"{SANDBOX}/{key}/connect/token" for key in ("neos", "resonite")},
        ),
    ],
    ids=["Neos", "Neos elsewhere", "Resonite", "both", "sandbox"],
)
def test_example_sends_a_secret_to_no_doubtful_host(
    variables: dict[str, str], asked: dict[str, str]
) -> None:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(BACKEND.parent), **variables}
    shown = subprocess.run(
        [sys.executable, "-c", SHOW],
        cwd=BACKEND / "example",
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(shown.stdout) == asked
