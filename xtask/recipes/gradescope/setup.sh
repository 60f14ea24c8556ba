#!/usr/bin/env bash
# Gradescope runs this once, when it builds the image: everything is compiled, and a reference without full marks fails.
set -euo pipefail
source=${AUTOGRADER:-/autograder}/source
. "$source/config"
if ! command -v cargo >/dev/null; then
    apt-get update && apt-get install -y --no-install-recommends build-essential ca-certificates curl
    curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh -s -- -y --profile minimal
    . "$HOME/.cargo/env"
fi
cd "$source/repository"
cargo xtask grade --solutions --lab "$LAB" --out "$(mktemp -d)"
