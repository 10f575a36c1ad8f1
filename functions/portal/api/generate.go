package api

//go:generate make -C ../../.. generate
