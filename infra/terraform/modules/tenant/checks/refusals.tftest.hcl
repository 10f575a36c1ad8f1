# A wrong variable fails the plan; ../../../refusals_test.go judges the sentences.
mock_provider "aws" {
  source = "./checks/mocks"
}

variables {
  name = "lv-test"
}

run "a_name_that_no_bucket_may_have" {
  command = plan
  variables {
    name = "LV_test"
  }
  expect_failures = [var.name]
}

run "a_folder_without_zips" {
  command = plan
  variables {
    zips = "./checks/mocks"
  }
  expect_failures = [var.zips]
}

run "a_processor_that_Lambda_has_not" {
  command = plan
  variables {
    architecture = "amd64"
  }
  expect_failures = [var.architecture]
}

run "queues_that_are_neither" {
  command = plan
  variables {
    queues = "two"
  }
  expect_failures = [var.queues]
}

run "a_lock_that_does_not_exist" {
  command = plan
  variables {
    audit_lock = "compliance"
  }
  expect_failures = [var.audit_lock]
}

run "a_lock_for_twelve_months_that_is_not_confirmed" {
  command = plan
  variables {
    audit_lock = "COMPLIANCE"
  }
  expect_failures = [terraform_data.guard]
}

run "a_lock_for_twelve_months_on_a_disposable_stack" {
  command = plan
  variables {
    audit_lock           = "COMPLIANCE"
    audit_lock_confirmed = "lv-test"
    disposable           = true
  }
  expect_failures = [terraform_data.guard]
}

run "a_key_by_its_alias" {
  command = plan
  variables {
    keys = { sign = ["alias/sign"] }
  }
  expect_failures = [var.keys]
}

run "a_key_for_a_use_that_does_not_exist" {
  command = plan
  variables {
    keys = { signing = ["arn:aws:kms:eu-central-1:123456789012:key/1"] }
  }
  expect_failures = [var.keys]
}

run "no_key_that_decrypts" {
  command = plan
  variables {
    secrets = { sign = "sign", sign-in = "sign-in", tokens = "tokens" }
  }
  expect_failures = [terraform_data.guard]
}

run "a_secret_for_nothing" {
  command = plan
  variables {
    secrets = { sign = "sign", decrypt = "decrypt", sign-in = "sign-in", tokens = "tokens", password = "database" }
  }
  expect_failures = [var.secrets]
}

run "a_gateway_that_the_list_has_not" {
  command = plan
  variables {
    gateways = { as5 = {} }
  }
  expect_failures = [terraform_data.guard]
}

run "an_address_without_its_network" {
  command = plan
  variables {
    gateways = { as4 = { allowed_cidrs = ["192.0.2.17"] } }
  }
  expect_failures = [var.gateways]
}

run "a_certificate_that_is_a_file" {
  command = plan
  variables {
    gateways = { as4 = { domain = { name = "as4.example", certificate_arn = "as4.pem" } } }
  }
  expect_failures = [var.gateways]
}

run "a_truststore_that_is_no_object" {
  command = plan
  variables {
    gateways = { as4 = { domain = { name = "as4.example", certificate_arn = "arn:aws:acm:eu-central-1:123456789012:certificate/1", truststore_uri = "/etc/trust.pem" } } }
  }
  expect_failures = [var.gateways]
}

run "days_that_CloudWatch_has_not" {
  command = plan
  variables {
    log_days = 100
  }
  expect_failures = [var.log_days]
}

run "an_environment_of_the_module" {
  command = plan
  variables {
    environment = { VIENREIZ_TABLE = "mine" }
  }
  expect_failures = [var.environment]
}

run "an_alarm_for_nobody" {
  command = plan
  variables {
    alarm_emails = ["duty"]
  }
  expect_failures = [var.alarm_emails]
}

run "a_budget_that_nobody_hears_of" {
  command = plan
  variables {
    budget = { usd = 10, emails = [] }
  }
  expect_failures = [var.budget]
}

run "a_plan_for_partners" {
  command = plan
  variables {
    gateways = { as4 = { plans = { partner = { rate = 1, burst = 1 } } } }
  }
  expect_failures = [terraform_data.guard]
}

run "a_plan_of_nothing" {
  command = plan
  variables {
    gateways = { api = { plans = { portal = { rate = 0, burst = 1 } } } }
  }
  expect_failures = [var.gateways]
}

run "a_plan_for_a_portal_without_a_name" {
  command = plan
  variables {
    gateways = { api = { plans = { "my portal" = { rate = 1, burst = 1 } } } }
  }
  expect_failures = [var.gateways]
}

run "a_parameter_for_nothing" {
  command = plan
  variables {
    parameters = { population = "registries" }
  }
  expect_failures = [var.parameters]
}
