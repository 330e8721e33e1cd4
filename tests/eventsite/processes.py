"""Fresh Python processes of the project, with an environment of their own."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION = {
    "SECRET_KEY": "4f0e8a61b7c20f5de913-4d1c7a5293be-Qm9va2luZ3MtYXJlLW9wZW4",
    "SITE_URL": "https://events.example.org",
    "NEOS_CLIENT_ID": "client",
    "NEOS_CLIENT_SECRET": "client-secret",
}
READ = """
import json, sys
from eventsite import settings
print(json.dumps([getattr(settings, name) for name in sys.argv[1:]], default=str))
"""


def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Python in the project's folder, with these environment variables and no others of ours."""
    environment = {"PATH": os.environ["PATH"], **variables}
    command = [sys.executable, *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


def read(*names: str, **variables: str) -> Any:
    """The settings of these names, in a production that differs by `variables`."""
    process = run("-c", READ, *names, **PRODUCTION | variables)
    assert process.stderr == ""
    return json.loads(process.stdout)


def refusal(*arguments: str, **variables: str) -> str:
    """What a start says that ends before it began; one line, no traceback."""
    process = run(*arguments, **variables)
    assert process.returncode == 3
    assert process.stdout == ""
    assert process.stderr.count("\n") == 1
    return process.stderr.removeprefix("eventsite cannot start: ").rstrip("\n")
