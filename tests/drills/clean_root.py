"""A root of a bare Debian with the packages of the page, and a way to run scripts in it.

What takes long is kept in `.cache/drill`, under a name made of what it was made from.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from .blocks import ROOT

CACHE = ROOT / ".cache" / "drill"
RELEASE = "bookworm"
LOCK = ROOT / "requirements.lock"
#: No daemon begins while packages are installed: it would be outside of the drill.
NO_DAEMONS = "#!/bin/sh\nexit 101\n"
#: Inside, 127.0.0.1 belongs to the drill alone, and nothing else can be reached. A visitor from
#: elsewhere comes from 192.0.2.7. All processes end with the first.
ALONE = ("unshare", "--mount", "--pid", "--net", "--fork", "--kill-child")
OWN_NETWORK = """
ip link set lo up
ip address add 192.0.2.7/32 dev lo
"""
ENTER = """
mount -t proc proc "$1/proc"
mount -t tmpfs tmpfs "$1/dev/shm"
exec chroot "$1" /bin/bash /drill/script.sh
"""
#: What is written lands beside the kept root, which stays as it is; or on a copy of it.
OVERLAY = """
mkdir -p "$1/work" "$1/root"
mount -t overlay overlay -o "lowerdir=$2,upperdir=$1/upper,workdir=$1/work" "$1/root" 2>/dev/null \\
    || cp -a "$2/." "$1/upper/." "$1/root"
set -- "$1/root"
"""
#: As from a terminal of a desk: it asks for a language that is not there.
QUIET = "set -eu\nexport DEBIAN_FRONTEND=noninteractive LANG=en_GB.UTF-8\n"
NEEDED = ("debootstrap", "unshare", "ip", "chroot", "git")


def missing() -> list[str]:
    """Return what this machine lacks for a root of its own."""
    root = [] if os.geteuid() == 0 else ["root"]
    return [*root, *(name for name in NEEDED if shutil.which(name) is None)]


def is_allowed() -> bool:
    """Return whether this machine lets a process have a root and a network of its own."""
    done = subprocess.run([*ALONE, "true"], stderr=subprocess.DEVNULL, check=False)
    return done.returncode == 0


def _named(kind: str, *made_from: str) -> Path:
    digest = hashlib.sha256("\0".join(made_from).encode()).hexdigest()[:16]
    return CACHE / f"{kind}-{digest}"


# --- What is kept --------------------------------------------------------------------------------


def base(packages: str) -> Path:
    """Return a minimal Debian in which these commands were run, with network."""
    root = _named("root", RELEASE, packages)
    if not root.exists():
        print("  makes a bare Debian (kept for the next time)", flush=True)
        draft = root.with_suffix(".new")
        draft.mkdir(parents=True)
        draft.chmod(0o755)
        _install(draft, packages)
        draft.rename(root)
    return root


def _install(root: Path, packages: str) -> None:
    _run("debootstrap", "--variant=minbase", RELEASE, str(root), _mirror())
    (root / "usr/sbin/policy-rc.d").write_text(NO_DAEMONS)
    (root / "usr/sbin/policy-rc.d").chmod(0o755)
    shutil.copy("/etc/resolv.conf", root / "etc/resolv.conf")
    (root / "drill").mkdir()
    (root / "drill/script.sh").write_text(f"{QUIET}{packages}\napt-get clean\n")
    with_network = [word for word in ALONE if word != "--net"]
    _run(*with_network, "sh", "-euc", ENTER, "sh", str(root))


def _mirror() -> str:
    """Return where this machine has its own packages from."""
    question = ("apt-get", "indextargets", "--format", "$(SITE)", f"Codename: {RELEASE}")
    return subprocess.run(question, capture_output=True, text=True, check=True).stdout.split()[0]


def wheels() -> Path:
    """Return a folder with what `requirements.lock` names: the root itself reaches no registry."""
    folder = _named("wheels", LOCK.read_text("utf-8"))
    if not folder.exists():
        print("  fetches the locked packages (kept for the next time)", flush=True)
        draft = folder.with_suffix(".new")
        pip = (sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check")
        which = ("--no-deps", "--require-hashes", "--python-version=3.11", "--only-binary=:all:")
        _run(*pip, *which, "-r", str(LOCK), "-d", str(draft))
        draft.rename(folder)
    return folder


# --- The root ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Root:
    """A root of its own. What is put into `upper` before it runs is there inside."""

    base: Path
    folder: Path

    @property
    def upper(self) -> Path:
        return self.folder / "upper"

    def run(self, script: str) -> int:
        """Run a script in the root, as its root and without any network; return its status."""
        (self.upper / "drill/script.sh").write_text(script)
        plain = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"}
        pip = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "/drill/wheels", "PIP_NO_CACHE_DIR": "1"}
        steps = OWN_NETWORK + OVERLAY + ENTER
        command = [*ALONE, "sh", "-euc", steps, "sh", str(self.folder), str(self.base)]
        done = subprocess.run(command, env=plain | pip, stdin=subprocess.DEVNULL, check=False)
        return done.returncode


@contextmanager
def clean_root(packages: str) -> Iterator[Root]:
    """A root of its own for the block: Debian, its packages, and the locked ones as files."""
    lower, files = base(packages), wheels()
    with TemporaryDirectory(prefix="eventsite-drill-") as folder:
        root = Root(lower, Path(folder))
        root.upper.mkdir()
        root.upper.chmod(0o755)
        shutil.copytree(files, root.upper / "drill" / "wheels")
        (root.upper / "etc").mkdir()
        (root.upper / "etc/hosts").write_text("127.0.0.1 localhost events.drill.test\n")
        yield root


def put_project(folder: Path) -> None:
    """Copy what git knows of the project, and what it does not ignore."""
    git = ("git", "-c", "safe.directory=*")
    listed = (*git, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    names = subprocess.run(listed, cwd=ROOT, capture_output=True, check=True).stdout.split(b"\0")
    for name in filter(None, names):
        source, target = ROOT / os.fsdecode(name), folder / os.fsdecode(name)
        if source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)


def _run(*command: str) -> None:
    """Run it in silence, and show what it said if it fails."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if done.returncode:
        sys.stdout.write(done.stdout.decode(errors="replace"))
        raise SystemExit(f"{command[0]} ended with {done.returncode}")
