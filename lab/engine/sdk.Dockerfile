# Where Dagger modules written in Go are generated and compiled. The context holds codegen and the folder goproxy.
FROM golang:1.26
COPY codegen /usr/local/bin/codegen
COPY goproxy /usr/local/share/goproxy
RUN mkdir -p /go/pkg/mod /root/.cache/go-build
# The answers in goproxy are files: no checksum database is asked about them.
ENV GONOSUMDB=dagger.io/*,github.com/dagger/*
WORKDIR /
