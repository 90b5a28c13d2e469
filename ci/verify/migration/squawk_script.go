package migration

// SquawkScript has squawk report on the files of $1, by its configuration in $1/.squawk.toml if there is one, into the
// folder $2. It succeeds whatever squawk says. Waivers are hidden from squawk: a report without what was waived cannot
// tell whether a waiver still waives something.
const SquawkScript = `set -eu
mkdir -p "$2" /raw
cd "$1"
[ ! -e .squawk.toml ] || cp .squawk.toml /raw
for file in *.sql; do sed 's/squawk-ignore/squawk_ignore/' "$file" >"/raw/$file"; done
cd /raw
code=0
squawk --reporter json *.sql >"$2/report.json" 2>"$2/said" || code=$?
echo "exit code $code" >>"$2/said"
`
