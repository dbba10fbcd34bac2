#!/usr/bin/env bash
# Checks the locked releases against known vulnerabilities. Two sources are asked in turn; where
# neither can be reached this says so and fails: nothing was checked is not "nothing was found".
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

report=$(mktemp)
trap 'rm -f "$report"' EXIT

for source in pypi osv; do
    status=0
    .venv/bin/pip-audit --vulnerability-service "$source" --disable-pip --require-hashes \
        --requirement requirements.lock --format json --progress-spinner off \
        >"$report" 2>/dev/null || status=$?
    # Releases that the source does not know come with a reason why they were skipped.
    .venv/bin/python - "$report" "$source" "$status" <<'PYTHON' && exit "$status" || true
import json
import sys

path, source, status = sys.argv[1:]
try:
    with open(path, encoding="utf-8") as file:
        releases = json.load(file)["dependencies"]
except (ValueError, KeyError):
    sys.exit(1)
checked = [each for each in releases if "skip_reason" not in each]
if not checked:
    sys.exit(1)
for each in checked:
    for hole in each["vulns"]:
        fixed = ", ".join(hole["fix_versions"]) or "no release yet"
        print(f"audit: {each['name']} {each['version']}: {hole['id']}, mended in {fixed}")
print(f"audit: {len(checked)} of {len(releases)} locked releases checked by {source}")
PYTHON
done

echo "audit: no source of advisories can be reached from here; NOTHING WAS CHECKED." >&2
exit 3
