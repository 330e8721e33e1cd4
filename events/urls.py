"""Public addresses."""

from django.urls import path

from .accounts import address_views, data_views, unlink_views
from .accounts import views as account
from .accounts.second_factor import views as second_factor
from .models import SitePage
from .views import (
    answers,
    browse,
    calendars,
    choices,
    feeds,
    hosts,
    invitations,
    look,
    mail_topics,
    month,
    my_place,
    payments,
    previews,
    registrations,
    roles,
    sandbox_mail,
    sandbox_payment,
    series,
)
from .views.site_page import site_page

app_name = "events"

urlpatterns = [
    path("", browse.event_list, name="list"),
    path("calendar/month/", month.month_page, name="month"),
    path("time-zone/", choices.time_zone, name="time-zone"),
    path("language/", choices.language, name="language"),
    path("calendar.ics", calendars.site_calendar, name="site-calendar"),
    path("calendar/new-address/", calendars.renew_calendar, name="renew-calendar"),
    path("calendar/<slug:token>.ics", calendars.my_calendar, name="my-calendar"),
    path("feed.atom", feeds.site_feed, name="feed"),
    path("theme.css", look.theme_sheet, name="theme"),
    path("logo", look.logo, name="logo"),
    path("art/<slug:kind>/<slug:slug>.svg", look.event_art, name="art"),
    path("face/<slug:seed>.svg", look.face, name="face"),
    path("pictures/<slug:digest>/", look.picture, name="picture"),
    path("hosts/<slug:slug>/", hosts.host_page, name="host"),
    path("hosts/<slug:slug>/follow/", hosts.follow_host, name="follow-host"),
    path("events/<slug:slug>/follow/", hosts.follow_event, name="follow-event"),
    path("following/stop/<str:token>/", hosts.stop_following, name="stop-following"),
    path("hosts/<slug:slug>/feed.atom", feeds.host_feed, name="host-feed"),
    path("hosts/<slug:slug>/calendar.ics", calendars.host_calendar, name="host-calendar"),
    path("series/<slug:slug>/", series.series_page, name="series"),
    path("series/<slug:slug>.ics", calendars.series_calendar, name="series-calendar"),
    path("events/<slug:slug>/", browse.event_page, name="event"),
    path("events/<slug:slug>/roles/show/", roles.show_roles, name="show-roles"),
    path("events/<slug:slug>/draw.txt", browse.draw, name="draw"),
    path("events/<slug:slug>/register/", registrations.register_for_event, name="register"),
    path(
        "events/<slug:slug>/workshops/<slug:workshop_slug>/register/",
        registrations.register_for_workshop,
        name="register-workshop",
    ),
    path("events/<slug:slug>/calendar.ics", calendars.event_file, name="event-calendar"),
    path(
        "events/<slug:slug>/workshops/<slug:workshop_slug>/calendar.ics",
        calendars.workshop_file,
        name="workshop-calendar",
    ),
    path("invitations/<slug:token>/", invitations.invitation, name="invitation"),
    path("invitation/", invitations.invited, name="invited"),
    path("preview/<slug:token>/", previews.preview, name="preview"),
    path("registrations/", registrations.mine, name="registrations"),
    path("registrations/<uuid:code>/", my_place.place, name="place"),
    path("registrations/<uuid:code>/calendar.ics", calendars.place_file, name="place-calendar"),
    path("registrations/<uuid:code>/receipt/", my_place.receipt, name="receipt"),
    path("registrations/<uuid:code>/answers/", answers.change_answers, name="answers"),
    path("registrations/<uuid:code>/show/", registrations.show, name="show"),
    path("registrations/<uuid:code>/cancel/", registrations.cancel, name="cancel"),
    path("registrations/<uuid:code>/pay/", payments.pay, name="pay"),
    path("registrations/<uuid:code>/paid/", payments.paid, name="paid"),
    path("payments/<slug:provider>/", payments.webhook, name="webhook"),
    path("sandbox/pay/<slug:reference>/", sandbox_payment.sandbox_pay, name="sandbox-pay"),
    path("sandbox/mail/", sandbox_mail.mails, name="sandbox-mails"),
    path("sandbox/mail/<slug:name>/", sandbox_mail.mail, name="sandbox-mail"),
    path("sandbox/mail/<slug:name>/html/", sandbox_mail.mail_as_html, name="sandbox-mail-html"),
    path(
        "sandbox/mail/<slug:name>/files/<str:file>",
        sandbox_mail.mail_file,
        name="sandbox-mail-file",
    ),
    path("mails/<str:token>/", mail_topics.mail_topics, name="mail-topics"),
    path("account/mails/", mail_topics.my_mail_topics, name="my-mail-topics"),
    path("account/", account.account, name="account"),
    path("account/delete/", data_views.erase, name="erase"),
    path("account/unlink/", unlink_views.unlink, name="unlink"),
    path("account/data/", data_views.data, name="data"),
    path("account/data/file/", data_views.export_file, name="export"),
    path("account/second-factor/", second_factor.second_factor, name="second-factor"),
    path("account/second-factor/begin/", second_factor.begin, name="begin-second-factor"),
    path("account/second-factor/set-up/", second_factor.set_up, name="set-up-second-factor"),
    path(
        "account/second-factor/recovery-codes/",
        second_factor.recovery_codes,
        name="recovery-codes",
    ),
    path("account/second-factor/remove/", second_factor.remove, name="remove-second-factor"),
    path("account/keep-address/", address_views.keep_address, name="keep-address"),
    path("account/confirmation/", address_views.send_confirmation, name="send-confirmation"),
    *(path(f"{name}/", site_page, {"name": name}, name=name) for name in SitePage.Name.values),
    *(
        path(f"{name}/<int:number>/", site_page, {"name": name}, name=f"{name}-version")
        for name in SitePage.Name.values
    ),
    path("pages/<slug:name>/", site_page, name="free-page"),
    path("pages/<slug:name>/<int:number>/", site_page, name="free-page-version"),
]
