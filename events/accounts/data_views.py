"""Show people what the site knows about them, give it as a file, and delete their account."""

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from events.access.agreements import agreements_of
from events.access.no_shows import no_shows
from events.access.viewers import UTC
from events.accounts import attendees
from events.formatting import times
from events.http.requests import SignedInRequest

from . import closing, export, presence, readable
from .forms import EraseForm, ExportForm, PresenceForm
from .second_factor import devices, recovery

#: How many messages the page lists; all are in the file.
MESSAGES = 10
#: How the file is written, and its type, by its ending.
FORMS = {"json": (export.write, "application/json"), "html": (readable.write, "text/html")}


@never_cache
@login_required
@require_safe
def data(request: SignedInRequest) -> HttpResponse:
    return _data_page(request, _form(request, ExportForm))


def _data_page(request: SignedInRequest, form: PresenceForm) -> HttpResponse:
    attendee, now = attendees.attendee_of(request.user), timezone.now()
    payments = export.payments_of(attendee).select_related(
        "registration__event", "registration__workshop"
    )
    sent = attendee.notifications.select_related("registration__event", "registration__workshop")
    context = {
        "form": form,
        "is_proof_missing": _is_proof_missing(form),
        "viewer": attendee,
        "supports_without_amount": attendee.supports_without_amount(now),
        "former_ids": attendee.former_neos_ids.order_by("pk"),
        "missed": no_shows(now).filter(attendee=attendee).select_related("event"),
        "number_of_places": attendee.registrations.count(),
        "payments": payments.order_by("pk"),
        "sent": sent.order_by("-pk")[:MESSAGES],
        "number_of_messages": sent.count(),
        "roles": export.roles_of(attendee).order_by("pk"),
        "follows": export.follows_of(attendee).order_by("pk"),
        "app": devices.app_of(request.user),
        "agreements": agreements_of(attendee),
        "number_of_codes": recovery.count(request.user),
        "blocks": export.blocks_of(attendee).select_related("event").order_by("pk"),
    }
    return render(request, "registration/data.html", context)


@never_cache
@sensitive_post_parameters("current_password")
@login_required
@require_POST
def export_file(request: SignedInRequest) -> HttpResponseBase:
    """Give all of it as a file to save, for people or for programs. It is read while it is sent."""
    form = _form(request, ExportForm)
    if not form.is_valid():
        return _data_page(request, form)
    now = timezone.now()
    ending = "html" if request.POST.get("form") == "html" else "json"
    write, kind = FORMS[ending]
    pieces = write(attendees.attendee_of(request.user), now)
    response = StreamingHttpResponse(pieces, content_type=f"{kind}; charset=utf-8")
    name = f"account-{times.day_code(times.date_of(now, UTC))}.{ending}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


# --- Leaving -------------------------------------------------------------------------------------


@never_cache
@sensitive_post_parameters("current_password")
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: SignedInRequest) -> HttpResponse:
    """Delete one's own account. Others rely on organizers, so a superuser deletes those."""
    form = _form(request, EraseForm)
    is_to_do = request.method == "POST" and not request.user.is_staff
    if not is_to_do or not form.is_valid():
        context = {"form": form, "is_proof_missing": _is_proof_missing(form)}
        return render(request, "registration/erase.html", context)
    closing.erase(request.user, by_choice=True)
    logout(request)
    messages.success(request, gettext("Your account is deleted. We have forgotten who you are."))
    return redirect("events:list")


def _form(request: SignedInRequest, kind: type[PresenceForm]) -> PresenceForm:
    return kind(
        request.POST if request.method == "POST" else None,
        user=request.user,
        is_proved_by_neos=presence.is_proved_by_neos(request),
    )


def _is_proof_missing(form: PresenceForm) -> bool:
    """Return whether the page has to ask for a new sign-in with Neos before anything else."""
    return not (form.user.has_usable_password() or form.is_proved_by_neos)
