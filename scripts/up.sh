#!/bin/sh
# Brings up what is missing: docker and dagger (bare machines), flylocal, its token, example secrets, .env.
set -eu
# shellcheck source=scripts/lib.sh
. "$(dirname -- "$0")/lib.sh"
cd "$root"
dotenv
machine
engine

# socket prints the path of Docker's socket for a container: on Linux the path here, elsewhere the path inside Docker's VM.
socket() {
  address=${DOCKER_HOST:-$(docker context inspect --format '{{.Endpoints.docker.Host}}')}
  case $(uname) in
    Linux) echo "${address#unix://}" ;;
    *) echo /var/run/docker.sock ;;
  esac
}
case ${DOCKER_HOST:-unix://} in
  unix://*) ;;
  *) die "flylocal starts its machines through Docker's socket, and DOCKER_HOST is not a unix:// address: $DOCKER_HOST" ;;
esac

image() { docker image inspect --format '{{.Id}}' "flylocal:$port" 2>/dev/null || true; }
running() { docker inspect --format '{{.State.Running}} {{.Image}}' "$name" 2>/dev/null || true; }

say "flylocal: building, unless it is built"
quietly "building flylocal (usually 10 s, 90 s when nothing is cached)" call --progress=dots flylocal export-image --name "flylocal:$port" >/dev/null

if [ "$(running)" != "true $(image)" ]; then
  say "flylocal: starting $name on 127.0.0.1:$port"
  docker rm -f "$name" >/dev/null 2>&1 || true
  docker volume create --label "flylocal=$port" "$name" >/dev/null
  docker run -d --name "$name" --label "flylocal=$port" --restart unless-stopped \
    -p "127.0.0.1:$port:4280" -e "FLYLOCAL_PORT=$port" -v "$name:/state" -v "$(socket):/var/run/docker.sock" \
    "flylocal:$port" >/dev/null || {
    docker rm -f "$name" >/dev/null 2>&1 || true
    die "flylocal did not start. Is port $port taken? Another one: FLYLOCAL_PORT=4281 make up"
  }
  prune_replaced
fi
start_progress "starting flylocal (usually 2 s)"
tries=0
until docker exec "$name" /flylocal ping >/dev/null 2>&1; do
  tries=$((tries + 1))
  [ "$tries" -lt 100 ] || { stop_progress; die "flylocal does not answer to $tries calls. Its log: docker logs $name"; }
  sleep 0.2
done
stop_progress

mkdir -p "$state"
chmod 700 "$state"
umask 077
write_whole() { # file: its new content comes from stdin, all or nothing
  cat >"$1.new"
  mv "$1.new" "$1"
}
docker exec "$name" /flylocal token --scope org | write_whole "$token"

# Example secrets for renewa, one set per environment, made once. README, "Where things are", names the file.
random() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }
secrets_of() { # environment, database
  cat <<JSON
  "$1": {
    "DATABASE_URL": "postgres://renewa_app:$(random)@$2.internal:5432/renewa",
    "DATABASE_URL_MIGRATION": "postgres://renewa_owner:$(random)@$2.internal:5432/renewa",
    "JWT_SECRET": "$(random)",
    "ENCRYPTION_MASTER_KEY": "$(random)"
  }
JSON
}
if [ ! -f "$secrets" ]; then
  {
    echo "{"
    secrets_of development renewa-db && echo ","
    secrets_of staging renewa-db-staging && echo ","
    secrets_of production renewa-db-production
    echo "}"
  } | write_whole "$secrets"
fi

if [ ! -f .env ]; then
  write_whole .env <<ENV
# The target of a bare \`dagger call\` here, written by \`make up\`. Never committed; see .env.example.
PIPELINE_FLY=tcp://127.0.0.1:$port
PIPELINE_TOKEN=file://$token
PIPELINE_SECRETS=file://$secrets
ENV
  say ".env: written, refers to flylocal"
elif ! grep -q "tcp://127.0.0.1:$port" .env; then
  say ".env: yours, left as it is; it does not name this flylocal (tcp://127.0.0.1:$port), so a bare \`dagger call\` does not use it"
fi
if in_lab && grep -q "written by .make up." .env && ! grep -q '^PIPELINE_ADVISORIES=' .env; then
  echo "PIPELINE_ADVISORIES=$advisories" >>.env # the scans reach no other server from a lab machine
fi
say "flylocal: up, http://127.0.0.1:$port"
