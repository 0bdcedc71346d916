// Marks the folder only; the modules are those of the release lines: LINE/go.mod.
module openim-charts/clients

go 1.24
