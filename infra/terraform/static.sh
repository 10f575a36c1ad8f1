#!/usr/bin/env bash
# What can be said about the Terraform without running it: tflint and checkov. TFLINT is
# the program, build/tflint as make builds it by default; checkov needs Python 3.13.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")"

tflint=${TFLINT:-../../build/tflint}
if [ -x "$tflint" ]; then
  echo "tflint"
  "$tflint" --recursive --config "$PWD/.tflint.hcl"
else
  echo "SKIPPED: there is no $tflint; make tf-check builds it" >&2
fi

# checkov comes into an environment of its own; what it need not look for stands in
# checkov.yaml. It asks nobody anything.
checkov=$(cd ../.. && pwd)/build/checkov
if python=$(../../localstack/emulators.sh python); then
  if [ "$(cat "$checkov/installed" 2>/dev/null)" != "$(cksum <checkov.txt)" ]; then
    rm -rf "$checkov"
    "$python" -m venv "$checkov"
    "$checkov/bin/pip" install -q --disable-pip-version-check -r checkov.txt
    cksum <checkov.txt >"$checkov/installed"
  fi
  echo "checkov"
  LOG_LEVEL=CRITICAL "$checkov/bin/checkov" -d . --config-file checkov.yaml --skip-download
elif [ -n "${CI:-}" ]; then
  exit 1
else
  echo "SKIPPED: without Python 3.13 there is no checkov" >&2
fi
