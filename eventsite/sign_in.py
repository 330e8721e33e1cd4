"""The steps in which python-social-auth signs somebody in with Neos, and unlinks an account."""

PIPELINE = (
    "social_core.pipeline.social_auth.social_details",
    "social_core.pipeline.social_auth.social_names",
    "social_core.pipeline.social_auth.social_uid",
    "social_core.pipeline.social_auth.auth_allowed",
    "social_core.pipeline.social_auth.social_user",
    "events.accounts.presence.judge_link",
    "events.accounts.neos.enroll",
    "events.accounts.neos.say_what_happened",
    "events.accounts.presence.note_neos_sign_in",
)
DISCONNECT_PIPELINE = (
    "social_core.pipeline.disconnect.allowed_to_disconnect",
    "events.accounts.neos.unlink",
)
