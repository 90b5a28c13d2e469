package migration

// SquawkScript runs squawk on the files of the folder $1, with the configuration $1/.squawk.toml if it exists, and writes the
// report to the folder $2. Findings of squawk do not fail the script. squawk does not see the waivers: Waive applies them,
// because only the whole report shows whether a waiver waives anything.
const SquawkScript = `set -eu
mkdir -p "$2" /raw
cd "$1"
[ ! -e .squawk.toml ] || cp .squawk.toml /raw
for file in *.sql; do sed 's/squawk-ignore/squawk_ignore/' "$file" >"/raw/$file"; done
cd /raw
code=0
squawk --reporter json *.sql >"$2/report.json" 2>"$2/output" || code=$?
echo "exit code $code" >>"$2/output"
`
