// Function clock; see its handler.
package main

import (
	"github.com/vienreiz/vienreiz/functions/clock/handler"
	"github.com/vienreiz/vienreiz/functions/cloud"
)

func main() { cloud.Start("clock", handler.New) }
