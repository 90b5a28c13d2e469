package sample

import (
	"net/http"
	"os"
)

var suppliers = map[string]string{"acme": "https://acme.example/status"}

func wrong(w http.ResponseWriter, r *http.Request) {
	// ruleid: fetch-from-request-go
	_, _ = http.Get(r.FormValue("webhook"))
	// ruleid: file-from-request-go
	_, _ = os.ReadFile("/app/files/" + r.PathValue("file"))
	// ruleid: redirect-from-request-go
	http.Redirect(w, r, r.URL.Query().Get("next"), http.StatusSeeOther)
}

func right(w http.ResponseWriter, r *http.Request, files *os.Root) {
	// ok: fetch-from-request-go
	_, _ = http.Get(suppliers[r.FormValue("supplier")])
	// ok: fetch-from-request-go
	_, _ = http.Get("https://acme.example/contracts/" + r.PathValue("id"))
	// ok: file-from-request-go
	_, _ = files.ReadFile(r.PathValue("file"))
	// ok: redirect-from-request-go
	http.Redirect(w, r, "/signed-in", http.StatusSeeOther)
	// ok: redirect-from-request-go
	http.Redirect(w, r, "https://acme.example"+r.URL.RequestURI(), http.StatusPermanentRedirect)
}
