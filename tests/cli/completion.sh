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
        compset() { words[CURRENT]=${words[CURRENT]#*=}; }
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
    check_equal "$shell completes an option with a value" --work-dir= \
        "$($offer sealift export --work)"
    check_equal "$shell completes a flag" --dry-run "$($offer sealift copy --dry)"
    check_equal "$shell completes an action" revoke "$($offer sealift trust rev)"
    check_equal "$shell completes a command after help" export "$($offer sealift help expo)"
    check_equal "$shell completes a value" overwrite "$($offer sealift import --on-existing ov)"
    check_equal "$shell offers all values" "error
overwrite
skip" "$($offer sealift import --on-existing '' | sort)"
    check_equal "$shell completes a value behind =" plain \
        "$($offer sealift export a --progress=pl | sed 's/^--progress=//')"
    check_equal "$shell completes a value of a word or a number" fat32 \
        "$($offer sealift export --volume-size f)"
    check_equal "$shell offers nothing where any text may be" "" \
        "$($offer sealift export --stream verif)"
    check_equal "$shell completes what follows a flag" "" \
        "$($offer sealift export --dry-run verif)"
    check_equal "$shell completes an action of trust" policy "$($offer sealift trust pol)"
    check_equal "$shell offers no command as a file" "" "$($offer sealift inspect verif)"
done

if command -v bash >/dev/null; then
    check_equal "bash completes a value behind = as readline cuts it" overwrite \
        "$(in_bash sealift import --on-existing = ov)"
    check_equal "and without a letter of it" 3 "$(in_bash sealift import --on-existing = | wc -l)"
fi

# values COMMAND OPTION: what the shells are told.
check_equal "an option of a file is told" "@files" "$("$SEALIFT" export --complete --output)"
check_equal "so is its short form" "@files" "$("$SEALIFT" export --complete -o)"
check_equal "and a folder" "@folders" "$("$SEALIFT" verify --complete --trust)"
check_equal "a flag has no value" "" "$("$SEALIFT" export --complete --dry-run)"
check_equal "nor has an unknown word" "" "$("$SEALIFT" export --complete --no-such)"
for command in $("$SEALIFT" --complete); do
    for option in $("$SEALIFT" "$command" --complete | sed -n 's/=$//p'); do
        words=$("$SEALIFT" "$command" --complete "$option" | grep -v '^@' | sort)
        # The manual: "*--option*=*word*|*word*", in the page of the command or the common one.
        page=$(cat "$abs_top_srcdir/docs/man/sealift-$command.1.scd" "$abs_top_srcdir/docs/man/sealift.1.scd" |
            sed -nE "s/^(\*.*, )?\*$option\*=([^,]*).*/\2/p" | head -n 1 | grep -oE '\*[a-z0-9]+\*' | tr -d '*' | sort)
        [ "$words" = "$page" ] || { [ -z "$page" ] && [ -n "$words" ]; } ||
            echo "$command $option: $words, not $page"
    done
done >"$work/differ"
check_equal "values are those of the manual" "" "$(cat "$work/differ")"

done_testing
