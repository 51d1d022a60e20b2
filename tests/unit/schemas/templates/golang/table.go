package main

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
)

// row is one line of the table.
type row struct {
	Source string `json:"source"`
	Question
	Answer
}

type header struct {
	Go      string            `json:"go"`
	Sprig   string            `json:"sprig"`
	Sources map[string]string `json:"sources"`
	Program map[string]string `json:"program"`
}

// writeTable expands the cases of every file in a folder and writes them with their answers: one case per line, so
// that a difference shows what changed. The header carries the hash of each source and of this program's own files, which
// name sprig's version: they tell when the table is stale.
func writeTable(folder, target string) error {
	paths, err := filepath.Glob(filepath.Join(folder, "*.txt"))
	if err != nil {
		return err
	}
	head := header{Go: runtime.Version(), Sprig: sprigVersion(), Sources: map[string]string{}}
	var rows bytes.Buffer
	for _, path := range paths {
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name := strings.TrimSuffix(filepath.Base(path), ".txt")
		head.Sources[name] = fmt.Sprintf("%x", sha256.Sum256(content))
		questions, err := readCases(content)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		for _, question := range questions {
			if rows.Len() > 0 {
				rows.WriteString(",")
			}
			if err := encode(&rows, row{Source: name, Question: question, Answer: expand(question)}); err != nil {
				return fmt.Errorf("%s: %w", path, err)
			}
		}
	}
	if head.Program, err = programHashes(filepath.Dir(target)); err != nil {
		return err
	}
	first, err := json.Marshal(head)
	if err != nil {
		return err
	}
	return os.WriteFile(target, []byte(fmt.Sprintf("{\"made\":%s,\n\"cases\":[\n%s]}\n", first, rows.String())), 0o644)
}

// programHashes is of the files that say what this program does, and with which libraries.
func programHashes(folder string) (map[string]string, error) {
	hashes := map[string]string{}
	for _, pattern := range []string{"go.mod", "go.sum", "*.go"} {
		paths, err := filepath.Glob(filepath.Join(folder, pattern))
		if err != nil {
			return nil, err
		}
		for _, path := range paths {
			content, err := os.ReadFile(path)
			if err != nil {
				return nil, err
			}
			hashes[filepath.Base(path)] = fmt.Sprintf("%x", sha256.Sum256(content))
		}
	}
	return hashes, nil
}

func sprigVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, dependency := range info.Deps {
			if strings.HasSuffix(dependency.Path, "/sprig/v3") {
				return dependency.Version
			}
		}
	}
	return "unknown"
}

// readCases reads one file of cases; README.md says how it is written.
func readCases(content []byte) ([]Question, error) {
	var questions []Question
	current := Question{Env: map[string]string{"TZ": "UTC"}}
	lines := bufio.NewScanner(bytes.NewReader(content))
	for number := 1; lines.Scan(); number++ {
		line := lines.Text()
		switch {
		case line == "" || strings.HasPrefix(line, "# "):
		case strings.HasPrefix(line, "@data "):
			current.Data = json.RawMessage(strings.TrimPrefix(line, "@data "))
			if !json.Valid(current.Data) {
				return nil, fmt.Errorf("line %d: not JSON", number)
			}
		case strings.HasPrefix(line, "@env "):
			current.Env = nil
			if err := json.Unmarshal([]byte(strings.TrimPrefix(line, "@env ")), &current.Env); err != nil {
				return nil, fmt.Errorf("line %d: %w", number, err)
			}
		default:
			question := current
			question.Template = strings.ReplaceAll(line, "⏎", "\n")
			questions = append(questions, question)
		}
	}
	return questions, lines.Err()
}
