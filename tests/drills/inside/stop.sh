# No systemd: the stand-ins end, and the socket with them.
stop_services
