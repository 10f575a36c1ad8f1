#!/usr/bin/env bash
# Terraform's tenant on an emulator, and the tests of ./localstack/cloud over it:
#
#   e2e.sh localstack|ministack ZIPS ROOT COMMAND...
#
# Under load an emulator's answer may be lost; what the provider then asks for again is
# there already, and the apply fails. So a stack that could not be made (status 76 of
# stack.sh) is made once more, by an emulator that knows nothing of it. What is wrong in
# the Terraform fails twice.
set -euo pipefail
[ $# -ge 4 ] || { echo "usage: e2e.sh localstack|ministack ZIPS ROOT COMMAND..." >&2; exit 1; }
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
emulator=$1 zips=$2 root=$3
shift 3

once() { "$here/emulators.sh" run "$emulator" "$root/emulators" "$here/stack.sh" "$zips" "$root/stack-$emulator" "$@"; }

status=0
once "$@" || status=$?
if [ "$status" = 76 ]; then
  echo "the stack could not be made; once more, from nothing" >&2
  status=0
  once "$@" || status=$?
fi
exit "$status"
