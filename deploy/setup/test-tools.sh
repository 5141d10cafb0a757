#!/bin/sh
# On Debian as root: install what the whole test suite needs.  Quiet when all of it is there; elsewhere the suite says what it skips.
set -eu
packages="sip-tester chromium rabbitmq-server fonts-noto-cjk espeak-ng sox mmdebstrap zstd iproute2 procps libheif-examples dovecot-imapd openssl"

missing=""
for package in $packages; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0
if ! command -v apt-get >/dev/null || [ "$(id -u)" != 0 ]; then
    echo "For the whole suite these Debian packages are missing:$missing"
    exit 0
fi

echo "Installing for the tests:$missing"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
export DEBIAN_FRONTEND=noninteractive
# a package must not start a server of its own on this machine: the tests start private ones
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
    printf '#!/bin/sh\nexit 101\n' > $policy
    chmod +x $policy
    trap 'rm -f "$log" $policy' EXIT
fi
install_them() {
    # shellcheck disable=SC2086
    apt-get install -y --no-install-recommends $missing
}
{ apt-get update && install_them; } > "$log" 2>&1 || { tail -n 30 "$log" >&2; exit 1; }
