# No systemd: nginx starts by itself.
nginx
