# terraform test -var-file=pilot.tfvars -test-directory=checks -filter=checks/pilot.tftest.hcl, as ../../check.sh does.
mock_provider "aws" {
  source = "../modules/tenant/checks/mocks"
}

run "it_has_gateways_and_no_fixed_address" {
  command = apply

  assert {
    condition     = toset(keys(output.gateways)) == toset(["as4", "api", "people"]) && output.fixed_addresses == { sending = null, receiving = null } && output.lane == null
    error_message = "A pilot pays for no NAT gateway, no load balancer and no container."
  }
  assert {
    condition     = toset([for name, q in output.queues : name if !can(q.idle)]) == toset(["outbound", "inbound"])
    error_message = "A pilot pays for two queues that are polled."
  }
  assert {
    condition     = length(output.secrets) == 0
    error_message = "A pilot pays for no secret: its private keys are SecureStrings of SSM."
  }
}
