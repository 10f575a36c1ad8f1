#!/usr/bin/env bash
# Terraform or OpenTofu with the AWS provider, wherever this machine has them:
#
#   tf.sh where          what would be used
#   tf.sh version        what that says of itself
#   tf.sh -C DIR ARG...  run it there, such as: tf.sh -C infra/terraform/tenant plan
#
# The command is $TERRAFORM, terraform or tofu. The provider comes from where the CLI's
# own configuration says ($TF_CLI_CONFIG_FILE or the file in the home directory),
# from a mirror on this machine ($TF_PLUGIN_MIRROR, the CLI's plugin folders, else
# one that is found below $TF_PLUGIN_SEARCH), or, without any, from the registry.
# Status 75, and a line that begins with SKIPPED, where there is none.
set -euo pipefail

missing() { printf 'SKIPPED: %s; nothing of Terraform was looked at\n' "$*" >&2; exit 75; }

command_line() {
  local candidate
  for candidate in ${TERRAFORM:+"$TERRAFORM"} terraform tofu; do
    if command -v "$candidate" >/dev/null; then
      command -v "$candidate"
      return
    fi
  done
  missing "no terraform or tofu in PATH, and TERRAFORM names none"
}

# configured tells whether the CLI's configuration is there to be used. A name that
# points to nothing counts for nothing.
configured() {
  local file
  for file in "${TF_CLI_CONFIG_FILE:-}" "${HOME:-/nowhere}/.terraformrc" "${HOME:-/nowhere}/.tofurc"; do
    [ -z "$file" ] || [ ! -s "$file" ] || return 0
  done
  return 1
}

# holds: a mirror has the provider under the name of the registry that the CLI asks.
holds() {
  local found
  for found in "$1"/$registry/hashicorp/aws; do
    [ -d "$found" ] && [ -n "$(find -L "$found" -maxdepth 3 -name 'terraform-provider-aws*' -print -quit)" ] && return 0
  done
  return 1
}

mirror() {
  local folder data="${XDG_DATA_HOME:-${HOME:-/nowhere}/.local/share}"
  for folder in ${TF_PLUGIN_MIRROR:+"$TF_PLUGIN_MIRROR"} ${TF_PLUGIN_CACHE_DIR:+"$TF_PLUGIN_CACHE_DIR"} "${HOME:-/nowhere}/.terraform.d/plugins" "$data/terraform/plugins"; do
    ! holds "$folder" || { echo "$folder"; return; }
  done
  # shellcheck disable=SC2086 # a list of folders
  { find ${TF_PLUGIN_SEARCH:-/opt /srv /usr/local /usr/share /usr/lib /var/lib} -maxdepth 3 -type d -name "$registry" 2>/dev/null || true; } | while read -r folder; do
    ! holds "${folder%/*}" || { echo "${folder%/*}"; break; }
  done
}

# lent MIRROR FOLDER: the provider of Terraform's registry under the name by which OpenTofu
# asks for it; it is the same program.
lent() {
  local platform name
  for platform in "$1"/registry.terraform.*/hashicorp/aws/*/*/; do
    platform=${platform%/}
    name=${platform#"$1"/registry.terraform.*/}
    mkdir -p "$2/registry.opentofu.org/${name%/*}"
    ln -sfn "$platform" "$2/registry.opentofu.org/$name"
  done
}

cli=$(command_line)
[ -s "${TF_CLI_CONFIG_FILE:-/nowhere}" ] || unset TF_CLI_CONFIG_FILE
registry='registry.terraform.*'
case $("$cli" version) in OpenTofu*) registry='registry.opentofu.*' ;; esac
from="the registry"
settings=$(mktemp)
trap 'rm -f "$settings"' EXIT
if configured; then
  from="the CLI's configuration"
else
  found=$(mirror)
  [ -z "$found" ] || from=$found
  if [ -z "$found" ] && [ "$registry" = 'registry.opentofu.*' ]; then
    registry='registry.terraform.*'
    from=$(mirror)
    if [ -n "$from" ]; then # a folder that stays, as the CLI keeps a link into it
      found=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)/build/opentofu
      lent "$from" "$found"
    fi
    from=${from:-the registry}
  fi
  {
    echo 'disable_checkpoint = true'
    [ -z "$found" ] || printf 'provider_installation {\n  filesystem_mirror {\n    path = "%s"\n  }\n}\n' "$found"
  } >"$settings"
  export TF_CLI_CONFIG_FILE=$settings
fi
export TF_IN_AUTOMATION=1 CHECKPOINT_DISABLE=1 TF_REGISTRY_DISCOVERY_RETRY=0 TF_REGISTRY_CLIENT_TIMEOUT=10

case ${1:-} in
  where) echo "$cli, the provider from $from"; exit ;;
  version) "$cli" version; exit ;;
esac
[ "${1:-}" = -C ] && [ $# -ge 3 ] || { echo "usage: tf.sh where | version | -C DIR ARG..." >&2; exit 2; }
cd -- "$2"
shift 2
status=0
"$cli" "$@" || status=$?
if [ "$status" != 0 ] && [ "$1" = init ] && [ "$from" = "the registry" ]; then
  missing "no AWS provider on this machine (TF_PLUGIN_MIRROR names none), and the registry does not answer"
fi
exit "$status"
