#!/usr/bin/env bash
# Everything about the Terraform that needs no cloud: format, every module and root is
# valid, and the tests with a provider that is made up. Status 75, said aloud, where there
# is neither terraform nor tofu, or no provider.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")"
build=$(cd ../.. && pwd)/build/terraform

./tf.sh where
./tf.sh -C . fmt -recursive -check -diff

# A file for each function stands for its zip: what is in it is of no matter here.
mkdir -p "$build/zips"
grep -oE '^  [a-z0-9-]+:$' ../../functions/functions.yaml | tr -d ' :' | while read -r function; do
  echo "$function" >"$build/zips/$function.zip"
done

# A list with one entry more, as a release that comes later has it.
mkdir -p "$build/later/portal"
cp ../../functions/portal/openapi.yaml "$build/later/portal/"
awk '{ print }
  /^functions:/ {
    print "  sequence:"
    print "    trigger: {queue: log, batch: 10, concurrency: 2}"
    print "    memory: 256"
    print "    seconds: 45"
    print "    permissions: {state: write, queues: {log: [receive, send]}, buckets: {journal: [get, list]}, configuration: read}"
  }
  /^queues:/ { print "  log: {visibility: 60, receives: 8, fold: inbound}" }' ../../functions/functions.yaml >"$build/later/functions.yaml"
mkdir -p "$build/later/zips"
grep -oE '^  [a-z0-9-]+:$' "$build/later/functions.yaml" | tr -d ' :' | while read -r function; do
  echo "$function" >"$build/later/zips/$function.zip"
done

# OpenTofu knows no mocks in a file of their own: it gets a copy in which they stand in
# each test. That is why tests are not in the folder that it reads by itself.
where=.
if [[ $(./tf.sh version) = OpenTofu* ]]; then
  where=$(dirname "$(./copy.sh "$build")")
  find "$where" -name '*.tftest.hcl' | while read -r test; do
    if grep -q 'target = .*\["' "$test"; then
      echo "SKIPPED: OpenTofu makes up nothing for one of several, as ${test#"$where"/} wants" >&2
      rm "$test"
      continue
    fi
    awk -v root="$(dirname "$test")/.." '
      /^  source = "/ { split($0, part, "\""); while ((getline line < (root "/" part[2] "/aws.tfmock.hcl")) > 0) print "  " line; next }
      { print }' "$test" >"$build/test"
    mv "$build/test" "$test"
  done
fi

for folder in modules/gateway modules/network modules/lane modules/tenant tenant examples/two-tenants; do
  echo "$folder"
  export TF_DATA_DIR=$build/$folder
  mkdir -p "$TF_DATA_DIR"
  ./tf.sh -C "$where/$folder" init -input=false -backend=false -no-color >"$TF_DATA_DIR/init.log" || { status=$?; cat "$TF_DATA_DIR/init.log"; exit $status; }
  if [ $folder = tenant ]; then # each of its shapes as it stands
    for shape in pilot hardened conformant; do
      ./tf.sh -C "$where/$folder" test -no-color -test-directory=checks -var-file=$shape.tfvars -filter=checks/$shape.tftest.hcl -var zips="$build/zips"
    done
  elif [ -d $folder/checks ]; then
    ./tf.sh -C "$where/$folder" test -no-color -test-directory=checks -var zips="$build/zips"
    if [ -d $folder/later ]; then
      ./tf.sh -C "$where/$folder" test -no-color -test-directory=later -var zips="$build/later/zips" -var functions="$build/later/functions.yaml"
    fi
  else # a root, and the modules that it calls
    ./tf.sh -C "$where/$folder" validate -no-color
  fi
done
