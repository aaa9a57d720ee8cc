#!/bin/sh
# Trunk's post_build hook: names the build, and lets the page's policy accept its loader.
set -eu
cd "$TRUNK_STAGING_DIR"

# The worker's files keep their names from build to build, so every address carries the build: no cache can mix two of them.
build=$(cat worker.js worker_bg.wasm | sha256sum | cut -c 1-16)
sed -i "s|'./worker.js'|'./worker.js?v=$build'|" worker_loader.js
sed -i "s|'worker_bg.wasm'|'worker_bg.wasm?v=$build'|" worker.js

# The policy allows one inline script by the hash of what stands between its tags, to the byte.
tag='<script type="\?module"\?>'
hash=$(sed -z -e "s|.*$tag||" -e 's|</script>.*||' index.html | sha256sum | cut -c 1-64 | tr a-f A-F | basenc --base16 -d | base64)
sed -i -e "s|LOADER_HASH|'sha256-$hash'|" -e "s|BUILD_ID|$build|" index.html

for file in *.wasm *.js; do
    echo "$file: $(wc -c <"$file") bytes, $(gzip -9 <"$file" | wc -c) compressed"
done
