#!/bin/sh
# Install the page's packages and build it.  Usage: page.sh install|build.  Each does nothing when nothing has changed.
set -eu
cd "$(dirname "$0")/../.."
sh deploy/setup/node.sh
PATH=$PWD/.venv/node-bin:$PATH
export PATH
mkdir -p build
cd web/ui

same() { [ "$(cat "$1" 2>/dev/null || true)" = "$2" ]; }

packages=$(cat package.json package-lock.json | sha256sum)
if ! same node_modules/.installed "$packages"; then
    echo "Installing the page's packages …"
    npm ci --no-audit --no-fund --loglevel=error > ../../build/packages.log 2>&1 || { cat ../../build/packages.log >&2; exit 1; }
    echo "$packages" > node_modules/.installed
fi
[ "$1" = build ] || exit 0

sources=$(find . -type f -not -path './node_modules/*' -not -path './dist/*' -print0 | LC_ALL=C sort -z | xargs -0 cat | sha256sum)
if ! same dist/.built "$sources"; then
    echo "Building the page …"
    npm run --silent build > ../../build/page.log 2>&1 || { cat ../../build/page.log >&2; exit 1; }
    echo "$sources" > dist/.built
fi
