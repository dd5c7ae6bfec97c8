# Everything a newcomer, a release and a test machine need. `make help` lists it.
SHELL := /bin/bash
PREFIX ?= /usr/local
DATA ?= data
LISTEN ?= 127.0.0.1:8080
LEARNERS ?= 2000
SOURCES := Package.swift Sources Tests Benchmarks
RELEASE := .build/release/provost
# With Swift's own libraries inside, so that an installed program needs no toolchain.
STANDALONE := -c release --product provost --static-swift-stdlib

.PHONY: help run test bench build install uninstall format lint screenshots clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile

run: build ## build a release, fill a demo organization into DATA once, and serve it at LISTEN
	@test -e "$(DATA)/provost.sqlite" || $(RELEASE) demo --data "$(DATA)" --learners "$(LEARNERS)"
	@exec $(RELEASE) serve --data "$(DATA)" --listen "$(LISTEN)"

build: ## install what a build needs and build a release
	@Scripts/install-dependencies.sh build
	@Scripts/build.sh $(STANDALONE)

test: ## install what the tests need and run every one of them
	@Scripts/test.sh

bench: ## measure a release against the tools it has to beat; POSTGRES=1 measures on PostgreSQL
	@Scripts/bench.sh $(if $(POSTGRES),--postgres)

install: ## put the program and its resources under PREFIX (after make build), the unit under DESTDIR
	@test -x $(RELEASE) || { echo "Nothing to install yet: run make build first." >&2; exit 1; }
	install -D -m 755 $(RELEASE) "$(DESTDIR)$(PREFIX)/bin/provost"
	rm -rf "$(DESTDIR)$(PREFIX)/share/provost"
	install -d "$(DESTDIR)$(PREFIX)/share/provost"
	cp -R Templates Migrations Public "$(DESTDIR)$(PREFIX)/share/provost/"
	chmod -R u=rwX,go=rX "$(DESTDIR)$(PREFIX)/share/provost"
	install -d "$(DESTDIR)$(PREFIX)/lib/systemd/system"
	sed 's|@PREFIX@|$(PREFIX)|g' Scripts/provost.service > "$(DESTDIR)$(PREFIX)/lib/systemd/system/provost.service"
	install -D -m 644 Scripts/provost.sysusers "$(DESTDIR)$(PREFIX)/lib/sysusers.d/provost.conf"

uninstall: ## take away what install put there; data stays
	rm -rf "$(DESTDIR)$(PREFIX)/share/provost"
	rm -f "$(DESTDIR)$(PREFIX)/bin/provost" "$(DESTDIR)$(PREFIX)/lib/systemd/system/provost.service" \
		"$(DESTDIR)$(PREFIX)/lib/sysusers.d/provost.conf"

format: ## bring the Swift files into the one form
	swift format --in-place --recursive --parallel $(SOURCES)

lint: ## say where a Swift file is not in that form
	swift format lint --strict --recursive --parallel $(SOURCES)

screenshots: build ## make the pictures of README.md anew
	@Scripts/install-dependencies.sh test
	.venv/bin/python Scripts/screenshot.py

clean: ## throw away what was built; data stays
	rm -rf .build .build-tsan .venv
