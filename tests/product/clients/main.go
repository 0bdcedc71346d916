// What a module of OpenIM does with its middleware, done with the library of its release line: it
// reads the configuration files and the variables that its chart renders, and nothing else.
//
//	client COMMAND --config FOLDER --prefix PREFIX [ARGUMENT...]
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"sort"
	"strings"
	"syscall"
)

// A command prints what it did, one line for each thing, and gives an error for what failed.
type command func(ctx context.Context, files files, arguments []string) error

var commands = map[string]command{
	"call":  call,
	"kafka": messages,
	"mongo": database,
	"redis": cache,
	"s3":    storage,
	"serve": serve,
}

func main() {
	if len(os.Args) < 2 || commands[os.Args[1]] == nil {
		fail(fmt.Errorf("usage: client %s --config FOLDER --prefix PREFIX", strings.Join(names(), "|")))
	}
	flags := flag.NewFlagSet(os.Args[1], flag.ExitOnError)
	folder := flags.String("config", "", "folder with the configuration files")
	prefix := flags.String("prefix", "", "what the names of the variables start with")
	_ = flags.Parse(os.Args[2:])
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	if err := commands[os.Args[1]](ctx, files{*folder, *prefix}, flags.Args()); err != nil {
		fail(err)
	}
}

func names() []string {
	found := make([]string, 0, len(commands))
	for name := range commands {
		found = append(found, name)
	}
	sort.Strings(found)
	return found
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
