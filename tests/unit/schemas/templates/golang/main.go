// Command reference expands templates with Go's own text/template and sprig.
//
// It is the judge of telelens_schemas.templates. Without arguments it answers JSON lines on stdin with JSON lines on
// stdout; with "table" it writes the table of cases that is committed beside it (see README.md).
package main

import (
	"fmt"
	"os"
)

func main() {
	var err error
	switch {
	case len(os.Args) == 1:
		err = serve(os.Stdin, os.Stdout)
	case len(os.Args) == 4 && os.Args[1] == "table":
		err = writeTable(os.Args[2], os.Args[3])
	case len(os.Args) == 2 && os.Args[1] == "functions":
		err = listFunctions(os.Stdout)
	default:
		err = fmt.Errorf("usage: reference [table CASES-FOLDER TABLE-FILE | functions]")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
