// Function as4-send; see its handler.
package main

import (
	"github.com/vienreiz/vienreiz/functions/as4-send/handler"
	"github.com/vienreiz/vienreiz/functions/cloud"
)

func main() { cloud.Start("as4-send", handler.New) }
