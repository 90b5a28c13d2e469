#!/usr/bin/env bash
# Starts PostgreSQL; on an empty data folder first creates the cluster, the user, the database and runs /docker-entrypoint-initdb.d.
set -euo pipefail

[[ ${1-} == -* ]] && set -- postgres "$@"
[[ ${1-} == postgres ]] || exec "$@"

if [[ $(id -u) == 0 ]]; then
	mkdir -p "$PGDATA" /run/postgresql && chown -R postgres:postgres "$PGDATA" /run/postgresql && chmod 700 "$PGDATA"
	exec setpriv --reuid=postgres --regid=postgres --clear-groups env HOME=/var/lib/postgresql "$0" "$@"
fi

# NAME_FILE is read where NAME itself is not set
for name in POSTGRES_PASSWORD POSTGRES_USER POSTGRES_DB POSTGRES_INITDB_ARGS; do
	file=${name}_FILE
	[[ -z ${!name-} && -n ${!file-} ]] && export "$name=$(<"${!file}")"
done
user=${POSTGRES_USER:-postgres} db=${POSTGRES_DB:-${POSTGRES_USER:-postgres}} auth=${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}

if [[ ! -s $PGDATA/PG_VERSION ]]; then
	if [[ -z ${POSTGRES_PASSWORD-} && $auth != trust ]]; then
		echo "start a new database: POSTGRES_PASSWORD is not set; set it, or POSTGRES_HOST_AUTH_METHOD=trust to let everybody in" >&2
		exit 1
	fi
	# shellcheck disable=SC2086 # several arguments in one variable, as the official image takes them
	initdb --username="$user" --auth-host="$auth" --auth-local=trust --pwfile=<(printf '%s\n' "${POSTGRES_PASSWORD-}") ${POSTGRES_INITDB_ARGS-}
	printf '\nhost all all all %s\n' "$auth" >>"$PGDATA/pg_hba.conf"
	pg_ctl --wait --options="-c listen_addresses=''" start # by socket only: nobody mistakes this server for the real one
	sql() { psql --no-psqlrc --set ON_ERROR_STOP=1 --username="$user" "$@"; }
	[[ $db == postgres ]] || sql --dbname postgres --set "db=$db" <<<'CREATE DATABASE :"db";'
	shopt -s nullglob
	# shellcheck disable=SC1090
	for file in /docker-entrypoint-initdb.d/*; do
		echo "running $file"
		case $file in
		*.sh) if [[ -x $file ]]; then POSTGRES_USER=$user POSTGRES_DB=$db "$file"; else . "$file"; fi ;;
		*.sql) sql --dbname "$db" --file "$file" ;;
		*.sql.gz) gunzip -c "$file" | sql --dbname "$db" ;;
		*) echo "ignoring $file" ;;
		esac
	done
	pg_ctl --wait --mode=fast stop
fi
unset PGPASSWORD
exec "$@"
