#!/bin/sh
# Writes the Swift code of protocol/live/client.proto anew, with Debian's protoc and the plugin of the very library version that is used.
set -eu
cd "$(dirname "$0")/../.."
command -v protoc >/dev/null || { echo "protoc is missing: apt-get install protobuf-compiler" >&2; exit 1; }
# The package manager keeps the library's sources, plugin included.
library=.build/checkouts/swift-protobuf
[ -d "$library" ] || swift package resolve
swift build --package-path "$library" --scratch-path .build/protobuf -c release --product protoc-gen-swift
protoc --proto_path=protocol/live --plugin=.build/protobuf/release/protoc-gen-swift \
    --swift_opt=Visibility=Package,UseAccessLevelOnImports=true --swift_out=Sources/Wire/LiveProtobuf client.proto
