# What more than one variable must agree on. It fails the plan, before anything is made.
resource "terraform_data" "guard" {
  lifecycle {
    precondition {
      condition     = var.audit_lock != "COMPLIANCE" || var.audit_lock_confirmed == var.name
      error_message = "audit_lock is COMPLIANCE, which nobody can undo: write audit_lock_confirmed = \"${var.name}\" if the journal shall be locked for 12 months."
    }
    precondition {
      condition     = var.audit_lock != "COMPLIANCE" || !var.disposable
      error_message = "A stack that is disposable cannot have audit_lock = \"COMPLIANCE\": write disposable = false, or GOVERNANCE."
    }
    precondition {
      condition     = length(local.zips_missing) == 0
      error_message = "In ${var.zips} there is no zip of ${join(", ", local.zips_missing)}: run `make zip` of the same release as this module."
    }
    precondition {
      condition     = length(setsubtract(keys(var.gateways), keys(local.list.gateways))) == 0
      error_message = "gateways names one that is not in functions.yaml: write ${join(", ", keys(local.list.gateways))}."
    }
    precondition {
      condition     = alltrue([for use in ["sign", "decrypt", "sign-in", "tokens"] : length(try(var.keys[use], [])) > 0 || contains(values(var.secrets), use)])
      error_message = "Each of sign, decrypt, sign-in and tokens needs a key: write an ARN in keys, or a secret of that use in secrets."
    }
  }
}

locals {
  zips_missing = setsubtract(keys(local.functions), [for file in fileset(var.zips, "*.zip") : trimsuffix(file, ".zip")])
}
