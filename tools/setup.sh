#!/usr/bin/env bash
# Makes a Debian or Ubuntu machine ready, with nothing but git, make and Python there before.
#
#   tools/setup.sh run     what the kiosk needs
#   tools/setup.sh test    what its tests and checks need too
#
# Packages come from the distribution only when they are missing, and are named before they are
# installed. Everything else goes into .venv. make calls this when a list of requirements changed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

fail() {
    echo "setup: $*" >&2
    exit 3
}

case "${1:-}" in
    run) lock=requirements.lock ;;
    test) lock=requirements-dev.lock ;;
    *) fail "say 'run' or 'test'." ;;
esac
purpose=$1

# Qt's libraries: fonts and text, OpenGL (linked even when the software renderer draws), X11, Wayland.
packages=(
    libdbus-1-3 libegl1 libfontconfig1 libgl1 libglib2.0-0 libxkbcommon0
    libx11-xcb1 libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0
    libxcb-render-util0 libxcb-shape0 libxcb-sync1 libxcb-xfixes0 libxcb-xkb1 libxkbcommon-x11-0
    libwayland-cursor0
)
# pyscard is built from source.
packages+=(gcc libc6-dev libpcsclite-dev pkg-config swig)
if [[ $purpose == test ]]; then
    # A real PC/SC service with a virtual reader, other people's card tools and QR reader, the
    # database that a fleet uses, a reader of printed text, and SANE with its scanner for tests.
    packages+=(pcscd vsmartcard-vpcd opensc yubico-piv-tool zbar-tools postgresql)
    packages+=(tesseract-ocr tesseract-ocr-ara sane-utils)
    # The central API's pages are tested in a real browser.
    packages+=(chromium)
fi

python=${PYTHON:-python3}
command -v "$python" >/dev/null || fail "$python is not installed."
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    fail "Python 3.11 or newer is needed and $python is older; name another: make PYTHON=python3.12 …"
"$python" -c 'import ensurepip, venv' 2>/dev/null || packages+=(python3-venv)
"$python" -c 'import os, sysconfig as s, sys
sys.exit(not os.path.exists(os.path.join(s.get_path("include"), "Python.h")))' ||
    packages+=(python3-dev)

# Every installed package by its name and by what it provides: Ubuntu 24.04 and Debian 13 call
# libglib2.0-0 libglib2.0-0t64.
installed_packages() {
    dpkg-query --show --showformat='${db:Status-Status} ${Package}, ${Provides}\n' |
        sed -n 's/^installed //p' | tr ',' '\n' | sed 's/ *(.*//; s/ //g' | sort -u
}

install_packages() {
    local as_root=()
    local command="apt-get install -y --no-install-recommends $*"
    if [[ $EUID -ne 0 ]]; then
        command -v sudo >/dev/null ||
            fail "root is needed once; run this as root and call make again:  $command"
        as_root=(sudo)
        command="sudo $command"
    fi
    echo "setup: these packages are missing and are installed now: $*"
    mkdir -p build
    "${as_root[@]}" apt-get update -qq >build/apt.log 2>&1 ||
        echo "setup: the package lists could not be renewed; the old ones are used." >&2
    if ! "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y --no-install-recommends "$@" >>build/apt.log 2>&1; then
        tail -n 20 build/apt.log >&2
        fail "the packages could not be installed; run this and call make again:  $command"
    fi
}

if command -v dpkg-query >/dev/null; then
    mapfile -t missing < <(printf '%s\n' "${packages[@]}" | sort -u |
        comm -23 - <(installed_packages))
    [[ ${#missing[@]} -eq 0 ]] || install_packages "${missing[@]}"
else
    echo "setup: this is not Debian or Ubuntu; make sure that it has the like of: ${packages[*]}"
fi

if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
    echo "setup: the virtual environment .venv is made."
    "$python" -m venv --clear .venv
fi
echo "setup: $lock is installed into .venv; the first time this takes some minutes."
pip=(.venv/bin/python -m pip --disable-pip-version-check --quiet)
# What builds pyscard and this project is locked like everything else, so nothing is built in an
# environment that pip fills by itself.
"${pip[@]}" install --require-hashes -r requirements-build.lock
"${pip[@]}" install --require-hashes --no-build-isolation -r "$lock"
# Twice quiet: setuptools warns of editable installs in general.
"${pip[@]}" --quiet install --no-deps --no-build-isolation --no-index --editable .
