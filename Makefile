# Vienreiz. `make` lists the targets.
SHELL := bash
.DEFAULT_GOAL := help
Q := $(if $(V),,@)
GO ?= go
export CGO_ENABLED ?= 0

help: ## list the targets
	$(Q)grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

build: ## build the command into bin/vienreiz
	$(Q)$(GO) build -trimpath -o bin/vienreiz ./cmd/vienreiz

zip: ## build every function as it is deployed: build/zips/ARCHITECTURE/FUNCTION.zip, the same octets everywhere
	$(Q)$(GO) run ./cmd/zip -go $(GO)

image: ## pack the container of the streaming lane without Docker: build/image, an OCI layout for arm64 and amd64; the last line is its digest
	$(Q)$(GO) run ./cmd/zip -go $(GO) -node
	$(Q)$(GO) run -C tools/image . -programs "$(CURDIR)/build/node" -o "$(CURDIR)/build/image" -version "$$(git describe --tags --always --dirty 2>/dev/null)" \
	  -revision "$$(git rev-parse HEAD 2>/dev/null)" -created "$$(git log -1 --format=%ct 2>/dev/null || echo 0)"

image-check: ## what is in that image: one program, certificates, no shell, no root; and that a registry takes it
	$(Q)$(GO) test -C tools/image -count=1 .

run: ## build, then run two whole countries on this machine; ARGS="--port 0 --fresh" and others, see ARGS=--help
	$(Q)echo "building; the first time takes a minute or two" >&2
	$(Q)$(GO) build -v -trimpath -o bin/vienreiz ./cmd/vienreiz
	$(Q)set -m; bin/vienreiz run $(ARGS); exit $$? # in a process group of its own: Ctrl-C is for it, and make sees how it ended

demo: ## walk the seven steps without a browser; ARGS="--count 500 --parallel 16" makes it a load test
	$(Q)$(GO) build -v -trimpath -o bin/vienreiz ./cmd/vienreiz
	$(Q)exec bin/vienreiz demo $(ARGS)

test: ## all tests that need nothing but Go; others say loudly what they skip
	$(Q)$(GO) test ./...

race: ## the same under the race detector (needs a C compiler)
	$(Q)CGO_ENABLED=1 $(GO) test -race -short ./...

lint: build/golangci-lint ## vet, gofmt and golangci-lint with the list in .golangci.yml
	$(Q)$(GO) vet ./...
	$(Q)build/golangci-lint run ./...

build/golangci-lint: tools/go.mod tools/go.sum
	$(Q)echo "building golangci-lint from its source: the first time takes minutes" >&2
	$(Q)$(GO) build -C tools -o ../build/golangci-lint github.com/golangci/golangci-lint/v2/cmd/golangci-lint

generate: build/oapi-codegen ## make the portal API's code from its contract, functions/portal/openapi.yaml
	$(Q)cd functions/portal && ../../build/oapi-codegen --config oapi-codegen.yaml -o api/contract.gen.go openapi.yaml
	$(Q)$(GO) test -count=1 -run TestTheGenerated ./functions/portal/api -update

build/oapi-codegen: tools/go.mod tools/go.sum
	$(Q)$(GO) build -C tools -o ../build/oapi-codegen github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen

fuzz: ## fuzz every parser, FUZZTIME each (default 30s)
	$(Q)tools/fuzz.sh $(or $(FUZZTIME),30s)

mutants: ## break each defence by hand and see its test fail
	$(Q)$(GO) test -tags mutants -count=1 -timeout 20m -run "TestEveryMutant.*Caught" -v ./shared/as4/ ./localstack/world/

bench: ## sending and receiving beside the bare crypto; writes build/bench.json
	$(Q)$(GO) run ./shared/as4/as4test/bench -o build/bench.json

contract-aws: ## the contracts of the stores and keys on LocalStack, then on MiniStack (needs Python 3.13 with pip)
	$(Q)for emulator in localstack ministack; do \
	  localstack/emulators.sh run $$emulator build/emulators $(GO) test -count=1 -parallel 16 ./shared/store/aws ./shared/keys/kms || exit; \
	  localstack/emulators.sh run $$emulator build/emulators $(GO) test -count=1 -run OnAWS ./cmd/vienreiz || exit; \
	done
	$(Q)localstack/emulators.sh run ministack build/emulators $(GO) test -count=1 -timeout 20m -run 'WhereverANodeOnAWS|NewCodeOnAWS' -v ./localstack/world

tf-check: build/tflint ## tflint, checkov, format, validity and tests of the Terraform (needs Python 3.13, and terraform or tofu; says loudly what it skips)
	$(Q)infra/terraform/static.sh
	$(Q)$(tested)

tofu-check: build/tofu ## the same tests by OpenTofu, which is built from its source (says loudly if there is no provider)
	$(Q)TERRAFORM=$(CURDIR)/build/tofu $(tested)

tested = infra/terraform/check.sh || { status=$$?; [ $$status = 75 ] || exit $$status; }

shapes: ## plan the three published shapes and see that what vienreiz cost says of them is true; ARGS=-update writes them anew
	$(Q)localstack/emulators.sh run ministack build/emulators infra/terraform/plans.sh build/plans $(GO) test -count=1 -run PublishedShapes -v ./infra/cost $(if $(ARGS),-args $(ARGS))

cost: zips-here ## measure again what an exchange takes on AWS; ARGS=-update writes it down for vienreiz cost
	$(Q)localstack/emulators.sh run ministack build/emulators $(GO) test -count=1 -timeout 9m -run CostOfAnExchange -v ./localstack/cloud $(if $(ARGS),-args $(ARGS))

build/tflint: tools/tflint/go.mod tools/tflint/go.sum
	$(Q)echo "building tflint from its source: the first time takes minutes" >&2
	$(Q)$(GO) build -C tools/tflint -o ../../build/tflint github.com/terraform-linters/tflint

build/tofu: tools/tofu/go.mod tools/tofu/go.sum
	$(Q)echo "building OpenTofu from its source: the first time takes minutes" >&2
	$(Q)$(GO) build -C tools/tofu -o ../../build/tofu github.com/opentofu/opentofu/cmd/tofu

e2e-localstack: zips-here ## the built zips on LocalStack, as Terraform makes a tenant there with few queues polled, exchange evidence with an embedded node (needs Python 3.13 with pip)
	$(Q)QUEUES=few HARDENED=names $(call e2e,localstack) -skip '$(measured)'

e2e-ministack: zips-here ## the same on MiniStack, with each queue polled and then few, the roles enforced, and the streaming lane; what concerns no role runs without
	$(Q)STRICT=1 HARDENED=waf $(call e2e,ministack) -run '$(roles)'
	$(Q)localstack/emulators.sh run ministack build/emulators $(GO) test -count=1 -timeout 15m -skip '$(roles)|$(measured)|$(slow)' -v ./localstack/cloud

roles = StackOfTerraform|ZipsOnAnEmulator
measured = CostOfAnExchange
# What takes a minute and is no different on the other emulator.
slow = RotatedPartnerByPartnerInABucket
e2e = localstack/e2e.sh $(1) build/zips/$$($(GO) env GOARCH) build $(GO) test -count=1 -timeout 20m -v ./localstack/cloud

localstack: build zips-here ## two countries, one of them as built zips on LocalStack (EMULATOR=ministack: on MiniStack), until Ctrl-C; picks Docker or the host
	$(Q)set -m; localstack/up.sh $(or $(EMULATOR),localstack) build/zips/$$($(GO) env GOARCH) build bin/vienreiz run $(ARGS); exit $$?

zips-here:
	$(Q)$(GO) run ./cmd/zip -go $(GO) -arch $$($(GO) env GOARCH)

interop: build ## live against phase4, both directions, all profiles (needs Java 17 and Maven)
	$(Q)set -o pipefail; $(GO) test -tags interop -count=1 -v -timeout 20m ./localstack/peers/... | grep -vE '^=== |--- PASS'

browser: ## click a whole journey through in chromium, with screenshots in $$TMPDIR/vienreiz-screenshots
	$(Q)set -o pipefail; $(GO) test -tags browser -count=1 -run RealBrowser -v ./functions/people/handler ./localstack/demo | grep -vE '^=== | INFO '

clean: ## remove what was built
	$(Q)rm -rf bin build

.PHONY: help build run demo zip image image-check test race lint generate fuzz mutants bench contract-aws shapes cost e2e-localstack e2e-ministack localstack zips-here tf-check tofu-check interop browser clean
