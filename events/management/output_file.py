"""Write a file with personal data: for its owner only, whole or not at all."""

import os
import signal
import stat
import sys
import tempfile
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Never

from django.core.management.base import CommandError


def write(path: Path, pieces: Iterable[bytes], *, may_replace: bool) -> int:
    """Write beside, then rename; return the number of bytes. Raises `CommandError`.

    The file beside is made for its owner only (0600), and goes if anything fails.
    """
    refuse(path, may_replace=may_replace)
    try:
        with _ending_cleanly():
            return _write(path, pieces, may_replace=may_replace)
    except FileExistsError as error:
        raise CommandError(f"{path} is there already. Add --force to replace it.") from error
    except OSError as error:
        raise CommandError(f"{path} could not be written: {reason_of(error)}.") from error


def reason_of(error: OSError) -> str:
    return os.strerror(error.errno) if error.errno else "it failed"


def refuse(path: Path, *, may_replace: bool) -> None:
    """Raise `CommandError` for what is there already, and for what is no file at all."""
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    except (OSError, ValueError) as error:
        raise CommandError(f"{str(path)!r} cannot be looked at.") from error
    if not stat.S_ISREG(mode):
        raise CommandError(f"{path} is no ordinary file. Choose another name.")
    if not may_replace:
        raise CommandError(f"{path} is there already. Add --force to replace it.")


def _write(path: Path, pieces: Iterable[bytes], *, may_replace: bool) -> int:
    number, name = tempfile.mkstemp(prefix=f".{path.name}-", suffix=".part", dir=path.parent)
    beside, written = Path(name), 0
    try:
        with os.fdopen(number, "wb") as file:
            for piece in pieces:
                written += file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        _rename(beside, path, may_replace=may_replace)
        _keep_name(path.parent)
    finally:
        with suppress(FileNotFoundError):
            beside.unlink()
    return written


def _rename(beside: Path, path: Path, *, may_replace: bool) -> None:
    """Give the file its name. A link fails if somebody else has made such a file meanwhile."""
    if may_replace:
        beside.replace(path)
        return
    try:
        path.hardlink_to(beside)
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        refuse(path, may_replace=False)
        beside.rename(path)


def _keep_name(folder: Path) -> None:
    """Have the name on the disk too, so that a power cut does not take it away."""
    number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


@contextmanager
def _ending_cleanly() -> Iterator[None]:
    """Turn SIGTERM and SIGHUP, a terminal that is closed, into an exception, so that what was begun
    is taken away.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    former = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
    for number, before in former.items():
        if before is not signal.SIG_IGN:  # as `nohup` wants it
            signal.signal(number, _end)
    try:
        yield
    finally:
        for number, before in former.items():
            signal.signal(number, before)


def _end(number: int, _frame: FrameType | None) -> Never:
    sys.exit(128 + number)
