# Completion of sealift(1) for fish.  The program says which commands and options it has;
# everything else is a file.

function __sealift_words
    set -l typed (commandline -opc)
    set -l program $typed[1]

    if test (count $typed) -eq 1
        $program --complete 2>/dev/null
    else if test "$typed[2]" = help; and test (count $typed) -eq 2
        $program --complete 2>/dev/null
    else if string match -q -- '-*' (commandline -ct)
        $program $typed[2] --complete 2>/dev/null
    else if test (count $typed) -eq 2
        $program $typed[2] --complete 2>/dev/null | string match -v -- '-*'
    end
end

complete -c sealift -n 'test (count (commandline -opc)) -eq 1' -f
complete -c sealift -a '(__sealift_words)'
