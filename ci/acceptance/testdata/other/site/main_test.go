package main

import (
	"net/http/httptest"
	"testing"
)

func TestItGreets(t *testing.T) {
	t.Setenv("GREETING", "hello")
	answer := httptest.NewRecorder()
	greet(answer, nil)
	if got := answer.Body.String(); got != "hello\n" {
		t.Errorf("it says %q", got)
	}
}
