#!/bin/sh
# FixRes Studio's GPU bench for Linux on x86-64; needs a Vulkan driver, and neither Node nor a network.
#
#   ./run.sh                        everything, in under 8 minutes; JSON on standard output, progress on standard error
#   ./run.sh --scale small          the same on small shapes
#   ./run.sh step --against stock   one bench alone; `./run.sh help` lists them
#
# VK_ICD_FILENAMES chooses a driver.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
folder=$(mktemp -d "${TMPDIR:-/tmp}/fixres-bench.XXXXXX")
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM
gzip -dc "$here/bench.tar.gz" | tar -xf - -C "$folder"
if ! { ldconfig -p || /sbin/ldconfig -p; } 2>/dev/null | grep -q 'libvulkan\.so\.1'; then
  LD_LIBRARY_PATH="$folder/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
  export LD_LIBRARY_PATH
fi
BENCH_COMMIT=$(cat "$folder/commit")
export BENCH_COMMIT
case "${1:-}" in
  '' | -*) set -- gpu "$@" ;;
esac
"$folder/node" "$folder/bench.mjs" "$@"
