#!/usr/bin/env bash
# Everything about the Terraform that needs no cloud: tflint and checkov, format, every
# module and root is valid, and the tests with a provider that is made up. Status 75,
# said aloud, where there is no terraform or no provider; what needs neither is done
# before. TFLINT is the program, build/tflint as make builds it by default.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")"
built=$(cd ../.. && pwd)/build
build=$built/terraform

tflint=${TFLINT:-../../build/tflint}
if [ -x "$tflint" ]; then
  echo "tflint"
  "$tflint" --recursive --config "$PWD/.tflint.hcl"
else
  echo "SKIPPED: there is no $tflint; make tf-check builds it" >&2
fi

# checkov comes into an environment of its own; what it need not look for stands in
# checkov.yaml. It asks nobody anything.
checkov=$built/checkov
if python=$(../../localstack/emulators.sh python); then
  if [ "$(cat "$checkov/installed" 2>/dev/null)" != "$(cksum <checkov.txt)" ]; then
    rm -rf "$checkov"
    "$python" -m venv "$checkov"
    "$checkov/bin/pip" install -q --disable-pip-version-check -r checkov.txt
    cksum <checkov.txt >"$checkov/installed"
  fi
  echo "checkov"
  LOG_LEVEL=CRITICAL "$checkov/bin/checkov" -d . --config-file checkov.yaml --skip-download
elif [ -n "${CI:-}" ]; then
  exit 1
else
  echo "SKIPPED: without Python 3.13 there is no checkov" >&2
fi

./tf.sh where
./tf.sh -C . fmt -recursive -check -diff

# A file for each function stands for its zip: what is in it is of no matter here.
mkdir -p "$build/zips"
grep -oE '^  [a-z0-9-]+:$' ../../functions/functions.yaml | tr -d ' :' | while read -r function; do
  echo "$function" >"$build/zips/$function.zip"
done

for folder in modules/gateway modules/network modules/lane modules/tenant tenant examples/two-tenants; do
  echo "$folder"
  export TF_DATA_DIR=$build/$folder
  mkdir -p "$TF_DATA_DIR"
  ./tf.sh -C $folder init -input=false -backend=false -no-color >"$TF_DATA_DIR/init.log" || { status=$?; cat "$TF_DATA_DIR/init.log"; exit $status; }
  if [ $folder = tenant ]; then # each of its shapes as it stands
    for shape in pilot hardened conformant; do
      ./tf.sh -C $folder test -no-color -var-file=$shape.tfvars -filter=tests/$shape.tftest.hcl -var zips="$build/zips"
    done
  elif [ -d $folder/tests ]; then
    ./tf.sh -C $folder test -no-color -var zips="$build/zips"
  else # a root, and the modules that it calls
    ./tf.sh -C $folder validate -no-color
  fi
done
