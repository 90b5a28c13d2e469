package sample

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"time"
)

func wrong(handler http.Handler) error {
	// ruleid: tls-not-verified-go
	http.DefaultTransport.(*http.Transport).TLSClientConfig = &tls.Config{InsecureSkipVerify: true}
	// ruleid: server-without-timeout-go
	return http.ListenAndServe(":8080", handler)
}

func right(handler http.Handler, roots *x509.CertPool) error {
	// ok: tls-not-verified-go
	http.DefaultTransport.(*http.Transport).TLSClientConfig = &tls.Config{RootCAs: roots}
	// ok: server-without-timeout-go
	server := &http.Server{Addr: ":8080", Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	return server.ListenAndServe()
}
