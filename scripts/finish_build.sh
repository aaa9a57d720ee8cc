#!/bin/sh
# Trunk's post_build hook: shrinks the wasm (more so where wasm-opt is installed) and the scripts, names the build, and lets the page's policy
# accept its loader.
set -eu
cd "$TRUNK_STAGING_DIR"

if command -v wasm-opt >/dev/null; then
    for file in *_bg.wasm; do
        # A function that is called once stays one: a browser compiles it well only after it was called often, and never while it runs.
        wasm-opt -O3 --one-caller-inline-max-function-size=100 "$file" -o "$file.opt" && mv "$file.opt" "$file"
        # Debian 12's version writes every exported table as number 0; wasm-bindgen's table of objects is number 1.
        case $(wasm-opt --version) in
        *" 108"*) LC_ALL=C sed -i 's/\(__wbindgen_externrefs\x01\)\x00/\1\x01/' "$file" ;;
        esac
    done
fi

pack() {
    cargo run --quiet --locked --offline --release --manifest-path "$TRUNK_SOURCE_DIR/Cargo.toml" -p descent-tools --bin pack -- "$@"
}
for file in *_bg.wasm; do
    pack "${file%_bg.wasm}.js" "$file"
done
pack style-*.css

# Trunk has named the page's files by what they were before: whatever makes them other files gives them another name.
for stem in app style; do
    old=$(ls $stem-* | head -n 1 | sed 's/[._].*//')
    new=$stem-$(cat "$old"* | sha256sum | cut -c 1-16)
    for file in "$old"*; do
        mv "$file" "$new${file#"$old"}"
    done
    sed -i "s|$old|$new|g" index.html "$new".*s*
done

# The worker's files keep their names from build to build, so every address carries the build: no cache can mix two of them.
build=$(cat worker.js worker_bg.wasm | sha256sum | cut -c 1-16)
sed -i "s|'./worker.js'|'./worker.js?v=$build'|" worker_loader.js
sed -i "s|'worker_bg.wasm'|'worker_bg.wasm?v=$build'|" worker.js

# The policy allows one inline script by the hash of what stands between its tags, to the byte.
tag='<script type="module">'
hash=$(sed -n "\|$tag|,\|</script>|p" index.html | sed -e "1s|.*$tag||" -e '$s|</script>.*||' | head -c -1 |
    sha256sum | cut -c 1-64 | tr a-f A-F | basenc --base16 -d | base64)
sed -i -e "s|LOADER_HASH|'sha256-$hash'|" -e "s|BUILD_ID|$build|" index.html

for file in *.wasm *.js; do
    echo "$file: $(wc -c <"$file") bytes, $(gzip -9 <"$file" | wc -c) compressed"
done
