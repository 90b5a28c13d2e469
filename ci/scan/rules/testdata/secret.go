package sample

import (
	"cmp"
	"log"
	"net/http"
	"os"
)

// ruleid: secret-in-code-go
const masterKey = "hunter2hunter2"

// ok: secret-in-code-go
const tokenHeader = "X-Token-2"

type account struct{ Name, Password string }

func accounts() []account {
	// ok: secret-in-code-go
	token := os.Getenv("TOKEN")
	return []account{
		// ruleid: secret-in-code-go
		{Name: "admin", Password: "hunter2hunter2"},
		{Name: "reader", Password: token},
	}
}

func settings() (string, string) {
	// ruleid: secret-with-default-go
	secret := cmp.Or(os.Getenv("JWT_SECRET"), "development")
	// ok: secret-with-default-go
	port := cmp.Or(os.Getenv("PORT"), "8080")
	return secret, port
}

func report(r *http.Request) {
	// ruleid: secret-in-log-go
	log.Printf("starting with %s", os.Getenv("JWT_SECRET"))
	// ruleid: secret-in-log-go
	log.Println("refused", r.Header.Get("Authorization"))
	// ok: secret-in-log-go
	log.Printf("a secret of %d bytes is set", len(os.Getenv("JWT_SECRET")))
	// ok: secret-in-log-go
	log.Println(r.Header.Get("User-Agent"))
}
