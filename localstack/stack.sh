#!/usr/bin/env bash
# Terraform of a tenant, applied to the emulator that AWS_ENDPOINT_URL names, and
# a command run with VIENREIZ_STACK, the file of what Terraform says it made:
#
#   stack.sh ZIPS ROOT COMMAND...
#
# ZIPS is the folder of the zips of this machine's processor, ROOT one for a copy of
# infra/terraform and its state. ROOT/apply, beside the file, applies it once more,
# with the arguments that it gets, such as -var; ROOT/terraform runs any other command of
# Terraform there. QUEUES=few polls few queues. With HARDENED the tenant is like that of
# hardened.tfvars, as far as the emulator goes, which takes waf or names:
# localstack/ministry makes what that needs. Nothing is destroyed: the emulator forgets.
# Without Terraform or its provider the command runs without a stack, and that is said.
# Status 76 says that it could not be applied.
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
  echo '{}' >"$root/hardened.tfvars.json"
  [ -z "${HARDENED:-}" ] || ministry >"$root/hardened.tfvars.json" 2>"$root/ministry.log" || return
  again >"$root/apply"
  printf '#!/usr/bin/env bash\nexec %q -C %q "$@"\n' "$here/infra/terraform/tf.sh" "$tenant" >"$root/terraform"
  chmod +x "$root/apply" "$root/terraform"
  timeout -s INT 400 "$root/apply" >"$root/apply.log" 2>&1 || return
  terraform output -json -no-color >"$root/outputs.json"
}

# again is the script that applies, with what this call was told.
again() {
  printf '#!/usr/bin/env bash\nexport AWS_REGION=eu-central-1\nexec %q -C %q apply -auto-approve -input=false -no-color -parallelism=40 -var-file=emulator.tfvars -var-file=%q -var %q -var %q -var %q "$@"\n' \
    "$here/infra/terraform/tf.sh" "$tenant" "$root/hardened.tfvars.json" "zips=$zips" "architecture=$architecture" "queues=${QUEUES:-each}"
}

# ministry makes what a ministry has before its tenant, and prints the rest of the tenant file.
ministry() {
  local copy=$root/ministry tf="$here/infra/terraform/tf.sh"
  rm -rf "$copy"
  mkdir "$copy"
  cp "$here"/localstack/ministry/*.tf "$copy/"
  sed 's/^provider "aws" {/&\n  region = "eu-central-1"/' "$here/infra/terraform/tenant/emulator_override.tf.example" >"$copy/provider.tf"
  "$tf" -C "$copy" init -input=false -no-color >&2 &&
    "$tf" -C "$copy" apply -auto-approve -input=false -no-color -var "with=[\"$HARDENED\"]" >&2 &&
    "$tf" -C "$copy" output -json -no-color tenant
}

terraform() { "$here/infra/terraform/tf.sh" -C "$tenant" "$@"; }

status=0
"$here/infra/terraform/tf.sh" where >/dev/null || status=$?
if [ "$status" = 0 ]; then
  echo "applying infra/terraform/tenant"
  began=$(date +%s)
  if ! (apply); then
    grep -hA12 'Error: ' "$root"/*.log 2>/dev/null | head -60 >&2 || true # the reason may stand elsewhere
    exit 76
  fi
  echo "$(grep '^Apply complete' "$root/apply.log") $(($(date +%s) - began)) s"
  export VIENREIZ_STACK=$root/outputs.json
elif [ "$status" = 75 ]; then
  echo "SKIPPED: without Terraform there is no stack on the emulator; what needs none is run" >&2
else
  exit "$status"
fi
"$@"
