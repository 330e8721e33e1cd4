"""The one rule for an e-mail address: how it is read, and how it is written into a mail.

Japanese carriers gave out addresses with dots in odd places, like `a..b@docomo.ne.jp`, and people
still have them. Mail takes them in quotation marks only, so they are stored without and quoted when
they are sent.
"""

import re
import unicodedata

from django.core.validators import EmailValidator
from django.utils.encoding import punycode

LONGEST = 254  # characters, RFC 5321

SIGNS = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]"
#: Letters, digits and signs as everybody has them; dots may stand anywhere.
LOCAL_PART = re.compile(rf"(?:{SIGNS}|\.)+", re.IGNORECASE)
#: What somebody has put into quotation marks for more than its dots, like `"john smith"`.
QUOTED = re.compile(r'"[ !#-\[\]-~]+"')
#: What mail takes without quotation marks: single dots, and none at an end.
PLAIN = re.compile(rf"{SIGNS}+(?:\.{SIGNS}+)*", re.IGNORECASE)
#: Full stops that browsers and Python take for a dot between the parts of a host.
DOTS = re.compile("[\u3002\uff0e\uff61]")

_hosts = EmailValidator()


def read(text: str) -> str:
    """Return the address as it is stored: unquoted, with an ASCII host. Raises `ValueError`."""
    local_part, at, host = text.strip().rpartition("@")
    local_part = _unquoted(local_part)
    is_known = LOCAL_PART.fullmatch(local_part) or QUOTED.fullmatch(local_part)
    if not is_known:
        raise ValueError("no e-mail address")
    address = f"{local_part}{at}{_host(host)}"
    if len(address) > LONGEST:
        raise ValueError("a long e-mail address")
    return address


def for_mail(address: str) -> str:
    """Return a stored address as a header or an SMTP command needs it: `"a..b"@docomo.ne.jp`."""
    local_part, at, host = address.rpartition("@")
    if PLAIN.fullmatch(local_part) or not LOCAL_PART.fullmatch(local_part):
        return address
    return f'"{local_part}"{at}{host}'


def _unquoted(local_part: str) -> str:
    """Take quotation marks off that are there for the dots only."""
    inner = local_part[1:-1]
    return inner if QUOTED.fullmatch(local_part) and LOCAL_PART.fullmatch(inner) else local_part


def _host(host: str) -> str:
    encoded = plain_host(host)
    if not _hosts.validate_domain_part(encoded) and encoded not in _hosts.domain_allowlist:
        raise ValueError("no host")
    return encoded


def plain_host(host: str) -> str:
    """Return the host in ASCII, like `xn--mnchen-3ya.de`. Raises `ValueError` if that is unclear.

    Python knows the older rules for names in other scripts. Where the newer ones lead to another
    host, as for `ß`, the mail would go to a stranger, so such a name is not read.
    """
    encoded = punycode(host) if not host.isascii() else host
    if encoded != host and encoded.encode().decode("idna") != _folded(host):
        raise ValueError("a host that is written in two ways")
    return encoded


def _folded(host: str) -> str:
    """Lower the case, and write the dots of other scripts as ours."""
    return unicodedata.normalize("NFKC", DOTS.sub(".", host)).lower()
