"""What an organizer does by hand: give a place, move somebody, or give a place to somebody else."""

from abc import abstractmethod
from typing import Any

from django import forms
from django.http import Http404
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from events import places
from events.admin import shown
from events.admin.versions import fingerprint_of
from events.models import Attendee, Bookable, Event, Registration
from events.places import Act, HasOther, Overruled

from . import act_words
from .act_forms import AddForm, MoveForm, PersonForm


class Deed:
    """Something that an organizer does by hand, with the form that they fill in for it."""

    title: Any
    where = "place"  # the field that names the workshop, if one does
    form: forms.Form

    @property
    @abstractmethod
    def attendee(self) -> Attendee: ...

    @property
    @abstractmethod
    def bookable(self) -> Bookable: ...

    @property
    def subject(self) -> Registration | None:
        """Return the registration of which the page is, if it is about one."""
        return None

    @abstractmethod
    def question(self) -> SafeString: ...

    def follows(self) -> list[SafeString]:
        """Return a sentence for each thing that happens besides."""
        return act_words.to_pay(self.attendee, self.bookable)

    @abstractmethod
    def weigh(self) -> list[Overruled]: ...

    @abstractmethod
    def do(self, act: Act) -> tuple[Registration | None, SafeString]:
        """Return the registration, or None if nothing was changed, and what to say."""

    def noted(self) -> str:
        """Return what the history of the registration and its story say of it."""
        return gettext("Given a place by hand.")

    def version(self) -> str:
        """Name what the page has asked: a name may mean somebody else by the time of the answer."""
        return fingerprint_of(self.attendee.pk, self.bookable.title, str(self.question()))

    @property
    def about(self) -> dict[str, SafeString]:
        return {
            "who": shown.person(self.attendee),
            "place": shown.name(self.bookable.title),
        }


class Giving(Deed):
    title = _("Add a person")
    form: AddForm

    def __init__(self, event: Event, typed: Any) -> None:
        self.form = AddForm(typed, event=event)

    @property
    def attendee(self) -> Attendee:
        return self.form.attendee

    @property
    def bookable(self) -> Bookable:
        return self.form.bookable

    def question(self) -> SafeString:
        return format_html(gettext("Give {who} a place at “{place}”?"), **self.about)

    def weigh(self) -> list[Overruled]:
        return places.would_overrule(attendee=self.attendee, bookable=self.bookable)

    def do(self, act: Act) -> tuple[Registration | None, SafeString]:
        began = timezone.now()
        given = places.let_in(attendee=self.attendee, bookable=self.bookable, act=act)
        if given.promoted_at is None or given.promoted_at < began:
            text = gettext("{who} has a place at “{place}” already. Nothing was changed.")
            return None, format_html(text, **self.about)
        if given.amount:
            text = gettext("{who} has a place at “{place}” now, and has to pay for it in time.")
        else:
            text = gettext("{who} has a place at “{place}” now.")
        return given, format_html(text, **self.about)


class Moving(Deed):
    title = _("Move to another workshop")
    where = "to"
    form: MoveForm

    def __init__(self, registration: Registration, typed: Any) -> None:
        if registration.workshop is None:
            raise Http404
        self.registration = registration
        self.former = registration.workshop.title
        self.form = MoveForm(typed, registration=registration)

    @property
    def attendee(self) -> Attendee:
        return self.registration.attendee

    @property
    def bookable(self) -> Bookable:
        to: Bookable = self.form.cleaned_data["to"]
        return to

    @property
    def subject(self) -> Registration:
        return self.registration

    def follows(self) -> list[SafeString]:
        return []

    @property
    def about(self) -> dict[str, SafeString]:
        return super().about | {"former": shown.name(self.former)}

    def noted(self) -> str:
        names = {"former": self.former, "place": self.bookable.title}
        return gettext("Moved from “{former}” to “{place}”.").format(**names)

    def question(self) -> SafeString:
        text = gettext("Move {who} from “{former}” to “{place}”?")
        return format_html(text, **self.about)

    def weigh(self) -> list[Overruled]:
        return places.would_overrule(
            attendee=self.attendee, bookable=self.bookable, without=self.registration.pk
        )

    def do(self, act: Act) -> tuple[Registration, SafeString]:
        moved = places.move(
            registration=self.registration, to=self.form.cleaned_data["to"], act=act
        )
        text = gettext("{who} was moved from “{former}” to “{place}”.")
        return moved, format_html(text, **self.about)


class Replacing(Deed):
    title = _("Give the place to somebody else")
    form: PersonForm

    def __init__(self, registration: Registration, typed: Any) -> None:
        self.registration = registration
        self.form = PersonForm(typed)

    @property
    def attendee(self) -> Attendee:
        return self.form.attendee

    @property
    def bookable(self) -> Bookable:
        return self.registration.bookable

    @property
    def subject(self) -> Registration:
        return self.registration

    def follows(self) -> list[SafeString]:
        return [*act_words.lost(self.registration), *super().follows()]

    @property
    def about(self) -> dict[str, SafeString]:
        return super().about | {"leaving": shown.person(self.registration.attendee)}

    def question(self) -> SafeString:
        text = gettext("Cancel the place of {leaving} at “{place}”, and give it to {who}?")
        return format_html(text, **self.about)

    def weigh(self) -> list[Overruled]:
        """A place is free once the other person has left, unless there are too many anyhow."""
        if self.attendee.pk == self.registration.attendee_id:
            raise HasOther
        found = places.would_overrule(attendee=self.attendee, bookable=self.bookable)
        return [one for one in found if one is not Overruled.FULL]

    def do(self, act: Act) -> tuple[Registration, SafeString]:
        given = places.give_instead(leaving=self.registration, attendee=self.attendee, act=act)
        text = gettext("{who} has the place of {leaving} at “{place}” now.")
        return given, format_html(text, **self.about)
