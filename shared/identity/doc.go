// Package identity matches the person of an evidence request with a register's
// persons: exactly one, or none (Regulation (EU) 2022/1463 art. 16; TDD 2.1).
//
// It compares what eIDAS gives: the identifier, names, date and place of birth.
// Names cross borders in other spellings and other scripts, so they are folded:
// letters without case, accents and punctuation, Greek and Cyrillic in Latin.
// Candidates never leave this package: an outcome names one register entry or
// none, and says by which rule.
package identity
