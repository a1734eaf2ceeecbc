# Completion of sealift(1) for bash.  The program says which commands and options it has;
# everything else is a file.

_sealift()
{
    local cur=${COMP_WORDS[COMP_CWORD]} words

    if [ "$COMP_CWORD" -eq 1 ]; then
        words=$("${COMP_WORDS[0]}" --complete 2>/dev/null)
    elif [[ $cur == -* ]]; then
        words=$("${COMP_WORDS[0]}" "${COMP_WORDS[1]}" --complete 2>/dev/null)
    elif [ "${COMP_WORDS[1]}" = help ] && [ "$COMP_CWORD" -eq 2 ]; then
        words=$("${COMP_WORDS[0]}" --complete 2>/dev/null)
    elif [ "$COMP_CWORD" -eq 2 ]; then
        words=$("${COMP_WORDS[0]}" "${COMP_WORDS[1]}" --complete 2>/dev/null | grep -v '^-')
    else
        COMPREPLY=() # files, by "-o default" below
        return
    fi
    COMPREPLY=($(compgen -W "$words" -- "$cur"))
    # An option that takes a value ends in '=': the value follows at once.
    [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *= ]] && compopt -o nospace
}

complete -o default -F _sealift sealift
