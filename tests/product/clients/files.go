package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"gopkg.in/yaml.v3"
)

// files are the configuration files of a module, and what its variables put in place of their keys.
type files struct {
	folder string
	prefix string
}

// read gives a file as a module reads it: a variable replaces a key that the file has.
func (f files) read(name string, into any) error {
	text, err := os.ReadFile(filepath.Join(f.folder, name))
	if err != nil {
		return err
	}
	var found map[string]any
	if err := yaml.Unmarshal(text, &found); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	stem := strings.TrimSuffix(name, filepath.Ext(name))
	replace(found, f.prefix+strings.ReplaceAll(stem, "-", "_"))
	replaced, err := yaml.Marshal(found)
	if err != nil {
		return err
	}
	return yaml.Unmarshal(replaced, into)
}

func replace(found map[string]any, prefix string) {
	for key, value := range found {
		name := strings.ToUpper(prefix + "_" + key)
		if inner, ok := value.(map[string]any); ok {
			replace(inner, name)
		} else if given := os.Getenv(name); given != "" {
			found[key] = given
		}
	}
}
