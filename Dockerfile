# The app in one image: nginx with the page, the backend, and the program that migrates the
# database. The build context is renewa-one:
#
#   DOCKER_BUILDKIT=1 docker build -f Dockerfile renewa-one
#
# Inputs of big stages are mounted rather than copied: Dagger checksums a stage's whole file
# system after every COPY, and a mount leaves nothing in a layer.

FROM oven/bun:1.4.5-slim AS bun

FROM bun AS deps
WORKDIR /src
RUN --mount=type=bind,source=package.json,target=package.json \
    --mount=type=bind,source=bun.lock,target=bun.lock \
    --mount=type=cache,target=/root/.bun/install/cache \
    bun install --frozen-lockfile

FROM deps AS frontend-build
RUN --mount=type=bind,source=package.json,target=package.json \
    --mount=type=bind,source=tsconfig.json,target=tsconfig.json \
    --mount=type=bind,source=vite.config.ts,target=vite.config.ts \
    --mount=type=bind,source=shared,target=shared \
    --mount=type=bind,source=frontend,target=frontend \
    bun --bun run build:frontend

FROM deps AS backend-build
RUN --mount=type=bind,source=package.json,target=package.json \
    --mount=type=bind,source=tsconfig.json,target=tsconfig.json \
    --mount=type=bind,source=shared,target=shared \
    --mount=type=bind,source=backend,target=backend \
    bun run build:backend

FROM golang:1.26 AS migrate-build
WORKDIR /src
RUN --mount=type=bind,source=migrate,target=/src \
    --mount=type=cache,target=/go/pkg/mod \
    --mount=type=cache,target=/root/.cache/go-build \
    CGO_ENABLED=0 GOOS=linux go build -trimpath -buildvcs=false -ldflags="-s -w" -o /out/migrate .

# The migrator and the migrations as shipped. Trials of migrations run this stage, without the app.
FROM debian:trixie-slim AS migrator
WORKDIR /app
RUN --mount=type=bind,from=migrate-build,source=/out/migrate,target=/mnt/migrate \
    install -m 755 /mnt/migrate .
RUN --mount=type=bind,source=migrations,target=/mnt/migrations \
    cp -r /mnt/migrations . && chmod -R a+rX migrations

# The files that change most rarely come first.
FROM debian:trixie-slim AS production
RUN apt-get update \
    && apt-get install -y --no-install-recommends nginx-light supervisor tini \
    && rm -rf /var/lib/apt/lists/* /var/log/* /var/cache/* \
    && useradd --uid 1000 --user-group --no-create-home --home-dir /tmp --shell /usr/sbin/nologin app
RUN --mount=type=bind,from=bun,source=/usr/local/bin/bun,target=/mnt/bun \
    install -D -m 755 /mnt/bun /usr/local/bin/bun
RUN --mount=type=bind,from=migrator,source=/app/migrate,target=/mnt/migrate \
    install -D -m 755 /mnt/migrate /app/migrate
RUN --mount=type=bind,source=container,target=/mnt/container \
    --mount=type=bind,source=seed,target=/mnt/seed \
    cp -r /mnt/container /mnt/seed /app/ && chmod -R a+rX /app/container /app/seed
RUN --mount=type=bind,from=migrator,source=/app/migrations,target=/mnt/migrations \
    cp -r /mnt/migrations /app/
RUN --mount=type=bind,from=frontend-build,source=/src/dist/public,target=/mnt/public \
    cp -r /mnt/public /app/ && chmod -R a+rX /app/public
RUN --mount=type=bind,from=backend-build,source=/src/dist,target=/mnt/dist \
    install -m 644 /mnt/dist/server.js /mnt/dist/smoke.js /app/

WORKDIR /app
USER 1000:1000
# The build sets this to the commit.
ENV APP_REVISION=unknown HOME=/tmp
# The command that checks whether the image works, for the pipeline and for anyone who runs the image.
LABEL pipeline.smoke="bun /app/smoke.js"
EXPOSE 8080
HEALTHCHECK --interval=3s --timeout=2s --start-period=15s --retries=3 CMD ["/app/container/healthy"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["/usr/bin/tini", "--", "/app/container/start"]
CMD []
