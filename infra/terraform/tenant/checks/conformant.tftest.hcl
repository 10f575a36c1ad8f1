# terraform test -var-file=conformant.tfvars -test-directory=checks -filter=checks/conformant.tftest.hcl, as ../../check.sh does.
mock_provider "aws" {
  source = "../modules/tenant/checks/mocks"
}

run "partners_call_and_are_called_at_fixed_addresses" {
  command = apply

  assert {
    condition     = toset(keys(output.fixed_addresses.sending)) == toset(["a", "b"]) && toset(keys(output.fixed_addresses.receiving)) == toset(["a", "b"])
    error_message = "There is an address in each zone, both ways."
  }
  assert {
    condition     = output.as4_endpoint == "https://as4.interior.example/as4" && output.gateways["as4"].id == null && output.gateways["as4"].dns.zone != null
    error_message = "The name of the access point leads to the lane, and no gateway is beside it."
  }
  assert {
    condition     = !contains(keys(output.functions), "as4-receive") && contains(keys(output.functions), "as4-send")
    error_message = "What receives is in the lane and nowhere else."
  }
  assert {
    condition     = output.image_repository != null && output.lane.service == "as4-receive"
    error_message = "The lane has a service, and its image a repository."
  }
  assert {
    condition     = alltrue([for q in output.queues : !can(q.idle)])
    error_message = "Every queue is polled."
  }
}
