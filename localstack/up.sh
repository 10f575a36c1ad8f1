#!/usr/bin/env bash
# Two countries, one of them on an emulated AWS, until Ctrl-C:
#
#   up.sh localstack|ministack ZIPS ROOT COMMAND...
#
# LocalStack runs in Docker where an engine answers, else on the host, with the
# functions as processes; MiniStack always on the host. COMMAND gets --stack FILE
# where Terraform can apply infra/terraform, else --zips ZIPS. ROOT is a folder for
# the emulators and for Terraform's state.
set -euo pipefail
[ $# -ge 4 ] || { echo "usage: up.sh localstack|ministack ZIPS ROOT COMMAND..." >&2; exit 1; }
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
emulator=$1 zips=$2 root=$3
shift 3

docker_runs() { [ "$emulator" = localstack ] && [ -z "${NO_DOCKER:-}" ] && docker compose version >/dev/null 2>&1 && docker info >/dev/null 2>&1; }

# inside runs in an environment that names the emulator.
inside=("$here/stack.sh" "$zips" "$root/stack" "$here/on-stack.sh" "$zips" "$@")
if docker_runs; then
  echo "LocalStack runs in Docker (localstack/compose.yaml), with the functions as processes beside it"
  trap 'docker compose -f "$here/compose.yaml" down' EXIT
  docker compose -f "$here/compose.yaml" up -d --wait
  env -u AWS_PROFILE -u AWS_CA_BUNDLE AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null \
    AWS_ENDPOINT_URL="http://127.0.0.1:${LOCALSTACK_PORT:-4566}" "${inside[@]}"
else
  echo "no Docker engine is used: $emulator runs on this machine, with the functions as processes"
  "$here/emulators.sh" run "$emulator" "$root/emulators" "${inside[@]}"
fi
