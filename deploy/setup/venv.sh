#!/bin/sh
# Make .venv and install the lock into it.  Usage: venv.sh run|dev.  Does nothing when that is done already.
set -eu
cd "$(dirname "$0")/../.."
kind=$1
lock=requirements.lock
[ "$kind" = dev ] && lock=requirements-dev.lock

fits() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

if [ ! -x .venv/bin/python ]; then
    python=${PYTHON:-}
    if [ -z "$python" ]; then
        for candidate in python3 python3.13 python3.12 python3.11 python; do
            if fits "$candidate"; then python=$candidate; break; fi
        done
    fi
    [ -n "$python" ] || { echo "Python 3.11 or newer is needed; none was found (set PYTHON=/path/to/python)." >&2; exit 2; }
    fits "$python" || { echo "$python is older than Python 3.11." >&2; exit 2; }
    "$python" -m venv .venv || {
        rm -rf .venv
        echo "Python's venv module is missing.  On Debian: apt-get install -y python3-venv" >&2
        exit 2
    }
fi
if [ ! -x .venv/bin/uv ]; then
    .venv/bin/python -m pip install -qq --disable-pip-version-check --require-hashes -r deploy/setup/uv.lock
fi

wanted=$(cat requirements.lock requirements-dev.lock pyproject.toml | sha256sum | cut -d ' ' -f 1)
have=$(cat .venv/.installed 2>/dev/null || true)
case "$have" in
    "$kind $wanted" | "dev $wanted") exit 0 ;;
esac
echo "Installing the Python packages of $lock …"
.venv/bin/uv pip sync --quiet --python .venv/bin/python --require-hashes "$lock"
.venv/bin/uv pip install --quiet --python .venv/bin/python --no-deps --editable .
echo "$kind $wanted" > .venv/.installed
