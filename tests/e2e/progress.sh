#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# progress.sh - output on terminals, in logs and for scripts.

# shellcheck source=tests/lib/e2e.sh
. "$(dirname "$0")/../lib/e2e.sh"
is_quick && skip_all "quick run"

must start_registry source
must start_registry target
must fill source shapes --only index --only chart
must make_key signer
references source >"$work/list"
target=$(address_of target)
bundle=$work/b.tar

run_export() {
    sealift export --force -o "$bundle" --key "$work/signer.key" -f "$work/list" "$@"
}
run_verify() {
    sealift verify --key "$work/signer.pub" "$bundle" "$@"
}
run_import() {
    sealift import --key "$work/signer.pub" "$bundle" "$target" "$@"
}
run_inspect() {
    sealift inspect "$bundle" "$@"
}
is_json() {
    python3 -c 'import json, sys
assert isinstance(json.load(open(sys.argv[1])), dict)' "$1"
}
is_plain() {
    ! grep -q "$(printf '[\r\033]')" "$1"
}
# Each line an object of its own.
is_json_lines() {
    python3 -c 'import json, sys
lines = open(sys.argv[1]).read().splitlines()
assert lines
for line in lines: assert isinstance(json.loads(line), dict)' "$1"
}

# undocumented FILE: members of its events that sealift-events(5) lacks.
undocumented() {
    python3 - "$1" "$abs_top_srcdir/docs/man/sealift-events.5.scd" <<'PYTHON'
import json, re, sys
members, names = {}, []
for line in open(sys.argv[2], encoding="utf-8"):
    if line.startswith("## "):
        names = line[3:].strip().split(", ")
    elif line.startswith("*"):
        for name in names:
            members.setdefault(name, set()).update(re.findall(r"\*(\w+)\*", line))
for line in open(sys.argv[1], encoding="utf-8"):
    event = json.loads(line)
    for member in set(event) - members[event["event"]] - {"event"}:
        print(event["event"], member)
PYTHON
}

for verb in export verify import inspect; do
    expect 0 "$verb" "run_$verb"
    check "$verb writes no control characters on stdout" is_plain "$out"
    check "no control characters on stderr either" is_plain "$err"

    expect 0 "$verb -q" "run_$verb" -q
    check_equal "-q prints nothing on stderr" "" "$(cat "$err")"

    expect 0 "$verb --json" "run_$verb" --json
    check "--json prints one JSON object" is_json "$out"

    expect 0 "$verb --json --report" "run_$verb" --json --report "$work/report"
    check "the report equals the output" cmp "$out" "$work/report"
    expect 0 "$verb --report alone" "run_$verb" --report "$work/report.$verb"
    check "the report alone is JSON" is_json "$work/report.$verb"
done

for verb in export verify import; do
    expect 0 "$verb --progress json" "run_$verb" --progress json
    check "--progress json prints JSON lines on stderr" is_json_lines "$err"
    check_equal "the last event is the summary" \
        '{"event":"summary","command":"'"$verb"'","ok":true,"exit":0}' "$(tail -n 1 "$err")"
    check_equal "events have the members of the manual" "" "$(undocumented "$err")"
    expect 0 "$verb --progress plain" "run_$verb" --progress plain
    check "--progress plain prints lines" is_plain "$err"
    expect 0 "$verb --progress none" "run_$verb" --progress none
    check "--progress none prints no control characters" is_plain "$err"
done
expect 2 "refuses an unknown value of --progress" run_verify --progress loud
check_equal "no temporary report is left" "b.tar" \
    "$(cd "$work" && find . -maxdepth 1 -name 'b.tar*' | cut -c3-)"

# On a terminal there is something to see.
on_terminal() {
    python3 - "$SEALIFT" verify --key "$work/signer.pub" "$@" "$bundle" \
        >"$work/screen" <<'PYTHON'
import os, pty, sys
sys.stdout.flush()
status = pty.spawn(sys.argv[1:], lambda fd: os.read(fd, 65536), lambda fd: b"")
sys.exit(os.waitstatus_to_exitcode(status))
PYTHON
}
has_terminals() {
    python3 -c 'import os; os.openpty()' 2>/dev/null
}
if has_terminals; then
    check "verify succeeds on a terminal" on_terminal --progress tty
    check_not "progress moves the cursor on a terminal" is_plain "$work/screen"
    check "verify -q succeeds on a terminal" on_terminal -q
    check "-q does not move the cursor" sh -c '! grep -q "$(printf "\033")" "$1"' - "$work/screen"
    # The state is coloured on a terminal, and nowhere else; NO_COLOR and TERM refuse that.
    green=$(printf '\033[32mOK\033[0m: ')
    red=$(printf '\033[3')
    TERM=xterm NO_COLOR='' on_terminal --progress none
    check "the state is green on a terminal" grep -qF "$green" "$work/screen"
    TERM=xterm NO_COLOR=1 on_terminal --progress none
    check_not "no colour with NO_COLOR" grep -qF "$red" "$work/screen"
    check "the state is the same word" grep -q '^OK: ' "$work/screen"
    TERM=dumb on_terminal --progress none
    check_not "no colour on a dumb terminal" grep -qF "$red" "$work/screen"
    TERM=xterm on_terminal --progress none --json
    check_not "no colour in JSON" grep -qF "$red" "$work/screen"
    TERM=xterm expect 0 "verify into a pipe succeeds" run_verify
    check_not "no colour in a pipe" grep -qF "$red" "$out"
else
    skip "progress is shown on a terminal" "no pseudo-terminals here (/dev/pts)"
fi

# Failures are for scripts too.
expect 7 "a failed verify --json exits with its kind" sealift verify --json "$bundle"
check "--json prints one JSON object" is_json "$out"
check_equal "the result has the kind" trust "$(field "$out" 'd["error"]["kind"]')"
check_equal "the result has the reason" no-trust "$(field "$out" 'd["error"]["reason"]')"
check "the message is on stderr too" grep -q '^sealift: verify: ' "$err"
# summary STATUS ID COMMAND WORD...: the last event of a command that fails.
summary() {
    want="$1 $2 $3"
    status=$1
    shift 2
    expect "$status" "$* fails" sealift "$@"
    check "$*: events only" is_json_lines "$err"
    check_equal "$*: ends with a summary" "$want" \
        "$(tail -n 1 "$err" | python3 -c '
import json, sys
e = json.load(sys.stdin)
assert e["event"] == "summary" and not e["ok"]
print(e["exit"], e["error"]["id"], e["command"])')"
}
summary 7 trust.no-trust verify --progress json "$bundle"
summary 2 usage verify --progress json
summary 2 usage verify --progress=json --no-such-option "$bundle"
summary 2 usage no-such-command --progress json
summary 2 usage verify --progress json --jobs 0 "$bundle"
expect 9 "a failed export --json exits with its kind" \
    sealift export --json --unsigned -o "$work/x.tar" "$(address_of source)/charts/shop:9"
check_equal "the result has the kind of failure" not-found "$(field "$out" 'd["error"]["kind"]')"

done_testing
