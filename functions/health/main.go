// Function health; see its handler.
package main

import (
	"context"

	"github.com/aws/aws-lambda-go/events"

	"github.com/vienreiz/vienreiz/functions/assembly"
	"github.com/vienreiz/vienreiz/functions/cloud"
	"github.com/vienreiz/vienreiz/functions/health/handler"
	"github.com/vienreiz/vienreiz/shared/gate"
)

func main() {
	cloud.Start("health", func(a *assembly.Assembly) func(context.Context, events.APIGatewayProxyRequest) (events.APIGatewayProxyResponse, error) {
		return gate.Handle(handler.New(a))
	})
}
