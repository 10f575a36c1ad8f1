// Function exchange; see its handler.
package main

import (
	"github.com/vienreiz/vienreiz/functions/cloud"
	"github.com/vienreiz/vienreiz/functions/cloud/hand"
	"github.com/vienreiz/vienreiz/functions/exchange/handler"
)

func main() { cloud.Start("exchange", handler.New, hand.On) }
