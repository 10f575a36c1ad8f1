#!/usr/bin/env bash
# copy.sh TO [emulator]: a copy of this Terraform and of what it reads, with the provider
# set up for the emulator that AWS_ENDPOINT_URL names where that is asked for; prints the
# root of a tenant. What lay at TO/copy before is gone.
set -euo pipefail
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
copy=$1/copy
rm -rf "$copy"
mkdir -p "$copy/infra" "$copy/functions/portal" "$copy/shared/availability"
cp -R "$here" "$copy/infra/"
cp "$here/../../functions/functions.yaml" "$copy/functions/"
cp "$here/../../functions/portal/openapi.yaml" "$copy/functions/portal/"
cp "$here/../../shared/availability/query.txt" "$copy/shared/availability/"
rm -f "$copy"/infra/terraform/*_test.go "$copy"/infra/terraform/*/.terraform.lock.hcl
if [ "${2:-}" = emulator ]; then
  cp "$copy/infra/terraform/tenant/emulator_override.tf.example" "$copy/infra/terraform/tenant/emulator_override.tf"
fi
echo "$copy/infra/terraform/tenant"
