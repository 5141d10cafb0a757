#!/bin/sh
# Write the locks again from pyproject.toml: universal, with hashes, naming no host.
set -eu
cd "$(dirname "$0")/../.."
compile() {
    .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock' "$@"
}
compile --extra dev pyproject.toml -o requirements-dev.lock
compile -c requirements-dev.lock pyproject.toml -o requirements.lock
compile bench/helpdesk/requirements.in -o bench/helpdesk/requirements.lock
