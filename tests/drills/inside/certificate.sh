# No authority gives a certificate to a host that nobody reaches: the root makes one and trusts it.
folder=/etc/letsencrypt/live/events.drill.test
mkdir -p $folder
openssl req -x509 -newkey rsa:2048 -nodes -days 90 -subj /CN=events.drill.test \
    -addext subjectAltName=DNS:events.drill.test \
    -keyout $folder/privkey.pem -out $folder/fullchain.pem 2>/dev/null
cp $folder/fullchain.pem /usr/local/share/ca-certificates/drill.crt
update-ca-certificates >/dev/null
