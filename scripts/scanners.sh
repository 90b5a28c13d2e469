#!/bin/sh
# Builds, on a lab machine, the scanners' images and a sample of the advisories. Elsewhere the engine pulls the published ones.
set -eu
# shellcheck source=scripts/lib.sh
. "$(dirname -- "$0")/lib.sh"
machine
if in_lab; then
  say "scanners: building what is not there yet (15 minutes of a processor the first time)"
  "$root/lab/image.sh" trivy gitleaks semgrep advisories
else
  say "scanners: nothing to do, the engine pulls their images"
fi
