#!/usr/bin/env bash
# build.sh FOLDER: the page, ready to be embedded: FOLDER/index.html and every other file compressed beside it.
# Brings its packages by the lock file, and a Node.js of its own where the system's is too old for them.
set -euo pipefail
out=${1:?usage: build.sh FOLDER}
ui=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tools=$ui/../../build/tools
mkdir -p "$tools" "$out"

# One at a time: several build folders share the packages.
exec 9>"$tools/ui.lock"
flock 9

is_new_enough() { "$1" -e 'const [major, minor] = process.versions.node.split(".").map(Number); process.exit(major > 22 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19) ? 0 : 1)' 2>/dev/null; }
node=$(command -v node || true)
if [ -z "$node" ] || ! is_new_enough "$node"; then
  case $(uname -m) in x86_64) kind=x64 ;; aarch64) kind=arm64 ;; *) echo "build.sh: no Node.js of 20.19 or later, and none to fetch for $(uname -m)" >&2; exit 1 ;; esac
  node=$tools/node_modules/node-linux-$kind/bin/node
  [ -x "$node" ] || npm install --prefix "$tools" --no-save --no-audit --no-fund --loglevel=error "node-linux-$kind@22.21.1" >&2
fi
PATH=$(dirname "$node"):$PATH
export PATH
cd "$ui"
if ! cmp -s package-lock.json node_modules/.postern-lock; then
  npm ci --no-audit --no-fund --loglevel=error >&2
  cp package-lock.json node_modules/.postern-lock
fi
rm -rf "$out"
POSTERN_UI_OUT=$out node node_modules/vite/bin/vite.js build --logLevel warn >&2
for file in "$out"/*; do
  case $file in */index.html) ;; *) gzip -9n "$file" ;; esac
done
