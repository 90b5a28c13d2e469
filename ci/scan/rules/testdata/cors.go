package sample

import "net/http"

func wrong(w http.ResponseWriter, r *http.Request) {
	// ruleid: cors-any-origin-go
	w.Header().Set("Access-Control-Allow-Origin", "*")
	// ruleid: cors-any-origin-go
	w.Header().Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
}

func right(w http.ResponseWriter) {
	// ok: cors-any-origin-go
	w.Header().Set("Access-Control-Allow-Origin", "https://shop.example")
}
