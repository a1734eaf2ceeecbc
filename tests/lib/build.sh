# SPDX-License-Identifier: Apache-2.0
# build.sh - from a fresh Debian to a built program, for demo.sh and check.sh.
#
# Needs $top, the folder of the sources, which is only read: everything happens in a copy;
# and $work, a folder for what need not be seen.
# shellcheck shell=sh disable=SC2154

# shellcheck disable=SC2034 # for who sources this
packages_to_build="autoconf automake gcc libc6-dev make pkg-config
    libarchive-dev libcurl4-openssl-dev libjansson-dev libssl-dev libyaml-dev"
# shellcheck disable=SC2034 # for who sources this
packages_to_run="ca-certificates docker-registry skopeo python3 openssl"

# install_missing PACKAGE...: root is needed only when something is missing.
install_missing() {
    if ! command -v dpkg-query >/dev/null 2>&1; then
        echo "Not Debian: required packages are expected to be installed."
        echo "Debian calls it:" "$@"
        return 0
    fi
    for package; do
        shift
        dpkg-query -W -f '${Status}\n' "$package" 2>/dev/null | grep -q 'ok installed$' ||
            set -- "$@" "$package"
    done
    [ $# -gt 0 ] || return 0
    echo "Missing: apt-get install -y --no-install-recommends $*"
    if [ "$(id -u)" -ne 0 ]; then
        echo "Only root can do that. Run that line as root, then start this again." >&2
        return 1
    fi
    DEBIAN_FRONTEND=noninteractive
    export DEBIAN_FRONTEND
    echo "Installing ..."
    { apt-get update -qq && apt-get install -y -qq --no-install-recommends "$@"; } \
        >"$work/apt.log" 2>&1 && return
    tail -n 30 "$work/apt.log" >&2
    return 1
}

# copy_source FOLDER: the sources without anything that a build left between them.
copy_source() {
    mkdir -p "$1" &&
        tar -C "$top" --exclude=./.git --exclude='./_*' --exclude=autom4te.cache \
            --exclude=.deps --exclude='*.o' --exclude='*.a' --exclude='*.log' \
            --exclude='*.trs' -cf - . | tar -C "$1" -xf - &&
        rm -f "$1/config.status" "$1/config.h" "$1/Makefile" "$1/sealift"
}

# workers: how many things this machine can do at once.
workers() {
    nproc 2>/dev/null || echo 2
}
