# Completion of sealift(1) for bash.  The program says which commands, options and values it
# has, without using a network.

# The option whose value is completed, in $option, and what is typed of the value, in $cur.
_sealift_value()
{
    local before=$((COMP_CWORD - 1))

    if [[ $cur == -*=* ]]; then
        option=${cur%%=*} cur=${cur#*=} prefix="$option="
    elif [[ $cur == = ]]; then # readline makes a word of it
        option=${COMP_WORDS[before]} cur=
    elif [[ ${COMP_WORDS[before]} == = ]]; then
        option=${COMP_WORDS[before - 1]}
    elif [[ ${COMP_WORDS[before]} == -* && $cur != -* ]]; then
        option=${COMP_WORDS[before]}
    fi
    [[ $option == -* ]]
}

_sealift()
{
    local program=${COMP_WORDS[0]} verb=${COMP_WORDS[1]} cur=${COMP_WORDS[COMP_CWORD]}
    local option='' prefix='' words=''

    if [ "$COMP_CWORD" -gt 2 ] && _sealift_value; then
        words=$("$program" "$verb" --complete "$option" 2>/dev/null)
        case $words in
        *@files) return ;; # by "-o default" below
        *@folders)
            COMPREPLY=($(compgen -P "$prefix" -d -- "$cur"))
            compopt -o filenames
            return
            ;;
        *@text)
            COMPREPLY=($(compgen -P "$prefix" -W "${words%@text}" -- "$cur"))
            compopt +o default
            return
            ;;
        esac
    fi
    if [ "$COMP_CWORD" -eq 1 ]; then
        words=$("$program" --complete 2>/dev/null)
    elif [[ $cur == -* ]]; then
        words=$("$program" "$verb" --complete 2>/dev/null)
    elif [ "$verb" = help ] && [ "$COMP_CWORD" -eq 2 ]; then
        words=$("$program" --complete 2>/dev/null)
    elif [ "$COMP_CWORD" -eq 2 ]; then
        words=$("$program" "$verb" --complete 2>/dev/null | grep -v '^-')
    else
        COMPREPLY=() # files
        return
    fi
    COMPREPLY=($(compgen -W "$words" -- "$cur"))
    # An option that takes a value ends in '=': the value follows at once.
    [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *= ]] && compopt -o nospace
}

complete -o default -F _sealift sealift
