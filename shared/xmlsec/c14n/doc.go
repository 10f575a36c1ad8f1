// Package c14n implements Exclusive XML Canonicalization 1.0 without comments
// (W3C Recommendation 18 July 2002, with its erratum on the default namespace in
// PrefixList), over a tree or over a stream.
//
// Both ways share one renderer. Neither changes what it reads.
package c14n
