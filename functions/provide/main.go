// Function provide; see its handler.
package main

import (
	"github.com/vienreiz/vienreiz/functions/cloud"
	"github.com/vienreiz/vienreiz/functions/provide/handler"
)

func main() { cloud.Start("provide", handler.New) }
