"""The rows of the site, their constraints and their sets; see `docs/design.md`."""

from .announcement import Announcement, Audience
from .attendee import Attendee
from .block import Block
from .dispute import Dispute
from .door import DoorKey
from .event import Event
from .export_columns import ExportColumns
from .figure import Figure
from .follow import Follow
from .former_address import FormerAddress
from .former_neos_id import FormerNeosId
from .host import Host
from .job import Job
from .muted_topic import MailTopic, MutedTopic
from .notification import Notification
from .password_reset_request import PasswordResetRequest
from .payment import Payment
from .perk import PatronPerk
from .picture import Picture
from .place_invitation import PlaceInvitation
from .preview_link import PreviewLink
from .provider_event import Notice
from .question import Answer, Question
from .refund import Refund
from .registration import Registration
from .role import Role
from .series import Series
from .site_page import Agreement, PageVersion, SitePage
from .waitlist_log import FillingPass
from .workshop import Workshop

#: Anything with places, as a type for signatures.
Bookable = Event | Workshop

__all__ = [
    "Agreement",
    "Announcement",
    "Answer",
    "Attendee",
    "Audience",
    "Block",
    "Bookable",
    "Dispute",
    "DoorKey",
    "Event",
    "ExportColumns",
    "Figure",
    "FillingPass",
    "Follow",
    "FormerAddress",
    "FormerNeosId",
    "Host",
    "Job",
    "MailTopic",
    "MutedTopic",
    "Notice",
    "Notification",
    "PageVersion",
    "PasswordResetRequest",
    "PatronPerk",
    "Payment",
    "Picture",
    "PlaceInvitation",
    "PreviewLink",
    "Question",
    "Refund",
    "Registration",
    "Role",
    "Series",
    "SitePage",
    "Workshop",
]
