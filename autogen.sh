#!/bin/sh
# Make ./configure in a git checkout.  Release tarballs have it already.
set -e
cd "$(dirname "$0")"
exec autoreconf --force --install
