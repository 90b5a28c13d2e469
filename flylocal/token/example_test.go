package token_test

import (
	"fmt"

	"github.com/renewa/pipeline/flylocal/token"
)

func ExampleKey_Mint() {
	text, _ := token.Key("of this Fly").Mint(token.Token{Scope: token.Deploy, App: "web"})
	fmt.Println(text[:len("flylocal_deploy__web_")])
	// Output: flylocal_deploy__web_
}
