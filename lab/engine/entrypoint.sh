#!/bin/sh
# Trusts the certificate authorities that the CLI mounted, then becomes the engine.
update-ca-certificates >/dev/null 2>&1
exec dagger-engine "$@"
