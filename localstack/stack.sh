#!/usr/bin/env bash
# Terraform of a tenant, applied to the emulator that AWS_ENDPOINT_URL names, and
# a command run with VIENREIZ_STACK, the file of what Terraform says it made:
#
#   stack.sh ZIPS ROOT COMMAND...
#
# ZIPS is the folder of the zips of this machine's processor, ROOT one for a copy of
# infra/terraform and its state. ROOT/apply, beside the file, applies it once more,
# with the arguments that it gets, such as -var. QUEUES=few polls few queues. Without Terraform or its provider the
# command runs without a stack, and that is said. Nothing is destroyed: the emulator
# forgets.
set -euo pipefail
[ $# -ge 3 ] || { echo "usage: stack.sh ZIPS ROOT COMMAND..." >&2; exit 1; }
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
mkdir -p "$2"
zips=$(cd -- "$1" && pwd) root=$(cd -- "$2" && pwd)
shift 2
: "${AWS_ENDPOINT_URL:?names the emulator}"

architecture=$(case $(uname -m) in aarch64 | arm64) echo arm64 ;; *) echo x86_64 ;; esac)
apply() {
  rm -f "$root"/*.log
  tenant=$("$here/infra/terraform/copy.sh" "$root" emulator)
  terraform init -input=false -no-color >"$root/init.log" 2>&1 || return
  again >"$root/apply"
  chmod +x "$root/apply"
  timeout -s INT 400 "$root/apply" >"$root/apply.log" 2>&1 || return
  terraform output -json -no-color >"$root/outputs.json"
}

# again is the script that applies, with what this call was told.
again() {
  printf '#!/usr/bin/env bash\nexport AWS_REGION=eu-central-1\nexec %q -C %q apply -auto-approve -input=false -no-color -parallelism=40 -var-file=emulator.tfvars -var %q -var %q -var %q "$@"\n' \
    "$here/infra/terraform/tf.sh" "$tenant" "zips=$zips" "architecture=$architecture" "queues=${QUEUES:-each}"
}

terraform() { "$here/infra/terraform/tf.sh" -C "$tenant" "$@"; }

status=0
"$here/infra/terraform/tf.sh" where >/dev/null || status=$?
if [ "$status" = 0 ]; then
  echo "applying infra/terraform/tenant"
  began=$(date +%s)
  (apply) || { status=$?; grep -hA12 'Error: ' "$root/init.log" "$root/apply.log" 2>/dev/null | head -60 >&2; exit "$status"; }
  echo "$(grep '^Apply complete' "$root/apply.log") $(($(date +%s) - began)) s"
  export VIENREIZ_STACK=$root/outputs.json
elif [ "$status" = 75 ]; then
  echo "SKIPPED: without Terraform there is no stack on the emulator; what needs none is run" >&2
else
  exit "$status"
fi
"$@"
