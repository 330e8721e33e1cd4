"""Keep the addresses that events and workshops had before, so that links to them still work."""

from collections.abc import Iterable, Mapping

from django.db.models import Q

from events.models import Event, FormerAddress, Workshop


class AddressTaken(Exception):
    """Links to this address lead to another event, which had it before."""


def refuse_former(slug: str, *, event_pk: int | None) -> None:
    """Raise `AddressTaken` if another event had this address before."""
    if FormerAddress.objects.filter(slug=slug).exclude(event=event_pk).exists():
        raise AddressTaken


def addresses_like(start: str, *, event_pk: int | None) -> set[str]:
    """Return all addresses with this start that other events have or had."""
    used = Event.objects.exclude(Q(pk=event_pk)).filter(slug__startswith=start)
    former = FormerAddress.objects.exclude(event=event_pk).filter(slug__startswith=start)
    return {*used.values_list("slug", flat=True), *former.values_list("slug", flat=True)}


def remember(event: Event, slugs: Mapping[int | None, str], *, is_known: bool) -> None:
    """Store each address that an edit has changed; `slugs` are those before it, by workshop.

    An address in use is no former one. With `is_known` False nobody was ever given the old ones.
    """
    refuse_former(event.slug, event_pk=event.pk)
    FormerAddress.objects.filter(event=event, slug=event.slug).delete()
    if not is_known:
        return
    if slugs[None] != event.slug:
        FormerAddress.objects.get_or_create(slug=slugs[None], defaults={"event": event})
    _remember_workshops(list(event.workshops.all()), slugs)


def _remember_workshops(workshops: Iterable[Workshop], slugs: Mapping[int | None, str]) -> None:
    used = {workshop.slug for workshop in workshops}
    for workshop in workshops:
        before = [*workshop.former_slugs, slugs.get(workshop.pk, workshop.slug)]
        former = [slug for slug in dict.fromkeys(before) if slug not in used]
        if former != workshop.former_slugs:
            Workshop.objects.filter(pk=workshop.pk).update(former_slugs=former)
