# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# A program on a terminal that a test looks at and types on, as a person would;
# sourced after lib.sh.
#
#   on_screen CMD…     starts it on a terminal of $columns by $rows (80 by 24)
#                      that calls itself $kind (xterm)
#   screen             what is on it now, as text
#   shows TEXT [SECONDS]   waits for TEXT (30)
#   keys KEY…          Enter, Tab, Up, Down, Escape, C-u …
#   typed TEXT         letter by letter
#   resized COLUMNS ROWS
#   left STATUS        waits until the program has ended, with STATUS
#   keep NAME          what is on it now, for people: build/screens/NAME.txt
: "${work:?}" "${build:?}" "${project:?}"

columns=80
rows=24
kind=xterm

# A server that is just going would take the next one's clients with it.
starts=0
mux()
{
    "$project/tools/in-root" tmux -f /dev/null -S "$work/mux.$starts" "$@"
}

end_screen()
{
    mux kill-server 2>/dev/null || true
}
at_exit end_screen

on_screen()
{
    end_screen
    starts=$((starts + 1))
    rm -f "$work/left"
    {
        printf 'TERM=%s ' "$kind"
        printf '%q ' "$@"
        printf '2>%q; echo $? >%q; sleep 1000\n' "$work/stderr" "$work/left"
    } >"$work/on_screen"
    mux new-session -d -x $columns -y $rows "sh '$work/on_screen'"
}

screen()
{
    mux capture-pane -p
}

has()
{
    screen | grep -qF -- "$1"
}

shows()
{
    local end=$(($(date +%s) + ${2:-30}))

    until has "$1"; do
        [ "$(date +%s)" -lt "$end" ] ||
            fail "the screen does not show '$1':" "$(screen)"
        sleep 0.1
    done
}

keys()
{
    mux send-keys "$@"
}

typed()
{
    mux send-keys -l -- "$1"
}

resized()
{
    mux resize-window -x "$1" -y "$2"
}

left()
{
    until_true "${2:-60}" test -s "$work/left"
    [ "$(cat "$work/left")" = "$1" ] ||
        fail "it ended with $(cat "$work/left"), not $1: $(cat "$work/stderr")" \
            "$(screen)"
}

keep()
{
    mkdir -p "$build/screens"
    screen >"$build/screens/$1.txt"
}
