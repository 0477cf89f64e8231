#!/bin/sh
# Prints the path of a Chromium that starts; everything else goes to stderr.
# In this order: $CHROMIUM, the PATH, Debian's package where apt is there and allowed, Playwright's own download.
# $VENV_PYTHON is a Python that has Playwright (.venv/bin/python unless set).
set -eu
python=${VENV_PYTHON:-.venv/bin/python}

on_path() {
    for name in chromium chromium-browser google-chrome google-chrome-stable; do
        found=$(command -v "$name" || true)
        # Ubuntu has a stub of that name that only asks for a snap.
        if [ -n "$found" ] && "$found" --version >/dev/null 2>&1; then
            echo "$found"
            return 0
        fi
    done
    return 1
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    else
        sudo -n "$@"
    fi
}

may_use_apt() {
    command -v apt-get >/dev/null && as_root true 2>/dev/null
}

from_apt() {
    echo "No Chromium here: installing Debian's package." >&2
    as_root env DEBIAN_FRONTEND=noninteractive sh -c \
        'apt-get update -q && apt-get install -q -y --no-install-recommends chromium' </dev/null >&2
}

from_playwright() {
    echo "No Chromium here: downloading Playwright's." >&2
    if may_use_apt; then
        as_root "$python" -m playwright install-deps chromium >&2 || true
    fi
    "$python" -m playwright install chromium >&2
    "$python" -c 'from playwright.sync_api import sync_playwright as start
with start() as p: print(p.chromium.executable_path)'
}

if [ -n "${CHROMIUM:-}" ]; then
    if ! "$CHROMIUM" --version >/dev/null 2>&1; then
        echo "CHROMIUM=$CHROMIUM does not start; name one that does, or unset it to have one found." >&2
        exit 1
    fi
    command -v "$CHROMIUM"
    exit 0
fi

on_path && exit 0
if may_use_apt && from_apt && on_path; then
    exit 0
fi
from_playwright
