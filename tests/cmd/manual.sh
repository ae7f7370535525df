#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The manual pages: no complaint of mandoc's, every parameter, option and command
# of this lander is in them, and every script section of a kickstart file.
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
names=$(sed -n 's/^  lander\.\([a-z0-9.]*\)=.*/\1/p' "$work/help")
[ "$(wc -l <<<"$names")" -ge 24 ] || fail "few parameters: $names"
for name in $names; do
    has lander.8 "     $name="
done
options=$(sed -n '1,/^Parameters/s/^  \(--[a-z]*\).*/\1/p' "$work/help")
commands=$(sed -n '1,/^Parameters/s/^  \([a-z][a-z-]*\)[ A-Z]*  .*/\1/p' "$work/help")
[ -n "$options" ] && [ -n "$commands" ] || fail "another form of --help"
for word in $options $commands; do
    has lander.8 "     $word"
done
for section in $(grep -ohE "\"%[a-z]{3,}\"" "$project/agent/config/config_script.c" | tr -d "\"" | sort -u); do
    [ "$section" = %end ] || has lander.ks.5 "$section"
done
for call in $("$build/lander-source" 2>&1 | grep -oE 'serve|facts|version' | sort -u); do
    has lander-source.8 "$call"
done
# The statuses of enum error_kind, each in the page.
for status in $(sed -n '/^enum error_kind/,/^}/s/.*ERROR_[A-Z]* = \([0-9]*\),.*/\1/p' \
    "$project/agent/base/error.h"); do
    grep -qE "^     $status +[a-z]" "$work/manual/lander.8.txt" ||
        fail "lander.8 does not say what status $status is"
done
