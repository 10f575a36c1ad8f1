// Function resolve; see its handler.
package main

import (
	"github.com/vienreiz/vienreiz/functions/cloud"
	"github.com/vienreiz/vienreiz/functions/resolve/handler"
)

func main() { cloud.Start("resolve", handler.New) }
