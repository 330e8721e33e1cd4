"""Tags about which mail a person wants."""

from django import template

from events.messages import topics
from events.models import Attendee, MailTopic

register = template.Library()


@register.simple_tag
def mail_choices(person: Attendee | int) -> list[tuple[str, str, bool]]:
    """Return each kind of mail that can be chosen, its name, and whether the person gets it."""
    pk = person.pk if isinstance(person, Attendee) else person
    muted = topics.muted_by(pk)
    return [(topic.value, str(topic.label), topic.value not in muted) for topic in MailTopic]
