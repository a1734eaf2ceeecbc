# Completion of sealift(1) for fish.  The program says which commands, options and values it
# has, without using a network.

# What the program says about the value at the cursor; nothing: it is not one of an option.
function __sealift_value
    set -l typed (commandline -opc)
    set -l current (commandline -ct)

    test (count $typed) -ge 2; or return
    if string match -q -- '-*=*' $current
        set -l option (string replace -r '=.*' '' -- $current)
        for value in ($typed[1] $typed[2] --complete $option 2>/dev/null)
            string match -q '@*' -- $value; and echo $value; or echo $option=$value
        end
    else if test (count $typed) -gt 2; and string match -q -- '-*' $typed[-1]
        string match -q -- '-*' $current
        or $typed[1] $typed[2] --complete $typed[-1] 2>/dev/null
    end
end

function __sealift_words
    set -l typed (commandline -opc)
    set -l program $typed[1]
    set -l value (__sealift_value)

    if test (count $value) -gt 0
        string match -v '@*' -- $value
    else if test (count $typed) -eq 1
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
complete -c sealift -n 'contains -- @text (__sealift_value)' -f
complete -c sealift -a '(__sealift_words)'
