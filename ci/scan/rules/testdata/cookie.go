package sample

import "net/http"

func wrong(w http.ResponseWriter, id string) {
	// ruleid: cookie-without-flags-go
	http.SetCookie(w, &http.Cookie{Name: "session", Value: id, HttpOnly: true})
}

func right(w http.ResponseWriter, id string) {
	// ok: cookie-without-flags-go
	http.SetCookie(w, &http.Cookie{Name: "session", Value: id, Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode})
}
