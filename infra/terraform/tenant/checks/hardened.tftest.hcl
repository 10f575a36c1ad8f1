# terraform test -var-file=hardened.tfvars -test-directory=checks -filter=checks/hardened.tftest.hcl, as ../../check.sh does.
mock_provider "aws" {
  source = "../modules/tenant/checks/mocks"
}

run "everything_is_kept_and_has_its_own_name" {
  command = apply

  assert {
    condition     = output.as4_endpoint == "https://as4.interior.example/as4" && output.api_base == "https://api.interior.example" && output.people_base == "https://evidence.interior.example"
    error_message = "Gateways have names of their own."
  }
  assert {
    condition     = alltrue([for g in output.gateways : g.id != null]) && output.fixed_addresses == { sending = null, receiving = null }
    error_message = "What is hardened has gateways only; fixed addresses are for what is conformant."
  }
  assert {
    condition     = toset(keys(output.secrets)) == toset(["sign-in", "tokens", "population"])
    error_message = "Keys that sign and decrypt are in KMS."
  }
  assert {
    condition     = alltrue([for q in output.queues : !can(q.idle)])
    error_message = "Every queue is polled."
  }
}
