# An editor would wait: the drill writes the values. Mail goes to a server inside of the root.
word() { python3 -c "import secrets; print(secrets.token_urlsafe($1))"; }
sed -i \
    -e "s|^SECRET_KEY=.*|SECRET_KEY='$(word 50)'|" \
    -e 's|^SITE_URL=.*|SITE_URL="https://events.drill.test"|' \
    -e "s|^NEOS_CLIENT_ID=.*|NEOS_CLIENT_ID='of-the-drill'|" \
    -e "s|^NEOS_CLIENT_SECRET=.*|NEOS_CLIENT_SECRET='$(word 30)'|" \
    -e "s|^EMAIL_URL=.*|EMAIL_URL='smtp://127.0.0.1:1025'|" \
    -e "s|^#METRICS_TOKEN=.*|METRICS_TOKEN='$(word 30)'|" \
    -e "s|^#PURGE_OPTIONS=|PURGE_OPTIONS=|" \
    -e "s|@example.org|@drill.test|" \
    /etc/eventsite.env
