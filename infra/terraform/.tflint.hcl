# The rules of tflint's core; the ruleset for AWS is a download of its own.
plugin "terraform" {
  enabled = true
  preset  = "all"
}

# A file holds what belongs together, and variables stand in one for each subject.
rule "terraform_standard_module_structure" {
  enabled = false
}
