"""Save an event: ask first if people will notice, then do it once.

A change that people will notice is made, its effects are read, and it is undone. The form comes
back with all that was typed and says what would happen. It is saved once the organizer has agreed
to exactly that.
"""

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.translation import gettext

from events.formatting.fields import LinesField
from events.models import Event
from events.places import event_edits
from events.places.former_addresses import AddressTaken
from events.series.copies import complete

from . import consequences, effects, effects_on_people, onward, signed_up
from .base import OwnEventsAdmin, original_of
from .desk.pages import EventPages
from .effect import Effect
from .folds import unfold_all
from .length import SAVE_AS_NEW
from .versions import fingerprint_of

#: Name of the box to tick. Its value names the effects: if those change, the form asks again.
AGREED = "edit_confirmed"
NOTE, MAX_NOTE = "edit_note", 1_000
PUBLISH = "_publish"  # the button that saves a draft and publishes it
OF_REQUEST = "question_of_edit"  # where a request keeps what it has to ask


class Question:
    """The effects of a change to which nobody has agreed yet. `can_be_noted` offers a note.

    `event` is None for one that is added: what is undone and done again gets another number.
    """

    def __init__(self, event: Event | None, effects: list[Effect], *, can_be_noted: bool) -> None:
        self.effects, self.can_be_noted = effects, can_be_noted
        self.token = fingerprint_of(event and event.pk, *map(str, effects))


def question_of(request: HttpRequest) -> Question | None:
    found: Question | None = getattr(request, OF_REQUEST, None)
    return found


class EventSaves(EventPages, OwnEventsAdmin):
    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Say what `follow_up` refuses, should the form have missed it. Nothing was saved then."""
        if PUBLISH in request.POST:
            choose_published(request)
        try:
            return self._save_or_ask(request, *args, **kwargs)
        except event_edits.PeopleSignedUp as found:
            return self.back_to_list(request, signed_up.not_a_draft(found.people))
        except AddressTaken:
            return self.back_to_list(request, gettext("Another event has this web address."))

    def _save_or_ask(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Undo what was saved if there is a question, and show the form again, with the question.

        The form reads the question and refuses to be saved.
        """
        with transaction.atomic():
            response = super().changeform_view(request, *args, **kwargs)
            if question_of(request) is None:
                return response
            transaction.set_rollback(True)
        return super().changeform_view(request, *args, **kwargs)

    def get_form(
        self,
        request: HttpRequest,
        obj: Any = None,
        change: bool = False,  # noqa: FBT001, FBT002 - as Django calls it
        **kwargs: Any,
    ) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        form.has_question = question_of(request) is not None
        return form

    def save_model(self, request: HttpRequest, obj: Event, form: Any, change: Any) -> None:
        """Save a copy as a draft, because it still has the times and texts of the original."""
        if SAVE_AS_NEW in request.POST:
            obj.status = Event.Status.DRAFT
        form.last_message = effects_on_people.last_message()
        if change:
            form.before = event_edits.begin(obj.pk)
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: Any) -> None:
        """Make the person who adds an event its organizer; follow up a change once all is saved."""
        super().save_related(request, form, formsets, change)
        if not change:
            form.instance.organizers.add(request.user)
            self._complete_copy(request, form.instance)
            event_edits.follow_up_new(form.instance)
            found = effects.of_new(form.instance)
            self._ask(request, Question(None, found, can_be_noted=False))
            return
        followed = event_edits.follow_up(form.before, note_of(request))
        event = Event.objects.get(pk=form.instance.pk)
        found = effects.of_edit(event, form.before, followed, form.last_message)
        can_be_noted = effects_on_people.can_be_noted(event, form.last_message)
        if not self._ask(request, Question(event, found, can_be_noted=can_be_noted)):
            consequences.tell(request, followed)
            effects_on_people.tell_messages(request, event, form.last_message)
            onward.offer(request, event, form, formsets)

    def _complete_copy(self, request: HttpRequest, copy: Event) -> None:
        """Give a copy what the form does not carry, of an original of the organizer's own."""
        if original := original_of(request):
            complete(original, copy)

    def _ask(self, request: HttpRequest, question: Question) -> bool:
        """Keep the question for the form, unless the organizer has agreed to it."""
        if not question.effects or request.POST.get(AGREED) == question.token:
            return False
        setattr(request, OF_REQUEST, question)
        return True

    def message_user(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Say nothing of a change that is about to be undone."""
        if question_of(request) is None:
            super().message_user(request, *args, **kwargs)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Show the tabs of the desk above the form of an event that there is, and a question.

        Parts in which something was chosen are not folded away.
        """
        unfold_all(context)
        context["can_publish"] = event.is_draft if (event := kwargs.get("obj")) else True
        if event:
            context |= self.frame(request, event, "events_event_change")
        context |= {"note_name": NOTE, "note": note_of(request), "max_note": MAX_NOTE}
        if question := question_of(request):
            context |= {"question": question, "agreed": AGREED, "errors": None}
        elif PUBLISH in request.POST:
            choose_former_status(context["adminform"].form)
        return super().render_change_form(request, context, *args, **kwargs)

    def response_post_save_add(self, request: HttpRequest, obj: Event) -> HttpResponseRedirect:
        """Lead to the desk, which says what to do next."""
        return redirect("admin:events_event_desk", obj.pk)

    def response_post_save_change(self, request: HttpRequest, obj: Event) -> HttpResponseRedirect:
        return self.response_post_save_add(request, obj)


def choose_published(request: HttpRequest) -> None:
    posted = request.POST.copy()
    posted["status"] = Event.Status.PUBLISHED
    request.POST = posted  # type: ignore[assignment]  # as Django's own tests do


def choose_former_status(form: Any) -> None:
    """Show the status again that the event has: it was not published, and *Save* must not do it."""
    form.data = form.data.copy()
    form.data["status"] = form.initial.get("status") or Event.Status.DRAFT


def note_of(request: HttpRequest) -> str:
    """Return the organizer's words to the people who are told, cleaned and cut to the limit."""
    # Browsers count a line break as one character, and send it as two.
    typed = request.POST.get(NOTE, "")[: 2 * MAX_NOTE].replace("\0", "")
    return str(LinesField(required=False).clean(typed))[:MAX_NOTE].rstrip()
