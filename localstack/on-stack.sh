#!/usr/bin/env bash
# on-stack.sh ZIPS COMMAND...: the command with --stack and the file that
# VIENREIZ_STACK names, or without one with --zips.
set -euo pipefail
zips=$1
shift
if [ -n "${VIENREIZ_STACK:-}" ]; then
  exec "$@" --stack "$VIENREIZ_STACK"
fi
exec "$@" --zips "$zips"
