"""Conditions on registrations about who came, by the check-ins."""

from django.db.models import Exists, OuterRef, Q

from .registration import Registration, RegistrationQuerySet
from .role import Role


def came() -> Q:
    """The person was checked in at this; for a place at the event, at it or any workshop of it."""
    return Q(checked_in_at__isnull=False) | (Q(workshop=None) & Q(Exists(_check_ins_of_person())))


def has_a_role() -> Exists:
    """The person has a role at the event: people who help are often checked in by nobody."""
    return Exists(Role.objects.filter(event=OuterRef("event"), attendee=OuterRef("attendee")))


def anybody_was_checked_in() -> Exists:
    """Somebody noted who came to the event or to one of its workshops."""
    return Exists(_check_ins())


def _check_ins() -> RegistrationQuerySet:
    return Registration.objects.filter(event=OuterRef("event"), checked_in_at__isnull=False)


def _check_ins_of_person() -> RegistrationQuerySet:
    return _check_ins().filter(attendee=OuterRef("attendee"))
