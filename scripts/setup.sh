# What ./play and ./test share: puts in place what a fresh Debian machine with only rustup's Rust lacks. Sourced, not run.

TRUNK_VERSION=0.21.14
WASM_BINDGEN_VERSION=0.2.129

fail() {
    echo "$*" >&2
    exit 1
}

# Installs the Debian packages among the arguments that are missing.
need_packages() {
    [ -z "${SKIP_PACKAGES:-}" ] || return 0
    command -v dpkg-query >/dev/null || fail "This is not a Debian system: install what is called $* there, and run this again with SKIP_PACKAGES=1."
    missing=
    for package in "$@"; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
    done
    [ -n "$missing" ] || return 0
    echo "Installing Debian packages:$missing"
    [ "$(id -u)" = 0 ] || fail "That needs root. Run: sudo apt-get install$missing"
    # shellcheck disable=SC2086 # a list of words
    { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing; } ||
        fail "The packages could not be installed. Check the network, then run: apt-get install$missing"
}

# Adds the compiler's wasm target.
need_wasm_target() {
    command -v cargo >/dev/null || fail "Rust is missing. Install it as https://rustup.rs says, then run this again."
    [ -d "$(rustc --print target-libdir --target wasm32-unknown-unknown)" ] && return 0
    echo "Installing Rust's target wasm32-unknown-unknown"
    rustup target add wasm32-unknown-unknown ||
        fail "The target could not be installed. Check the network, then run: rustup target add wasm32-unknown-unknown"
}

# Adds those of the toolchain's components among the arguments that are missing.
need_components() {
    for component in "$@"; do
        cargo "${component#rust}" --version >/dev/null 2>&1 && continue
        echo "Installing Rust's $component"
        rustup component add "$component" || fail "$component could not be installed. Check the network, then run: rustup component add $component"
    done
}

# Builds a cargo program of a version: name, version, program, cargo's further flags. Not optimised: that takes longer than it saves.
need_program() {
    name=$1 version=$2 program=$3
    shift 3
    case " $("$program" --version 2>/dev/null) " in *" $version "*) return 0 ;; esac
    echo "Installing $name $version (a few minutes)"
    CARGO_PROFILE_DEV_DEBUG=0 cargo install --debug --locked --force "$name@$version" "$@" ||
        fail "$name could not be built. Check the network, then run: cargo install --locked $name@$version"
}

# What a build of the page needs: a compiler and linker for build scripts, the target, Trunk and wasm-bindgen, the crates.
need_build_tools() {
    export PATH="${CARGO_HOME:-$HOME/.cargo}/bin:$PATH"
    need_packages build-essential
    need_wasm_target
    need_program trunk $TRUNK_VERSION trunk --no-default-features
    need_program wasm-bindgen-cli $WASM_BINDGEN_VERSION wasm-bindgen
    cargo fetch --locked --quiet || fail "The crates could not be fetched. Check the network, then run: cargo fetch --locked"
}
