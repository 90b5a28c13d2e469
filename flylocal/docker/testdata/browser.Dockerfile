FROM debian:trixie-slim
RUN apt-get update && apt-get install -y --no-install-recommends chromium chromium-driver fonts-dejavu-core && rm -rf /var/lib/apt/lists/*
