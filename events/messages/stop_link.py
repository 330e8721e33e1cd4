"""The signed link in a mail with which somebody stops following, without signing in.

It is built when it is mailed, works as long as the secret of the site does, and can only stop. It
names the hosts: the event may have others by the time it is used, or be gone.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.db.models import QuerySet
from django.urls import reverse

from events.models import Attendee, Host

SALT = "events.messages.stop-following"


@dataclass(frozen=True, slots=True)
class Stop:
    """The attendee's id and the hosts that a link stops; some of them may be deleted.

    `is_sure`: it names the hosts. Links of before name an event, whose hosts may be others now.
    """

    attendee: int
    hosts: QuerySet[Host]
    is_sure: bool

    def followed(self) -> list[Host]:
        """Return those that the person follows now."""
        return list(self.hosts.filter(follows__attendee=self.attendee).distinct())

    def knows_all(self) -> bool:
        """Return whether nothing else is followed of which the mail may have been."""
        others = Host.objects.filter(follows__attendee=self.attendee)
        return self.is_sure or not others.exists()


def stop_link(attendee: Attendee, hosts: Iterable[Host]) -> str:
    """Return the link for these hosts."""
    token = signing.dumps([attendee.pk, [host.pk for host in hosts]], salt=SALT)
    return settings.SITE_URL + reverse("events:stop-following", kwargs={"token": token})


def read_stop_token(token: str) -> Stop:
    """Return what the link is to stop. Raises `signing.BadSignature`."""
    attendee, named = signing.loads(token, salt=SALT)
    if isinstance(named, list):
        return Stop(attendee, Host.objects.filter(pk__in=named), is_sure=True)
    return Stop(attendee, Host.objects.filter(events=named), is_sure=False)


def following_address() -> str:
    """Return the page on which people see all that they follow."""
    return f"{settings.SITE_URL}{reverse('events:account')}#following"
