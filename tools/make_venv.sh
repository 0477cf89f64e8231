#!/bin/sh
# Makes a virtual environment: make_venv.sh PYTHON FOLDER
set -eu
python=$1
folder=$2

if "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    "$python" -m venv "$folder"
elif "$python" -m pip --version >/dev/null 2>&1; then
    # Debian's Python comes without ensurepip; its pip (22.3 or newer) can fill an environment from outside.
    "$python" -m venv --without-pip "$folder"
    "$python" -m pip --python "$folder/bin/python" install --quiet pip
else
    echo "This Python cannot make virtual environments; on Debian or Ubuntu: apt-get install python3-venv" >&2
    exit 1
fi
