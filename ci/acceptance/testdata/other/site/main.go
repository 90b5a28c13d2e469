// Guestbook greets.
package main

import (
	"fmt"
	"net/http"
	"os"
)

func greet(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, os.Getenv("GREETING")) }

func main() {
	http.HandleFunc("/", greet)
	if err := http.ListenAndServe("[::]:3000", nil); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
