// Command alloy-syntax reads files with Grafana Alloy's own parser and says where one is not
// Alloy's syntax, or not laid out as "alloy fmt" would, but for two spaces in place of each tab.
// It does not know Alloy's components.
package main

import (
	"bytes"
	"fmt"
	"os"
	"strings"

	"github.com/grafana/alloy/syntax/parser"
	"github.com/grafana/alloy/syntax/printer"
)

func check(name string) error {
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	file, err := parser.ParseFile(name, text)
	if err != nil {
		return err
	}
	var formatted bytes.Buffer
	if err := printer.Fprint(&formatted, file); err != nil {
		return err
	}
	wanted := strings.ReplaceAll(formatted.String(), "\t", "  ") + "\n"
	if wanted != string(text) {
		return fmt.Errorf("%s: alloy fmt would write:\n%s", name, wanted)
	}
	return nil
}

func main() {
	failed := false
	for _, name := range os.Args[1:] {
		if err := check(name); err != nil {
			fmt.Fprintln(os.Stderr, err)
			failed = true
		}
	}
	if failed {
		os.Exit(1)
	}
}
