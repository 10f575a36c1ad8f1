#!/usr/bin/env bash
# Plans of the published shapes, as JSON, on the emulator that AWS_ENDPOINT_URL names:
#
#   plans.sh OUT COMMAND...    OUT/SHAPE.json for each SHAPE.tfvars of tenant/, then
#                              the command with VIENREIZ_PLANS
#
# Without Terraform nothing is planned nor run, and that is said.
set -euo pipefail
[ $# -ge 2 ] || { echo "usage: plans.sh OUT COMMAND..." >&2; exit 1; }
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
mkdir -p "$1"
out=$(cd -- "$1" && pwd)
shift
: "${AWS_ENDPOINT_URL:?names the emulator}"
status=0
"$here/tf.sh" where || status=$?
[ "$status" != 75 ] || exit 0
[ "$status" = 0 ] || exit "$status"

mkdir -p "$out/zips"
root=$("$here/copy.sh" "$out" emulator)
grep -oE '^  [a-z0-9-]+:$' "$here/../../functions/functions.yaml" | tr -d ' :' | while read -r function; do
  echo "$function" >"$out/zips/$function.zip" # what is in it is of no matter here
done
tf() { "$here/tf.sh" -C "$root" "$@"; }
tf init -input=false -no-color >"$out/init.log" || { cat "$out/init.log"; exit 1; }
for shape in pilot hardened conformant; do
  echo "planning $shape"
  tf plan -input=false -no-color -var-file="$shape.tfvars" -var "zips=$out/zips" -out="$out/plan" >"$out/$shape.log" || { cat "$out/$shape.log"; exit 1; }
  tf show -json "$out/plan" >"$out/$shape.json"
done
export VIENREIZ_PLANS=$out
"$@"
