#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Make ./configure in a git checkout.  Release tarballs have it already.
set -e
cd "$(dirname "$0")"
exec autoreconf --force --install
