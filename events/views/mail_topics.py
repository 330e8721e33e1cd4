"""Let people choose which mails they get: behind a link in each mail, and on the account page."""

from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from events.accounts import attendees
from events.http.requests import SignedInRequest
from events.messages import topics
from events.models import Attendee, MailTopic

#: What a mail program posts for its button to unsubscribe (RFC 8058), and our own button too.
ONE_CLICK = "List-Unsubscribe"
#: A field of our own form, which tells "none of them" from a body that is no form of ours.
OUR_FORM = "choose"


@never_cache
@csrf_exempt  # the link itself says who may: a mail program that posts to it has no cookie
@require_http_methods(["GET", "HEAD", "POST"])
def mail_topics(request: HttpRequest, token: str) -> HttpResponse:
    """Let the link of a mail choose, signed in or not.

    A visit changes nothing: mail scanners open links. The page tells nothing about the person.
    """
    try:
        attendee_pk, topic = topics.read_token(token)
        Attendee.objects.get(pk=attendee_pk, erased_at=None)
    except (signing.BadSignature, ValueError, Attendee.DoesNotExist):
        return render(request, "events/mail_topics_failed.html", status=HTTPStatus.NOT_FOUND)
    is_one_click = request.POST.get(ONE_CLICK) == "One-Click"
    is_ours = OUR_FORM in request.POST  # an empty body must not say no to everything
    if is_one_click:
        topics.mute(attendee_pk, topic)
    elif is_ours:
        topics.choose(attendee_pk, _wanted(request))
    context = {
        "topic": topic,
        "muted": topics.muted_by(attendee_pk),
        "attendee_pk": attendee_pk,
        "is_saved": is_one_click or is_ours,
        "is_one_click": is_one_click,
    }
    return render(request, "events/mail_topics.html", context)


@login_required
@require_POST
def my_mail_topics(request: SignedInRequest) -> HttpResponse:
    topics.choose(attendees.attendee_of(request.user).pk, _wanted(request))
    messages.success(request, gettext("We have saved which mails you get."))
    return redirect(f"{reverse('events:account')}#mails")


def _wanted(request: HttpRequest) -> list[str]:
    """Leave out what is no topic."""
    return [topic for topic in request.POST.getlist("topics") if topic in MailTopic.values]
