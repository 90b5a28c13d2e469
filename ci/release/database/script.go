package database

import (
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/renewa/pipeline/ci/config/pipeline"
)

// script returns SQL for psql that makes the roles and the database unless they exist. The owner may change the schema;
// the user may only read and write rows, also of tables that the owner will make.
func script(db pipeline.Database, roles []Role) (string, error) {
	var b strings.Builder
	for _, r := range roles {
		verifier, err := scram(r.Password.Reveal())
		if err != nil {
			return "", err
		}
		login(&b, r.Name, verifier)
	}
	rights(&b, db)
	return b.String(), nil
}

// login makes a role unless it exists, and sets its password: in plain text, or in the form that Postgres stores.
func login(b *strings.Builder, name, password string) {
	fmt.Fprintf(b, "SELECT format('CREATE ROLE %%I LOGIN', %[1]s) WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = %[1]s) \\gexec\n", literal(name))
	fmt.Fprintf(b, "ALTER ROLE %s PASSWORD %s;\n", identifier(name), literal(password))
}

// rights makes the database unless it exists, and grants the rights of each role.
func rights(b *strings.Builder, db pipeline.Database) {
	fmt.Fprintf(b, "SELECT format('CREATE DATABASE %%I OWNER %%I', %[1]s, %[2]s) WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = %[1]s) \\gexec\n", literal(db.Name), literal(db.Owner))
	fmt.Fprintf(b, `\connect %[1]s
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO %[3]s;
ALTER DEFAULT PRIVILEGES FOR ROLE %[2]s GRANT USAGE ON SCHEMAS TO %[3]s;
ALTER DEFAULT PRIVILEGES FOR ROLE %[2]s GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO %[3]s;
ALTER DEFAULT PRIVILEGES FOR ROLE %[2]s GRANT USAGE, SELECT ON SEQUENCES TO %[3]s;
`, identifier(db.Name), identifier(db.Owner), identifier(db.User))
}

func literal(s string) string    { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
func identifier(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

// scram returns a password in the form that Postgres stores (RFC 5803). Sent in place of the password, this form keeps
// the password out of the server's log and statistics.
func scram(password string) (string, error) {
	const rounds = 4096
	salt := make([]byte, 16)
	if _, err := rand.Read(salt); err != nil {
		return "", err
	}
	salted, err := pbkdf2.Key(sha256.New, password, salt, rounds, sha256.Size)
	if err != nil {
		return "", fmt.Errorf("the password cannot be hashed: %w", err)
	}
	mac := func(text string) []byte {
		h := hmac.New(sha256.New, salted)
		h.Write([]byte(text))
		return h.Sum(nil)
	}
	stored := sha256.Sum256(mac("Client Key"))
	b64 := base64.StdEncoding.EncodeToString
	return fmt.Sprintf("SCRAM-SHA-256$%d:%s$%s:%s", rounds, b64(salt), b64(stored[:]), b64(mac("Server Key"))), nil
}
