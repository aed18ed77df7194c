# Every command of the project. `make help` prints the lines marked `##`.
#
# Needs Go, Node, make and git; `make test` installs the rest (npm packages, and
# Debian's postgresql and chromium where it may).

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules --no-print-directory

# -mod=readonly: a build never changes go.mod. -buildvcs=false: a checkout owned
# by another user builds too; the version comes from VERSION below. nomsgpack:
# gin without a format that nobody speaks here, 6 MB less.
export GOFLAGS := -mod=readonly -buildvcs=false -tags=nomsgpack
# With cgo on, gorm's SQLite dialect would link a second SQLite. Only `race`,
# which needs cgo, turns it on.
export CGO_ENABLED := 0

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
GO_BUILD := go build -trimpath -ldflags '-s -w -X main.version=$(VERSION)'
TOOL := go tool -modfile=$(CURDIR)/.ci/tools.mod
POSTGRES := .ci/postgres.sh
IN_MEMORY := .ci/in-memory.sh
BINARY := bin/farwatch

NODE_MODULES := frontend/node_modules/.package-lock.json
SPA := frontend/dist/index.html
# Folders are in the list as well as files: deleting a file changes its folder.
SPA_SOURCES := $(shell find frontend/src frontend/public 2>/dev/null) \
  $(wildcard frontend/index.html frontend/*.ts frontend/*.js frontend/tsconfig*.json frontend/package.json)
GENERATED := api/spec/spec.gen.go frontend/src/api/schema.d.ts

# Settings of single targets.
ARGS ?=
N ?= 100000
ONLY ?=
FUZZTIME ?= 10s
SOAKTIME ?= 10m
ROUNDS ?= 50
name ?=

##@ Use

.PHONY: run
run: build ## Build what is out of date and serve on 127.0.0.1:8080 (ARGS=… are passed on)
	FARWATCH_ADDR="$${FARWATCH_ADDR:-127.0.0.1:8080}" exec ./$(BINARY) serve $(ARGS)

.PHONY: demo
demo: build ## The same on a throw-away database with invented records and printed logins
	FARWATCH_ADDR="$${FARWATCH_ADDR:-127.0.0.1:8080}" exec ./$(BINARY) demo $(ARGS)

.PHONY: dev
dev: $(NODE_MODULES) ## Serve with restart on every change of Go code, and the screens live from Vite
	.ci/dev.sh $(ARGS)

.PHONY: build
build: $(SPA) ## Build the screens and the static binary ./bin/farwatch
	$(GO_BUILD) -o $(BINARY) .

##@ Test

.PHONY: test
test: ## Everything: format, vet, lint, drift, Go on both databases, screens, browser, Dockerfile
	$(IN_MEMORY) $(POSTGRES) .ci/test.sh

.PHONY: test-go
test-go: ## Go tests on SQLite and PostgreSQL (PKG=./store/... picks packages; SHORT= takes whole counts)
	$(IN_MEMORY) $(POSTGRES) go test $(SHORT) -timeout 40m $(PKG)
PKG ?= ./...
SHORT ?= -short

.PHONY: test-web
test-web: $(NODE_MODULES) ## Svelte and style checks, then Vitest
	cd frontend && npm run --silent check && npm run --silent test

.PHONY: e2e
e2e: build ## The main job in real Chromium on both databases, with axe
	chromium=$$(.ci/install-browser.sh | tail -1) && \
	CHROMIUM="$$chromium" FARWATCH_BINARY='$(CURDIR)/$(BINARY)' $(POSTGRES) \
	  bash -c 'cd frontend && FARWATCH_E2E_POSTGRES="$$FARWATCH_TEST_POSTGRES" npm run --silent e2e'

# The detector makes SQLite ten times slower, so that it watches the tests in
# which many act at once, and one request of every kind.
RACY := AtOnce|Concurrent|Racers|Storm|Writers_|64Clients|ManyEditors|Mirror|Facts_IndexBehind|Import_Cancel|MadeFromTheContract
.PHONY: race
race: ## Tests in which many act at once, under the race detector (needs a C compiler)
	CGO_ENABLED=1 $(IN_MEMORY) $(POSTGRES) go test -race -short -timeout 40m -run '$(RACY)' ./models/... ./internal/... ./store/... ./handlers/... ./api/...

# The authority is no part of the program, so that it stands in no go.mod.
PEBBLE := github.com/letsencrypt/pebble/v2
PEBBLE_VERSION := v2.10.3

.PHONY: soak
soak: soak-counts soak-durability soak-acme ## Kills, power cuts and tampering many times, then every fuzz test for SOAKTIME=10m
	.ci/fuzz.sh $(SOAKTIME)

.PHONY: soak-counts
soak-counts: ## Every Go test with the whole counts that the security tests ask for
	FARWATCH_TEST_WHOLE=1 $(MAKE) test-go SHORT=

.PHONY: soak-acme
soak-acme: ## A certificate from a test authority (Pebble, built into a temporary folder)
	tools=$$(mktemp -d) && trap 'rm -rf "$$tools"' EXIT && \
	  GOBIN=$$tools go install $(PEBBLE)/cmd/pebble@$(PEBBLE_VERSION) $(PEBBLE)/cmd/pebble-challtestsrv@$(PEBBLE_VERSION) && \
	  FARWATCH_TEST_ACME=$$tools go test -count=1 -v -run ACME_CertificateOfATestAuthority . | grep -vE '^=== '

.PHONY: soak-durability
soak-durability: ## ROUNDS=50 kills and power cuts each, 10,000 tamperings of the audit, 2,000 of records
	FARWATCH_SOAK_ROUNDS=$(ROUNDS) $(POSTGRES) go test -count=1 -timeout 90m -v -run 'Kill9|PowerCut|RandomTampering|RandomCorruption' . ./store | \
	  grep -vE '^=== '

.PHONY: fuzz
fuzz: ## Every fuzz test in turn, FUZZTIME=10s each
	.ci/fuzz.sh $(FUZZTIME)

.PHONY: mutants
mutants: ## Plant known defects one at a time; each must turn its test red (ONLY=words picks some)
	$(POSTGRES) go run .ci/mutants.go .ci/mutants_list.go -only '$(ONLY)'

.PHONY: duplicates
duplicates: ## Recall and precision of duplicate detection on the labelled pairs
	go test ./models -count=1 -run TestDuplicates_LabelledPairs -v | grep -E 'records|found|missed|wrong|ok|FAIL'

.PHONY: bench
bench: build ## Measure N=100000 invented incidents as ratios to plain SQL (ONLY=name picks some)
	@command -v sqlite3 >/dev/null || .ci/install-debian.sh sqlite3 || true
	./$(BINARY) bench -n $(N) $(if $(ONLY),-only $(ONLY)) $(if $(FILE),-file $(FILE))

.PHONY: bench-postgres
bench-postgres: build ## Measure the file of everything against COPY on a throw-away PostgreSQL
	.ci/postgres.sh sh -c './$(BINARY) bench -n $(N) -postgres "$$FARWATCH_TEST_POSTGRES"'

.PHONY: docker-steps
docker-steps: ## Every step of the Dockerfile by hand, without a container engine, then start the result
	.ci/docker-steps.sh

##@ Change

.PHONY: gen
gen: $(NODE_MODULES) ## Generate the Go server and the TypeScript types from openapi.yaml
	cd api/spec && $(TOOL) oapi-codegen -config oapi-codegen.yaml openapi.yaml
	cd frontend && npm run --silent gen

.PHONY: fmt
fmt: ## Format the Go code
	$(TOOL) golangci-lint fmt

.PHONY: lint
lint: lint-format lint-vet lint-go ## Formatting, go vet and golangci-lint; changes nothing

.PHONY: lint-format lint-vet lint-go lint-gen
lint-format:
	$(TOOL) golangci-lint fmt --diff
lint-vet:
	go vet ./...
lint-go:
	$(TOOL) golangci-lint run
	go run .ci/mutants.go .ci/mutants_list.go -list >/dev/null # each defect still finds its text
lint-gen:
	.ci/gen-drift.sh $(GENERATED)

.PHONY: check
check: ## Before a commit: go.mod is tidy, modules are unaltered, then `make test`
	go mod tidy -diff
	go mod verify
	$(MAKE) test

.PHONY: migration
migration: ## New pair of empty migration files: make migration name=add_something
	.ci/migration.sh '$(name)'

.PHONY: clean
clean: ## Remove what was built (not ./data, not ./keys)
	rm -rf bin
	find frontend/dist -mindepth 1 ! -name .gitkeep -delete

.PHONY: help
help: ## This list
	@awk 'BEGIN { FS = ":.*## " } \
	  /^##@/ { printf "\n%s\n", substr($$0, 5) } \
	  /^[a-z0-9-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

# npm writes its own copy of the lock file last, so its age is the age of the
# installation. --ignore-scripts: no package runs code at installation.
$(NODE_MODULES): frontend/package-lock.json frontend/package.json
	cd frontend && npm ci --ignore-scripts --no-audit --no-fund
	touch $@

$(SPA): $(NODE_MODULES) $(SPA_SOURCES)
	cd frontend && npm run --silent build
	touch $@
