package sample

import (
	"context"
	"fmt"
	"os/exec"
)

func wrong(ctx context.Context, file string) {
	// ruleid: shell-by-string-go
	exec.CommandContext(ctx, "sh", "-c", "pdftotext "+file)
	command := fmt.Sprintf("pdftotext %s", file)
	// ruleid: shell-by-string-go
	run([]string{"/bin/sh", "-ec", command})
}

func right(ctx context.Context, file string) {
	// ok: shell-by-string-go
	exec.CommandContext(ctx, "pdftotext", file)
	// ok: shell-by-string-go
	exec.CommandContext(ctx, "sh", "-c", `pdftotext "$1"`, "sh", file)
	// ok: shell-by-string-go
	run([]string{"pdftotext", "./" + file})
}

func run(words []string) { _ = exec.Command(words[0], words[1:]...) }
