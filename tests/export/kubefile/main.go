// Command kubefile reads a Dockerfile from standard input as BuildKit does, and prints its only stage
// as JSON: the base image, and the instructions with their names. What BuildKit would refuse is printed
// instead, and the exit code is 1.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
)

type instruction struct {
	Name string
	Data instructions.Command
}

func main() {
	if err := show(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func show() error {
	read, err := parser.Parse(os.Stdin)
	if err != nil {
		return err
	}
	stages, _, err := instructions.Parse(read.AST, nil)
	if err != nil {
		return err
	}
	if len(stages) != 1 {
		return fmt.Errorf("%d stages", len(stages))
	}
	found := []instruction{}
	for _, command := range stages[0].Commands {
		found = append(found, instruction{command.Name(), command})
	}
	return json.NewEncoder(os.Stdout).Encode(map[string]any{"Base": stages[0].BaseName, "Instructions": found})
}
