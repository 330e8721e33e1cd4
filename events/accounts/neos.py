"""Store a sign-in with Neos in our own rows: steps of python-social-auth's pipelines.

Only the platform and the id there decide whose account it is, never a username. User, link and
attendee are made in one transaction. No HTTP happens in it, because the profile is complete by
then.
"""

import secrets
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import get_language, gettext
from social_core.backends.base import BaseAuth
from social_core.exceptions import AuthAssociationError, AuthPolicyError, AuthResponseError
from social_django.models import UserSocialAuth

from events import pictures, places
from events.models import Attendee, FormerNeosId
from neos_backend.profile import InvalidProfile, Profile, Support

from .unlink import in_the_way

IDENTITY_IN_USE = "identity_in_use"  # the library's own code for it
SECOND_IDENTITY = "second_identity"
GATED_PLACES = "gated_places"
ONLY_WAY_IN = "disconnect_disallowed"  # the library's own code for it
ACCOUNT_ERASED = "account_erased"
LINK_UNPROVED = "link_unproved"

MAX_USERNAME = 150  # characters, as in Django's own model
TAIL = 8  # random bytes behind a username that is taken


class Overtaken(IntegrityError):
    """Another browser has stored the same Neos account meanwhile."""


def enroll(
    backend: BaseAuth[Any],
    uid: str,
    response: dict[str, Any],
    *_args: object,
    id_key: str = "",
    user: User | None = None,
    may_link: bool = False,
    **_kwargs: object,
) -> dict[str, object]:
    """Make the missing ones of user, link and attendee, and store the profile.

    Two browsers may finish a first sign-in at the same moment: the second finds the rows of the
    first. Without `may_link` an account that is there gets no Neos account that it does not have.
    """
    profile = _profile_in(backend, response)
    owner = user or _owner_of(uid, backend.name)
    had = _neos_id_of(owner)
    try:
        social = _store(backend, uid, id_key, profile, owner, may_link=may_link)
    except IntegrityError as error:
        owner = _owner_of(uid, backend.name)
        if user not in (None, owner):
            raise AuthAssociationError(backend, code=IDENTITY_IN_USE, stage="pipeline") from error
        social = _store(backend, uid, id_key, profile, owner, may_link=may_link)
    places.settle_waited_for(attendee=social.user.attendee)  # what was in the way may be gone
    return {
        "user": social.user,
        "social": social,
        "is_new": owner is None,
        "is_newly_linked": had is None,
    }


def say_what_happened(
    strategy: Any, *_args: object, is_newly_linked: bool, **_kwargs: object
) -> None:
    """Tell somebody who was signed in what their visit at Neos has changed."""
    request = strategy.request
    if request is not None and request.user.is_authenticated:
        linked = gettext("Your Neos account is linked.")
        checked = gettext("We have checked your account with Neos again.")
        messages.success(request, linked if is_newly_linked else checked)


def _profile_in(backend: BaseAuth[Any], response: dict[str, Any]) -> Profile:
    try:
        return Profile.from_json(response.get("profile"))
    except InvalidProfile as error:
        raise AuthResponseError(
            backend, code="invalid_claim", claim=error.claim, stage="pipeline"
        ) from error


def _owner_of(uid: str, platform: str) -> User | None:
    rows = Attendee.objects.select_related("user")
    attendee = rows.filter(neos_id=uid, platform=platform).first()
    return attendee.user if attendee else None


def _neos_id_of(user: User | None) -> str | None:
    return Attendee.objects.filter(user=user).values_list("neos_id", flat=True).first()


def _make_user(uid: str) -> User:
    """Make an account that is called like its Neos id, or nearly so if that name is taken."""
    name = User.normalize_username(uid)[:MAX_USERNAME]  # normalized, it may be longer
    try:
        with transaction.atomic():
            return User.objects.create_user(username=name)
    except IntegrityError:
        pass  # a stranger has it, or another browser that stores the same account: `_store` sees
    tail = f"-{secrets.token_hex(TAIL)}"
    return User.objects.create_user(username=name[: MAX_USERNAME - len(tail)] + tail)


@transaction.atomic
def _store(
    backend: BaseAuth[Any],
    uid: str,
    id_key: str,
    profile: Profile,
    user: User | None,
    *,
    may_link: bool,
) -> UserSocialAuth:
    """Write all rows or none. The attendee is locked, because another tab may be unlinking."""
    is_made = user is None
    user = user or _make_user(uid)
    language = get_language() or "en"
    Attendee.objects.get_or_create(user=user, defaults={"language": language})
    attendee = Attendee.objects.select_for_update().get(user=user)
    if attendee.erased_at is not None:  # while the person was at Neos
        raise AuthPolicyError(backend, code=ACCOUNT_ERASED, stage="pipeline")
    if attendee.identity not in (
        None,
        (backend.name, uid),
    ):  # a site account has one, and no other on top of it
        raise AuthPolicyError(backend, code=SECOND_IDENTITY, stage="pipeline")
    if not (is_made or may_link or attendee.neos_id):
        raise AuthPolicyError(backend, code=LINK_UNPROVED, stage="pipeline")
    social, _created = UserSocialAuth.objects.get_or_create(
        provider=backend.name, uid=uid, defaults={"user": user, "id_key": id_key}
    )
    if social.user != user and is_made:
        raise Overtaken
    if social.user != user:
        raise AuthAssociationError(backend, code=IDENTITY_IN_USE, stage="pipeline")
    attendee.platform = backend.name
    store_profile(attendee, user, profile)
    return social


def store_profile(attendee: Attendee, user: User, profile: Profile) -> None:
    address = user.email
    take_over(attendee, user, profile, timezone.now())
    if user.email != address:
        user.save(update_fields=["email"])
    attendee.save(update_fields=[*Attendee.neos_fields(), "email_confirmed_at"])


def take_over(attendee: Attendee, user: User, profile: Profile, now: datetime) -> None:
    """Write what Neos vouched for at this instant into both objects, which are not saved."""
    attendee.neos_id = profile.id
    attendee.neos_username = profile.username
    attendee.neos_icon = profile.icon
    attendee.neos_registered_at = profile.registered_at
    attendee.neos_email_verified = profile.email_verified
    attendee.neos_locked = profile.locked
    attendee.neos_banned_until = profile.banned_until
    attendee.neos_tags = list(profile.tags)
    attendee.verified_at = now
    _take_over_support(attendee, profile.support)
    if not user.email and profile.email:
        user.email = profile.email
        attendee.email_confirmed_at = now


def _take_over_support(attendee: Attendee, support: Support | None) -> None:
    """Write down the pledge. If nothing is known of it, older facts are cleared."""
    attendee.patreon_known = support is not None
    attendee.patreon_supporter = support.supporter if support else False
    attendee.patreon_cents = support.cents if support else 0
    attendee.patreon_total_cents = support.total_cents if support else 0
    attendee.patreon_until = support.until if support else None


def unlink(
    backend: BaseAuth[Any], user: User, *_args: object, strategy: Any = None, **_kwargs: object
) -> None:
    """Cut the link to Neos and forget its facts, unless a gated place or the only way in depends
    on it.

    Somebody who has no other name is shown to nobody afterwards.
    """
    attendee = _unlink(backend, user)
    if attendee is not None:
        places.hide_nameless(attendee=attendee)
    request = getattr(strategy, "request", None)
    if request is not None:
        messages.success(request, gettext("Your Neos account is not linked any more."))


@transaction.atomic
def _unlink(backend: BaseAuth[Any], user: User) -> Attendee | None:
    """The bare id stays, so that unlinking does not lift a block. The attendee is locked first, as
    in `places.register`, so that no place is taken meanwhile; the user is read after it.
    """
    locked = Attendee.objects.select_for_update(of=("self",)).select_related("user")
    attendee = locked.filter(user=user).first()
    if attendee is not None:
        _judge_unlinking(backend, attendee)
        if attendee.neos_id is not None:
            FormerNeosId.objects.get_or_create(
                attendee=attendee, neos_id=attendee.neos_id, platform=attendee.platform
            )
        pictures.drop(attendee)
        attendee.forget_neos()
        attendee.save(update_fields=[*Attendee.neos_fields(), *Attendee.PICTURE_FIELDS])
    UserSocialAuth.objects.filter(user=user, provider=backend.name).delete()
    return attendee


def _judge_unlinking(backend: BaseAuth[Any], attendee: Attendee) -> None:
    found = in_the_way(attendee, timezone.now())
    if found.places:
        raise AuthPolicyError(backend, code=GATED_PLACES, stage="disconnect")
    if found.needs_password:
        raise AuthPolicyError(backend, code=ONLY_WAY_IN, stage="disconnect")
