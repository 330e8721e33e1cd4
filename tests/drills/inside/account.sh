# Nobody is there to type a password.
DJANGO_SUPERUSER_PASSWORD=a-long-and-odd-one deploy/manage createsuperuser --noinput --username mika --email mika@example.org
