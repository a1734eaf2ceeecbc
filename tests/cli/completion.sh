#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# completion.sh - bash, zsh and fish complete commands, actions and options.

# shellcheck source=tests/lib/tap.sh
. "$(dirname "$0")/../lib/tap.sh"
[ -x "$SEALIFT" ] || skip_all "sealift is not built"
PATH=$abs_top_builddir:$PATH
completions=$abs_top_srcdir/docs/completions
HOME=$work
XDG_CONFIG_HOME=$work
XDG_DATA_HOME=$work
export HOME XDG_CONFIG_HOME XDG_DATA_HOME

# in_SHELL WORD...: what the shell offers for the last word, one a line.
in_bash() {
    bash --norc -c '. "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); compopt() { :; }
        _sealift; printf "%s\n" "${COMPREPLY[@]}"' bash "$completions/sealift.bash" "$@"
}
in_zsh() {
    zsh -f -c 'compadd() { while [[ $1 != -- ]]; do shift; done; shift
            for one in "$@"; do [[ $one == $words[CURRENT]* ]] && print -- $one; done }
        _files() { :; }
        file=$1; shift; words=("$@"); CURRENT=$#; . $file' zsh "$completions/_sealift" "$@"
}
in_fish() {
    # shellcheck disable=SC2016 # variables of fish
    fish --no-config -c 'source $argv[1]; complete -C "$argv[2]"' "$completions/sealift.fish" "$*" |
        cut -f 1
}

for shell in bash zsh fish; do
    if ! command -v $shell >/dev/null; then
        skip "$shell completes" "$shell is not installed"
        continue
    fi
    offer=in_$shell
    check_equal "$shell completes a command" "verify
verify-receipt" "$($offer sealift verif | sort)"
    check_equal "$shell completes an option with a value" --platform= \
        "$($offer sealift export --platform= | sed 's/^--platform-.*//' | grep . | head -n 1)"
    check_equal "$shell completes a flag" --dry-run "$($offer sealift copy --dry)"
    check_equal "$shell completes an action" revoke "$($offer sealift trust rev)"
    check_equal "$shell completes a command after help" export "$($offer sealift help expo)"
    check_equal "$shell offers no command as a file" "" "$($offer sealift inspect verif)"
done

done_testing
