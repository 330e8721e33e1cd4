# No authority gives a certificate to a host that nobody reaches: the root makes one and trusts it.
folder=/etc/letsencrypt/live/events.example.org
mkdir -p $folder
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=events.example.org \
    -addext subjectAltName=DNS:events.example.org \
    -keyout $folder/privkey.pem -out $folder/fullchain.pem 2>/dev/null
cp $folder/fullchain.pem /usr/local/share/ca-certificates/drill.crt
update-ca-certificates >/dev/null
