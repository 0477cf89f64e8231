#!/bin/sh
# Prints a Python of 3.11 or newer: $PYTHON where it is set, else the first of the usual names that is new enough.
set -eu

new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

if [ -n "${PYTHON:-}" ]; then
    set -- "$PYTHON"
else
    set -- python3 python3.14 python3.13 python3.12 python3.11 python
fi

for candidate in "$@"; do
    if new_enough "$candidate"; then
        echo "$candidate"
        exit 0
    fi
done

echo "Distill Lab needs Python 3.11 or newer; found: $("$1" --version 2>/dev/null || echo none)." >&2
echo "Install one from https://www.python.org/downloads/, or name it: make run PYTHON=/path/to/python3.11" >&2
exit 1
