package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"sort"

	"github.com/Masterminds/sprig/v3"
)

// serve answers one line with one line until the input ends.
func serve(input io.Reader, output io.Writer) error {
	lines := bufio.NewScanner(input)
	lines.Buffer(nil, 16<<20)
	writer := bufio.NewWriter(output)
	for lines.Scan() {
		var question Question
		if err := json.Unmarshal(lines.Bytes(), &question); err != nil {
			return fmt.Errorf("not a question: %w", err)
		}
		if err := encode(writer, expand(question)); err != nil {
			return err
		}
		if err := writer.Flush(); err != nil {
			return err
		}
	}
	return lines.Err()
}

func encode(writer io.Writer, value interface{}) error {
	encoder := json.NewEncoder(writer)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(value)
}

// listFunctions prints the name of every function of sprig and its Go type, a line each.
func listFunctions(output io.Writer) error {
	functions := sprig.TxtFuncMap()
	names := make([]string, 0, len(functions))
	for name := range functions {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		if _, err := fmt.Fprintf(output, "%s %T\n", name, functions[name]); err != nil {
			return err
		}
	}
	return nil
}
