// Web answers with the args of its build, the hash of the secret, and the files of the context.
package main

import (
	"fmt"
	"net/http"
	"os"
	"time"
)

var greeting string

func main() {
	http.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		licence, _ := os.ReadFile("/licence")
		files, _ := os.ReadFile("/files")
		fmt.Fprintf(w, "%s\n%s%s", greeting, licence, files)
	})
	server := &http.Server{Addr: "[::]:3000", ReadHeaderTimeout: 10 * time.Second}
	if err := server.ListenAndServe(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
