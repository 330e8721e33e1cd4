"""Write and read a snapshot: a signed list for a door without a network.

Lines of ASCII: `FORMAT`; a header in JSON; for each person the salted digest of the id, that of the
id in small letters, the role, and from when they may come in; at the end an Ed25519 signature
(RFC 8032) of the SHA-512 of everything before it. Where somebody else at the door has the id in
other letters, also without being let in, a random number stands for the second digest. Ids are
guessed easily, so the digests only keep somebody from reading the list; who has the file can ask it
about an id.

The key of the signature comes out of `SECRET_KEY`: a new one makes new snapshots necessary.
"""

import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.utils.crypto import salted_hmac

from events.access.door import Answer, Denial, answer_from
from events.formatting import times
from events.models import Bookable
from events.models.spelling import in_small_letters

from .guest_list import Listed

FORMAT = "eventsite door snapshot 1"
MAX_BYTES = 64 * 1024 * 1024
SALT_BYTES = 16
DIGEST_BYTES = 32
#: A clock that is behind would make snapshots good for longer.
CLOCK_MAY_DIFFER = timedelta(minutes=5)
SIGNATURE = re.compile(rb"signature ([0-9a-f]{128})\n")
LENGTH_OF_SIGNATURE = len("signature \n") + 128
PUBLIC_KEY = re.compile(r"[0-9a-f]{64}")


class Refused(Exception):
    """A snapshot that counts for nothing; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A snapshot whose signature is good. `expires_at` counts whenever it is asked."""

    event: str
    workshop: str | None
    made_at: datetime
    expires_at: datetime
    salt: bytes
    exact: dict[str, Listed]
    folded: dict[str, Listed]

    def answer(self, neos_id: str, now: datetime) -> Answer:
        """Answer as the door does, with one reason for everybody who is not in the list.

        Raises `Refused` where the time of the snapshot is over, or has not come.
        """
        self._check_time(now)
        person = self._find(neos_id)
        if person is None:
            return Answer(Denial.NOT_REGISTERED)
        return answer_from(person.opens_at, person.role, now)

    def _check_time(self, now: datetime) -> None:
        if now >= self.expires_at:
            ended = times.for_machines(self.expires_at)
            raise Refused(f"The snapshot was good until {ended}. Make a new one.")
        if now < self.made_at - CLOCK_MAY_DIFFER:
            made = times.for_machines(self.made_at)
            raise Refused(f"The snapshot is of {made}, which is to come. Correct the clock.")

    def _find(self, neos_id: str) -> Listed | None:
        """The id counts as it is written, or in other letters where that is one person's only."""
        person = self.exact.get(_digest(self.salt, "exact", neos_id))
        if person is not None or not neos_id.isascii():
            return person
        return self.folded.get(_digest(self.salt, "folded", neos_id.lower()))


# --- Keys ----------------------------------------------------------------------------------------


def signing_key() -> Ed25519PrivateKey:
    seed = salted_hmac("events.doors.snapshot", "ed25519", algorithm="sha256").digest()
    return Ed25519PrivateKey.from_private_bytes(seed)


def public_key() -> str:
    """Return the key with which others check this site's snapshots: 64 hex digits."""
    return signing_key().public_key().public_bytes_raw().hex()


# --- Writing -------------------------------------------------------------------------------------


def written(
    bookable: Bookable, people: Iterable[Listed], now: datetime, *, expires_at: datetime
) -> Iterator[bytes]:
    """Yield a line at a time: nobody is kept in memory, for the digest is signed and not the text.

    It is good no longer than the event.
    """
    digest, salt = hashlib.sha512(), secrets.token_bytes(SALT_BYTES)
    head = {
        "event": bookable.event.slug,
        "workshop": bookable.workshop.slug if bookable.workshop else None,
        "made_at": times.for_machines(now),
        "expires_at": times.for_machines(min(expires_at, bookable.ends_at)),
        "salt": salt.hex(),
    }
    for line in (FORMAT, json.dumps(head)):
        yield _noted(line, digest)
    for person in people:
        yield _noted(_line(person, salt), digest)
    yield f"signature {signing_key().sign(_signed(digest.digest())).hex()}\n".encode()


def _noted(line: str, digest: "hashlib._Hash") -> bytes:
    data = f"{line}\n".encode()
    digest.update(data)
    return data


def _line(person: Listed, salt: bytes) -> str:
    exact, small = _digest(salt, "exact", person.neos_id), secrets.token_hex(DIGEST_BYTES)
    if person.is_in_any_letters:
        small = _digest(salt, "folded", in_small_letters(person.neos_id))
    return " ".join([exact, small, person.role, times.for_machines(person.opens_at)])


def _digest(salt: bytes, kind: str, neos_id: str) -> str:
    return hmac.digest(salt, f"{kind} {neos_id}".encode(errors="surrogatepass"), "sha256").hex()


def _signed(digest: bytes) -> bytes:
    """The name of the format goes along: what the key signs for another purpose is no snapshot."""
    return FORMAT.encode() + b"\n" + digest


# --- Reading -------------------------------------------------------------------------------------


def read(data: bytes, key: str) -> Snapshot:
    """Check the signature by a public key of 64 hex digits, then parse. Raises `Refused`."""
    if not data.startswith(FORMAT.encode() + b"\n"):
        raise Refused("This file is no door snapshot.")
    body = data[:-LENGTH_OF_SIGNATURE]
    signature = SIGNATURE.fullmatch(data[-LENGTH_OF_SIGNATURE:])
    if signature is None:
        raise Refused("The file was cut off or changed. Copy it again.")
    _check(body, bytes.fromhex(signature[1].decode()), key)
    return _parsed(body.decode("ascii").splitlines())


def _check(body: bytes, signature: bytes, key: str) -> None:
    if not PUBLIC_KEY.fullmatch(key):
        raise Refused("A public key has 64 hex digits. door_list prints it.")
    try:
        public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(key))
        public.verify(signature, _signed(hashlib.sha512(body).digest()))
    except (InvalidSignature, ValueError) as error:
        raise Refused("The file was changed, or another site signed it.") from error


def _parsed(lines: list[str]) -> Snapshot:
    """Read a file whose signature is right: it was written above, and needs no further checks."""
    head = json.loads(lines[1])
    exact, in_small = dict[str, Listed](), dict[str, Listed]()
    for line in lines[2:]:
        own, small, role, opens_at = line.split(" ")
        person = Listed("", role, datetime.fromisoformat(opens_at))
        exact[own] = in_small[small] = person
    return Snapshot(
        head["event"],
        head["workshop"],
        datetime.fromisoformat(head["made_at"]),
        datetime.fromisoformat(head["expires_at"]),
        bytes.fromhex(head["salt"]),
        exact,
        in_small,
    )
