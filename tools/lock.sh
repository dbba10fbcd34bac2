#!/usr/bin/env bash
# Writes requirements*.lock from pyproject.toml: every release with its hashes, for every supported
# Python and platform, without the address of an index. Releases already locked stay, unless
# --upgrade is given. uv, which does it, lives in a virtual environment for this one run.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
"${PYTHON:-python3}" -m venv "$scratch/venv"
"$scratch/venv/bin/python" -m pip --disable-pip-version-check --quiet install uv

compile() {
    "$scratch/venv/bin/uv" pip compile --quiet --universal --python-version 3.11 \
        --generate-hashes --no-emit-index-url --custom-compile-command 'make lock' "$@"
}

# With everything first; what is needed to run and to build takes the same releases.
compile pyproject.toml --all-extras --output-file requirements-dev.lock "$@"
compile pyproject.toml --extra postgresql --constraints requirements-dev.lock --output-file requirements.lock
"$scratch/venv/bin/python" -c '
import tomllib
with open("pyproject.toml", "rb") as file:
    print(*tomllib.load(file)["build-system"]["requires"], sep="\n")
' | compile - --constraints requirements-dev.lock --output-file requirements-build.lock
