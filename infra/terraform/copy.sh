#!/usr/bin/env bash
# copy.sh TO: a copy of this Terraform and of what it reads, with the provider set up for
# the emulator that AWS_ENDPOINT_URL names; prints the root of a tenant. What lay at
# TO/copy before is gone. Tests are left out: they are of the original.
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
cp "$copy/infra/terraform/tenant/emulator_override.tf.example" "$copy/infra/terraform/tenant/emulator_override.tf"
echo "$copy/infra/terraform/tenant"
