#!/bin/sh
# Trunk's post_build hook: names the build, and lets the page's policy accept its loader.
set -eu
cd "$TRUNK_STAGING_DIR"

# The worker's files keep their names from build to build, so the page asks for them with the build in the address: no cache can mix two of them.
build=$(cat worker.js worker_bg.wasm | sha256sum | cut -c 1-16)

# The policy allows one inline script by the hash of what stands between its tags, to the byte.
tag='<script type="\?module"\?>'
hash=$(sed -z -e "s|.*$tag||" -e 's|</script>.*||' index.html | sha256sum | cut -c 1-64 | tr a-f A-F | basenc --base16 -d | base64)
sed -i -e "s|LOADER_HASH|'sha256-$hash'|" -e "s|BUILD_ID|$build|" index.html

# What is compressed is sent as it is by servers that look for it, ours among them.
for file in *.wasm *.js; do
    gzip -9 -k "$file"
    echo "$file: $(wc -c <"$file") bytes, $(wc -c <"$file.gz") compressed"
done
