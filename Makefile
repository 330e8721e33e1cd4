# demo, test and lint each make .venv from the development lock first; nothing else has to be prepared.
PYTHON ?= python3
PORT ?= 8000
# Where the demo listens; 0.0.0.0: on every network of this machine.
HOST ?= localhost
# Whose accounts the demo has: neos or resonite.
PLATFORM ?= neos
VENV := .venv
BIN := $(VENV)/bin
# What production installs, and the same with everything for development and CI.
RUNTIME_LOCK := requirements.lock
LOCK := requirements-dev.lock
UV := .cache/uv/bin/uv
# The program that looks for known holes, with what it brings along.
AUDIT_LOCK := requirements-audit.lock
AUDIT := .cache/pip-audit/bin/pip-audit
PSA_TESTS := .cache/psa/tests
TEMPLATES = $(shell find templates */templates -name '*.html')

# The settings of a real site, for the checks of `lint`: nothing of the caller's own counts.
PRODUCTION := env -i PATH="$$PATH" SECRET_KEY=only-for-lint-but-as-long-and-varied-as-a-real-one-0123456789 \
	SITE_URL=https://events.example.org DATABASE_URL=sqlite://:memory: NEOS_CLIENT_ID=lint NEOS_CLIENT_SECRET=lint \
	SITE_CONTACT="Mika <contact@events.example.org>"

.PHONY: help demo test drill drill-deploy lint bench bench-million screenshots messages format wheel example lock \
	audit-dependencies clean

help:
	@echo 'make demo    a running site with demo content on http://localhost:$(PORT)'
	@echo '            for a headset or a phone in the house, too: HOST=0.0.0.0 make demo'
	@echo '            with accounts of Resonite: PLATFORM=resonite make demo'
	@echo 'make test    the whole suite, on SQLite and on PostgreSQL; a part: ONLY=tests/events/places'
	@echo 'make drill   deploys a site in an empty Debian, as docs/operations.md says; needs root'
	@echo 'make lint    formatting, style, types, migrations, deployment check'
	@echo 'make bench   what places, pages, mail and audit cost with many people, compared with few; the door'
	@echo 'make bench-million  a site of a million registrations, compared with one of a thousand; ten minutes'
	@echo 'make screenshots  draws twelve pages of the demo into docs/pages.jpg'
	@echo 'make messages  collects the texts into locale/ for translators, and compiles what they wrote'
	@echo 'make format  rewrites what lint would complain about'
	@echo 'make wheel   neos_backend as a package for other projects, in dist/'
	@echo 'make example the project of one file that signs in with it, on http://127.0.0.1:$(PORT)'
	@echo 'make lock    refreshes the locks from pyproject.toml'
	@echo 'make audit-dependencies  asks a public list for known holes in the locked packages'

$(VENV): $(VENV)/installed

$(VENV)/installed: $(LOCK)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo 'eventsite needs Python 3.11 or newer; set PYTHON=/path/to/python3'; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null \
		|| { echo 'Python has no venv module here; on Debian: apt-get install python3-venv'; exit 1; }
	@printf 'Installing the locked packages into $(VENV). It takes a minute or two, and happens once.'
	@rm -rf $(VENV) && $(PYTHON) -m venv $(VENV)
	@while sleep 2 >/dev/null 2>&1 && kill -0 $$$$ 2>/dev/null; do printf .; done & dots=$$!; \
		$(BIN)/pip install -q --disable-pip-version-check --no-deps --require-hashes -r $(LOCK); \
		failed=$$?; kill $$dots; echo; exit $$failed
	@touch $@

# A real site's database, mail server and cache may be exported in this shell, and the demo gives people
# known passwords. So these count only behind `make demo`: make demo EMAIL_URL=smtp://localhost:1025
# A demo of another platform has people of its own, so it has a file of its own.
demo: export DATABASE_URL := sqlite:///var/demo$(if $(filter-out neos,$(PLATFORM)),-$(PLATFORM)).sqlite3
demo: export CACHE_URL :=
demo: export EMAIL_URL :=
demo: $(VENV)/installed
	@mkdir -p var
	@reach=$$($(BIN)/python -m eventsite.reach '$(HOST)' '$(PORT)') && set -- $$reach && exec env \
		DEBUG=1 PLATFORM='$(PLATFORM)' NEOS_SANDBOX=1 RESONITE_SANDBOX=1 PAYMENT_PROVIDER=sandbox SITE_URL=$$1 \
		SITE_TAGLINE="$${SITE_TAGLINE-worlds to meet in}" \
		SITE_CONTACT="$${SITE_CONTACT-Mika and Robin <hello@example.org>}" \
		PYTHONUTF8=1 DJANGO_RUNSERVER_HIDE_WARNING=true $(BIN)/python manage.py demo --listen $$2

# The library's own test harness is in its source distribution only. pip asks that for its metadata
# before it keeps the file, in an isolated build that brings its own setuptools.
$(PSA_TESTS): tests/upstream.txt | $(VENV)/installed
	@rm -rf .cache/psa && mkdir -p .cache/psa
	@if $(BIN)/pip download -qq --disable-pip-version-check --no-deps --no-binary social-auth-core \
		--require-hashes -r tests/upstream.txt -d .cache/psa; then \
		cd .cache/psa && release=$$(basename social_auth_core-*.tar.gz .tar.gz) \
		&& tar xzf $$release.tar.gz --strip-components=2 $$release/social_core/tests && touch tests; \
	else echo 'python-social-auth'"'"'s test harness could not be fetched; its tests will say so.'; fi

# Both databases side by side. ONLY=tests/events/places runs that much; it may hold options of pytest.
# A caller's DATABASE_URL wins: then the suite runs once, against that server.
test: $(VENV)/installed $(PSA_TESTS)
ifdef DATABASE_URL
	$(BIN)/python -m pytest $(ONLY)
else
	$(BIN)/python -m tests $(ONLY)
endif

# What needs root or minutes; each says what it left out, and fails in CI if it cannot run.
drill: drill-deploy

drill-deploy: $(VENV)/installed
	$(BIN)/python -m tests.drills.deploy

lint: $(VENV)/installed
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/djade --check $(TEMPLATES)
	DEBUG=1 $(BIN)/mypy
	$(PRODUCTION) $(BIN)/python manage.py makemigrations --check --dry-run
	$(PRODUCTION) $(BIN)/python manage.py check --deploy --fail-level WARNING

bench: $(VENV)/installed
	TEST_DATABASE=sqlite $(BIN)/python -m benchmarks.taking_a_place
	TEST_DATABASE=postgresql $(BIN)/python -m benchmarks.taking_a_place
	TEST_DATABASE=sqlite $(BIN)/python -m benchmarks.growth
	TEST_DATABASE=postgresql $(BIN)/python -m benchmarks.growth
	TEST_DATABASE=postgresql $(BIN)/python -m benchmarks.door

bench-million: $(VENV)/installed
	TEST_DATABASE=postgresql $(BIN)/python -m benchmarks.million

screenshots: $(VENV)/installed
	$(BIN)/python -m tests.contact_sheet

# GNU gettext collects; what it compiles to is in the repository, so that production needs none.
messages: $(VENV)/installed
	@command -v xgettext >/dev/null && command -v msgmerge >/dev/null \
		|| { echo 'GNU gettext is missing; on Debian: apt-get install gettext'; exit 1; }
	$(BIN)/python -m tests.catalogue

format: $(VENV)/installed
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/djade $(TEMPLATES)

# The tool that builds is in the development lock, so nothing is fetched.
wheel: $(VENV)/installed
	$(BIN)/pip wheel -q --disable-pip-version-check --no-deps --no-index --no-build-isolation \
		--wheel-dir dist ./neos_backend

example: $(VENV)/installed
	PYTHONPATH=. $(BIN)/python neos_backend/example/project.py $(PORT)

$(UV):
	@$(PYTHON) -m venv .cache/uv && .cache/uv/bin/pip install -qq --disable-pip-version-check uv

# Hashes and versions only: the locks name no index and no file address. The runtime lock constrains
# the other, so that the tests run what production installs. `make lock UPGRADE=` keeps the versions.
UPGRADE := --upgrade
COMPILE = $(UV) pip compile --quiet pyproject.toml --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-annotate --no-header $(UPGRADE)

lock: $(UV)
	$(COMPILE) -o $(RUNTIME_LOCK)
	$(COMPILE) --group dev --constraints $(RUNTIME_LOCK) -o $(LOCK)
	$(filter-out pyproject.toml,$(COMPILE)) --group audit -o $(AUDIT_LOCK)
	@echo 'Now `make test` installs them; $(BIN)/python -m tests.licences then writes docs/licences.md anew.'

$(AUDIT): $(AUDIT_LOCK)
	@rm -rf .cache/pip-audit && $(PYTHON) -m venv .cache/pip-audit
	@.cache/pip-audit/bin/pip install -qq --disable-pip-version-check --no-deps --require-hashes -r $(AUDIT_LOCK)
	@touch $@

# Ends with 1 if there is a known hole, and with 2 if the list did not answer for every package.
audit-dependencies: $(VENV)/installed $(AUDIT)
	@$(BIN)/python -m tests.known_holes $(AUDIT)

clean:
	rm -rf $(VENV) .cache var dist staticfiles
