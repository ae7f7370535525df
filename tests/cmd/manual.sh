#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The manual pages against what they are about: no complaint of mandoc's; every
# parameter with its form and default, option, command and exit status of this
# lander, every section and variable of a kickstart file, every command, option
# and exit status of lander-source; and none that is not there any more.
. "$(dirname "$0")/../lib.sh"
need mandoc

"$project/tools/make-manual" "$build/lander" "$work/manual"
for page in "$work"/manual/*; do
    mandoc -T lint -W warning "$page" || fail "${page##*/}: see above"
    mandoc -T ascii "$page" | sed 's/.\x08//g' >"$page.txt"
done

has()
{
    grep -qF -- "$2" "$work/manual/$1.txt" || fail "$1 does not say $2"
}

"$build/lander" --help >"$work/help"
for command in '' check inspect files; do
    # shellcheck disable=SC2086 # none, or one
    "$build/lander" $command --help >"$work/wide" || fail "$command --help"
    ! grep -nE '.{80}' "$work/wide" || fail "$command --help is wider than a screen"
done
names=$(sed -n 's/^  lander\.\([a-z0-9.]*\)=.*/\1/p' "$work/help")
[ "$(wc -l <<<"$names")" -ge 24 ] || fail "few parameters: $names"
for name in $names; do
    has lander.8 "     $name="
done
# As the page has them, one for one: form and default are those of the table.
sed -n 's/^  lander\.//p' "$work/help" >"$work/forms"
sed -n 's/^\.It Cm \(.*\) Ns = Ns Ar /\1=/p' "$work/manual/lander.8" |
    sed 's/\\&//g' >"$work/forms.page"
diff "$work/forms" "$work/forms.page" || fail "lander.8 has other parameters"
# --explain knows the same ones.
"$build/lander" --explain | sed -n 's/^lander: lander\.\([a-z0-9.]*\) .*/\1/p' >"$work/explained"
diff <(echo "$names") "$work/explained" || fail "--explain has other parameters than --help"
options=$(sed -n '1,/^Parameters/s/^  \(--[a-z]*\).*/\1/p' "$work/help")
commands=$(sed -n '1,/^Parameters/s/^  \([a-z][a-z-]*\)[ A-Z]*  .*/\1/p' "$work/help")
[ -n "$options" ] && [ -n "$commands" ] || fail "another form of --help"
for word in $options $commands; do
    has lander.8 "     $word"
done
# What main() takes, and what the others of its room take.
known=$(grep -ohE '(argv\[1\], |strcmp\(name, |^	\{)"[a-z-]+"|, \{"[a-z]+", order_' "$project"/agent/main.c \
    "$project"/agent/run/control_order.c | grep -o '"[a-z-]*"' | tr -d '"' | sort -u)
[ "$(wc -l <<<"$known")" -ge 9 ] || fail "few commands: $known"
for word in $known; do
    grep -qx "$word" <<<"$commands" || fail "--help does not say $word"
done
page_commands()
{
    sed -n '/^\.Sh COMMANDS/,/^\.Sh PARAM/s/^\.It Cm \([a-z-]*\).*/\1/p' "$work/manual/lander.8"
}
diff <(sort <<<"$commands") <(page_commands | sort) || fail "lander.8 has other commands"
synopsis=$(sed -n '/^SYNOPSIS/,/^DESCRIPTION/p' "$work/manual/lander.8.txt")
for word in $options $commands; do
    grep -qE -- "(^|[ [])$word" <<<"$synopsis" || fail "SYNOPSIS does not say $word"
done
for command in check inspect; do
    words=$("$build/lander" $command --help 2>&1 | grep -oE -- '--[a-z]+' | sort -u)
    [ -n "$words" ] || fail "$command --help has another form"
    for word in $words; do
        has lander.8 "$word"
    done
done

for section in $(grep -ohE "\"%[a-z]{3,}\"" "$project/agent/config/config_script.c" | tr -d "\"" | sort -u); do
    [ "$section" = %end ] || has lander.ks.5 "$section"
done
has lander.ks.5 %include
# None too many, either.
for section in $(grep -oE '%[a-z]+' "$work/manual/lander.ks.5.txt" | sort -u); do
    [ "$section" = %end ] ||
        grep -q "\"$section\"" "$project"/agent/config/{config_script,kickstart}.c ||
        fail "lander.ks.5 tells of $section"
done
diff <(grep -ohE '"LANDER_[A-Z]+=' "$project"/agent/run/livescript.c "$project"/agent/guest/{script,firstboot}.c |
    grep -oE 'LANDER_[A-Z]+' | sort -u) \
    <(grep -oE 'LANDER_[A-Z]+' "$work/manual/lander.ks.5.txt" | sort -u) ||
    fail "lander.ks.5 has other variables"

source=$build/lander-source
calls=$(grep -oE 'text_equal\(what, "[a-z-]+"' "$project/tools/lander-source/serve.c" | grep -oE '[a-z-]+"' | tr -d '"' | sort -u)
[ "$(wc -l <<<"$calls")" -ge 4 ] || fail "few calls: $calls"
diff <(echo "$calls") <(sed -n 's/^\.It Cm \([a-z-]*\).*/\1/p' "$work/manual/lander-source.8" | sort) ||
    fail "lander-source.8 has other commands"
for word in $(grep -oE 'text_equal\(\*argument, "--[a-z]+"' "$project/tools/lander-source/serve.c" | grep -oE -- '--[a-z]+'); do
    has lander-source.8 "$word"
done
# Its statuses, as it really gives them.
# ends STATUS WORD…: with this on standard input
ends()
{
    local want=$1 status=0

    shift
    "$source" "$@" >"$work/out" 2>&1 || status=$?
    [ "$status" = "$want" ] || fail "lander-source $*: status $status, not $want"
    grep -qE "^     $want +[a-z]" "$work/manual/lander-source.8.txt" ||
        fail "lander-source.8 does not say what status $want is"
}
ends 0 version </dev/null
ends 0 facts </dev/null
ends 0 serve </dev/null
ends 1 serve < <(printf 'abc')
ends 2 serve < <(head -c 100 /dev/zero | tr '\0' x)
ends 3 </dev/null
ends 3 serve --frobnicate </dev/null
# The statuses of enum error_kind, each in the page.
for status in $(sed -n '/^enum error_kind/,/^}/s/.*ERROR_[A-Z]* = \([0-9]*\),.*/\1/p' \
    "$project/agent/base/error.h"); do
    grep -qE "^     $status +[a-z]" "$work/manual/lander.8.txt" ||
        fail "lander.8 does not say what status $status is"
done
