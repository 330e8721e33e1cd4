from django.contrib.admin.apps import AdminConfig


class OrganizersAdminConfig(AdminConfig):
    """Django's admin with a site class of ours."""

    default_site = "events.admin.site.OrganizersSite"

    def ready(self) -> None:
        """Import the `admin` module of every app, then register the organizers' pages.

        They cannot register themselves when `events.admin` is imported. The first app that
        registers something makes Django look for the site's class, which is in that package: its
        pages would land on a second site, and the first one would be empty.
        """
        super().ready()
        from events.admin import registry  # noqa: F401 - importing registers them
        from eventsite import checks  # noqa: F401 - likewise
