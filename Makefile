# The two commands are `make serve` and `make test`; what they do stands in scripts/.
.PHONY: serve test soak dev build setup sbom fmt

serve: build
	@bash -c '. scripts/env.sh && exec "$$CARGO_TARGET_DIR/release/sekisho" serve 8>&-'

test:
	@scripts/test.sh

soak:
	@scripts/soak.sh

dev: setup
	@bash -c '. scripts/env.sh && exec cargo leptos watch'

build: setup
	@scripts/build.sh

setup:
	@scripts/setup.sh build

sbom:
	@scripts/sbom.sh

fmt:
	@cargo fmt
