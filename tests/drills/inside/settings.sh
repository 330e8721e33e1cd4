# An editor would wait: the drill writes the values. Mail goes to a server inside of the root.
key=$(python3 -c "import secrets; print(secrets.token_urlsafe(50))")
sed -i \
    -e "s|^SECRET_KEY=.*|SECRET_KEY='$key'|" \
    -e "s|^NEOS_CLIENT_ID=.*|NEOS_CLIENT_ID='of-the-drill'|" \
    -e "s|^NEOS_CLIENT_SECRET=.*|NEOS_CLIENT_SECRET='$(python3 -c "import secrets; print(secrets.token_urlsafe(30))")'|" \
    -e "s|^EMAIL_URL=.*|EMAIL_URL='smtp://127.0.0.1:1025'|" \
    /etc/eventsite.env
