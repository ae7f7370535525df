# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# What the benchmarks make of their rounds: $mem/NAME.log has a line of numbers
# for each, the same ones in the same order.
: "${mem:?}"

# column NAME N: the median of a column
column()
{
    sort -n -k "$2" "$mem/$1.log" | awk -v c="$2" \
        '{v[NR] = $c} END {print v[int((NR + 1) / 2)]}'
}

# ratio A B COLUMN: median of A / B, round by round, three numbers a line
ratio()
{
    paste -d ' ' "$mem/$1.log" "$mem/$2.log" |
        awk -v c="$3" '{print $c / ($(c + 3) + 1e-6)}' | sort -n |
        awk '{v[NR] = $1} END {printf "%.3f", v[int((NR + 1) / 2)]}'
}
