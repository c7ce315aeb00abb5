#!/bin/sh
# Builds the release program unless it is newer than everything that it is made of.
set -eu
cd "$(dirname "$0")/../.."
program=.build/release/cohort
stamp=.build/release/.cohort-built

if [ -x "$program" ] && [ -e "$stamp" ] \
    && [ -z "$(find Sources Package.swift Package.resolved -newer "$stamp" -print -quit 2>/dev/null)" ]; then
    exit 0
fi
echo "building in release mode (the first time takes some minutes)"
# The time is taken before: what changes meanwhile is built next time.
mkdir -p .build
touch .build/.began
swift build -c release --product cohort
mv .build/.began "$stamp"
