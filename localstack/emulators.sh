#!/usr/bin/env bash
# AWS emulators without Docker, on the loopback interface only.
#
#   emulators.sh install NAME ROOT        a virtual environment under ROOT (once; a minute)
#   emulators.sh start   NAME ROOT PORT   in the background; returns when it answers
#   emulators.sh stop    NAME ROOT        only the process that start has started
#   emulators.sh run     NAME ROOT COMMAND...
#                        all three around a command, on a free port that
#                        AWS_ENDPOINT_URL names. Without Python 3.13 the command is
#                        skipped, and that said; with CI set it fails
#   emulators.sh python                   the Python 3.13 that would be taken
#
# NAME is localstack or ministack. With STRICT=1 MiniStack speaks https, with a
# certificate of its own that AWS_CA_BUNDLE names, and enforces IAM: roles, bucket
# and queue policies, signatures. It takes port 443 beside its own where it may.
# Python 3.13 is taken from $PYTHON, from PATH or from pyenv; where there is none, or
# no pip, install ends with status 75. What an emulator keeps lies under ROOT/NAME and
# is forgotten at the next start.
set -euo pipefail
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)

die() { echo "emulators.sh: $*" >&2; exit 1; }
missing() { echo "emulators.sh: $*" >&2; exit 75; }

# python prints the path of a Python 3.13 that runs; a shim of pyenv may not.
python() {
  local candidate
  for candidate in "${PYTHON:-}" python3.13 "$(pyenv root 2>/dev/null || true)"/versions/3.13*/bin/python3.13 python3; do
    if "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info[:2] != (3, 13))' 2>/dev/null; then
      "$candidate" -c 'import sys; print(sys.executable)'
      return
    fi
  done
  missing "no Python 3.13 with venv and pip in PATH or pyenv; install one or name it in PYTHON"
}

install() {
  local interpreter pins pip="$root/venv/bin/pip"
  pins=$(cksum "$here/emulators/$name.txt" "$here"/emulators/*/*.{py,toml} | cksum)
  [ "$(cat "$root/installed" 2>/dev/null)" != "$pins" ] || return 0
  interpreter=$(python)
  rm -rf "$root"
  mkdir -p "$root"
  "$interpreter" -m venv "$root/venv"
  "$pip" install -q --disable-pip-version-check --no-deps -r "$here/emulators/$name.txt"
  if [ "$name" = localstack ]; then
    cp -r "$here/emulators/dynamodb" "$here/emulators/runtime" "$root/" # pip builds in place
    "$pip" install -q --disable-pip-version-check --no-deps "$root/dynamodb" "$root/runtime"
  fi
  echo "$pins" >"$root/installed"
}

# localstack: hypercorn binds what it is told to; the default server binds every
# interface, and a machine with cgroups is taken for a container. The index of
# plugins is made anew, so that those of this repository are found. Its poller, which does
# not wait at a queue, would come back to an idle one after up to 10 s.
localstack() {
  clean FILESYSTEM_ROOT="$root/data" XDG_CACHE_HOME="$root/data/cache" OVERRIDE_IN_DOCKER=0 \
    GATEWAY_SERVER=hypercorn GATEWAY_LISTEN="127.0.0.1:$port" LOCALSTACK_HOST="127.0.0.1:$port" \
    PROVIDER_OVERRIDE_DYNAMODB=moto LAMBDA_RUNTIME_EXECUTOR=bootstrap SQS_ENDPOINT_STRATEGY=off S3_SKIP_SIGNATURE_VALIDATION=0 \
    LAMBDA_EVENT_SOURCE_MAPPING_POLL_INTERVAL_SEC=0.1 LAMBDA_EVENT_SOURCE_MAPPING_MAX_BACKOFF_ON_EMPTY_POLL_SEC=0.5 \
    DISABLE_EVENTS=1 SKIP_SSL_CERT_DOWNLOAD=1 DNS_ADDRESS=0 \
    "$root/venv/bin/python" -m localstack.runtime.main
}

# ministack binds 0.0.0.0 unless told otherwise, and its functions inherit its environment.
# Its server cuts an HTTP/2 connection off at the thousandth request, with whatever is on the way.
ministack() {
  clean BIND_HOST=127.0.0.1 GATEWAY_PORT="$port" IOT_MTLS_ENABLED=0 MINISTACK_REGION=eu-central-1 \
    "${settings[@]}" "$root/venv/bin/python" -c '
from hypercorn.config import Config
from ministack.app import main

Config.keep_alive_max_requests = 1_000_000_000
main()'
}

# address sets what names the emulator, to its callers and to its own functions.
address() {
  url=http://127.0.0.1:$port certificate=
  strict || { named=("AWS_ENDPOINT_URL=$url") settings=("${named[@]}"); return; }
  url=https://127.0.0.1:$port certificate=$root/data/tmp/ministack-tls/server.crt # which it makes with openssl
  named=("AWS_ENDPOINT_URL=$url" "AWS_CA_BUNDLE=$certificate") settings=("${named[@]}" AUTH=true USE_SSL=1)
}

strict() { [ -n "${STRICT:-}" ] && [ "$name" = ministack ]; }

# clean runs in a session of its own, where the system has such, so that stop finds
# the children too.
clean() {
  # shellcheck disable=SC2046 # nothing, or one word
  exec $(command -v setsid) env -i PATH="$PATH" LANG=C.UTF-8 HOME="$root/data" TMPDIR="$root/data/tmp" "$@"
}

health() {
  case $name in
  localstack) echo "$url/_localstack/health" ;;
  ministack) echo "$url/_ministack/health" ;;
  esac
}

start() {
  [ -e "$root/installed" ] || die "$name is not installed under $root"
  ! alive || die "$name runs already, as process $(cat "$root/pid")"
  ! (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null || die "somebody listens on port $port"
  address
  rm -rf "$root/data"
  mkdir -p "$root/data/tmp"
  "$name" </dev/null >"$root/log" 2>&1 &
  echo $! >"$root/pid"
  for _ in $(seq 600); do
    alive || die "$name ended at once: $(tail -n 20 "$root/log")"
    ! CURL_CA_BUNDLE=$certificate curl -sf -m 2 -o /dev/null "$(health)" || return 0
    sleep 0.1
  done
  stop
  die "$name does not answer on port $port: $(tail -n 20 "$root/log")"
}

alive() { [ -s "$root/pid" ] && kill -0 "$(cat "$root/pid")" 2>/dev/null; }

stop() {
  local pid
  pid=$(cat "$root/pid" 2>/dev/null) || return 0
  kill "$pid" 2>/dev/null || true
  for _ in $(seq 100); do
    alive || break
    sleep 0.1
  done
  kill -9 -- "-$pid" 2>/dev/null || true # what is left of its session
  rm -f "$root/pid"
}

free_port() {
  "$root/venv/bin/python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

run() {
  local status=0
  "$here/emulators.sh" install "$name" "$(dirname "$root")" || status=$? # in a shell that ends at its first error
  if [ "$status" = 75 ] && [ -z "${CI:-}" ]; then
    echo "SKIPPED: without Python 3.13 there is no $name, so this was not run: $*" >&2
    return 0
  fi
  [ "$status" = 0 ] || return "$status"
  port=$(free_port)
  start
  trap stop EXIT
  echo "$name answers on $url$(strict && echo " and enforces IAM")"
  env -u AWS_PROFILE -u AWS_CA_BUNDLE AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null "${named[@]}" "$@"
}

if [ "${1:-}" = python ]; then
  python
  exit
fi
[ $# -ge 3 ] || die "usage: emulators.sh install|start|stop|run localstack|ministack ROOT [PORT or COMMAND...]"
name=$2 port=${4:-4566}
case $name in localstack | ministack) ;; *) die "no emulator is called $name" ;; esac
mkdir -p "$3"
root=$(cd -- "$3" && pwd)/$name
case $1 in
install | start | stop) "$1" ;;
run) shift 3 && run "$@" ;;
*) die "cannot $1" ;;
esac
