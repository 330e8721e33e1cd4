# The root has no way to Neos, so nobody outside of it is asked.
deploy/manage doctor --deploy --offline
