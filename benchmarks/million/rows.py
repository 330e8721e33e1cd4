"""Fill a database by copying rows inside of it: one of each kind is made, and multiplied."""

from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import connection, models
from django.utils import timezone

from benchmarks.crowd import analyze, fill, pay
from events.models import Attendee, Event, Notification, Payment, Registration
from tests.factories import make_event

EVENTS_A_DAY = 1_000
PEOPLE_AT_EACH, CONFIRMED_AT_EACH = 30, 25
#: How often each person signs up.
TIMES = 10
#: So many days of events are still to come. They begin in three days, so that nobody is reminded;
#: the others were over a week ago, so that nobody is thanked: mail is measured by `make bench`.
DAYS_AHEAD, FIRST_DAY, LAST_DAY = 7, 3, -8
#: Ids of copies begin after it.
FIRST = 1_000_000
PRICE = 500
#: Where the template of a copy is called `t`, and the number of the copy `n`.
EVENT_OF = f"({FIRST} + 1 + (n - 1) / {PEOPLE_AT_EACH})"
DAY_OF = f"((n - 1) / {EVENTS_A_DAY})"


@dataclass(frozen=True, slots=True)
class Site:
    """Numbers of rows, by kind."""

    registrations: int

    @property
    def events(self) -> int:
        return -(-self.registrations // PEOPLE_AT_EACH)

    @property
    def people(self) -> int:
        return max(self.registrations // TIMES, 2 * PEOPLE_AT_EACH)


def make(site: Site) -> None:
    free, paid = template_event(price=0), template_event(price=PRICE)
    copy_people(site.people)
    copy_events(site.events, free, paid)
    copy_registrations(site)
    copy_what_is_owed()
    copy_sessions(site.people)
    analyze()


def template_event(*, price: int) -> Event:
    event = make_event(capacity=CONFIRMED_AT_EACH, price=price, starts_at=day(FIRST_DAY))
    made = fill(event, confirmed=1, waiting=1)
    if price:
        pay(made[:1])
    Notification.objects.create(
        attendee=made[0].attendee,
        registration=made[0],
        kind="registered",
        subject=f"registration:{made[0].code}",
        state="sent",
        created_at=timezone.now(),
        sent_at=timezone.now(),
    )
    return event


def day(number: int) -> "timezone.datetime":
    return timezone.now() + timedelta(days=number)


def copy_people(count: int) -> None:
    attendee = Attendee.objects.select_related("user").earliest("pk")
    name = "'U-copy-' || n"
    key = f"{FIRST} + n"
    copy(User, attendee.user_id, count, id=key, username=name, email=f"{name} || '@example.org'")
    own = {"neos_id": name, "neos_username": name, "calendar_token": f"md5({name})"}
    copy(Attendee, attendee.pk, count, id=key, user_id=key, **own)


def copy_events(count: int, free: Event, paid: Event) -> None:
    """Make nine of ten free; the last days of them lie ahead."""
    past = f"({DAY_OF} - {max(count // EVENTS_A_DAY - DAYS_AHEAD, 0)})"
    days = f"CASE WHEN {past} < 0 THEN {past} - {FIRST_DAY - LAST_DAY} ELSE {past} END"
    shift = f"({days}) * interval '1 day'"
    fields = {
        "id": f"{FIRST} + n",
        "slug": "'copy-' || n",
        "title": "'Event ' || n",
        "search_text": "'event ' || n",
        "starts_at": f"t.starts_at + {shift}",
        "ends_at": f"t.ends_at + {shift}",
    }
    for event, which in ((free, "mod(n, 10) <> 0"), (paid, "mod(n, 10) = 0")):
        copy(Event, event.pk, count, where=which, **fields)


def copy_registrations(site: Site) -> None:
    is_paid = f"mod({EVENT_OF}, 10) = 0"
    is_confirmed = f"mod(n - 1, {PEOPLE_AT_EACH}) < {CONFIRMED_AT_EACH}"
    fields = {
        "id": f"{FIRST} + n",
        "code": "gen_random_uuid()",
        "event_id": EVENT_OF,
        "attendee_id": f"{FIRST} + 1 + mod(n, {site.people})",
        "created_at": "t.created_at - n * interval '1 second' / 2",
    }
    for template in Registration.objects.filter(pk__lt=FIRST).select_related("event"):
        price = is_paid if template.event.price else f"NOT ({is_paid})"
        status = is_confirmed if template.status == "confirmed" else f"NOT ({is_confirmed})"
        where = f"{price} AND {status}"
        copy(Registration, template.pk, site.registrations, where=where, **fields)


def copy_what_is_owed() -> None:
    """Make a message for each registration, and a payment for each paid one."""
    message = Notification.objects.earliest("pk")
    of = f"JOIN events_registration r ON r.id > {FIRST}"
    who = {"attendee_id": "r.attendee_id", "registration_id": "r.id"}
    subject = "'registration:' || r.code"
    copy(Notification, message.pk, of=of, **who, subject=subject)
    payment = Payment.objects.earliest("pk")
    paid = f"{of} AND r.amount > 0 AND r.status = 'confirmed'"
    names = {"reference": "'copy-' || r.id", "key": "gen_random_uuid()"}
    copy(Payment, payment.pk, of=paid, registration_id="r.id", **names)


def copy_sessions(count: int) -> None:
    Session.objects.create(session_key="copied", session_data="x" * 300, expire_date=day(14))
    copy(Session, "copied", count, session_key="'copy-' || n")


def copy(
    model: type[models.Model],
    template: object,
    count: int = 1,
    *,
    of: str = "",
    where: str = "true",
    **changed: str,
) -> None:
    """Multiply one row. `changed` are expressions for columns; `of` joins rows to be told apart."""
    meta = model._meta  # noqa: SLF001 - Django documents it
    columns = [f.column for f in meta.local_concrete_fields]
    columns = [name for name in columns if name in changed or name != meta.pk.column]
    values = [changed.get(name, f't."{name}"') for name in columns]
    source = of or f"CROSS JOIN generate_series(1, {count}) n"
    names = ", ".join(f'"{name}"' for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {meta.db_table} ({names}) SELECT {', '.join(values)} "
            f'FROM {meta.db_table} t {source} WHERE t."{meta.pk.column}" = %s AND {where}',
            [template],
        )
