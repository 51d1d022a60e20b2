package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"text/template"
	"time"

	"github.com/Masterminds/sprig/v3"
)

// Question is one template with what it is expanded with.
type Question struct {
	Template string            `json:"template"`
	Data     json.RawMessage   `json:"data,omitempty"`
	Env      map[string]string `json:"env,omitempty"`
}

// Answer is what Go makes of a question: an output, or an error with its place. Go tells no column for what it finds
// while parsing; then it is 0. Columns count bytes from 0, as text/template does.
type Answer struct {
	Output *string `json:"output,omitempty"`
	Error  string  `json:"error,omitempty"`
	Line   int     `json:"line,omitempty"`
	Column int     `json:"column,omitempty"`
}

var place = regexp.MustCompile(`^template: [^:]*:(\d+)(?::(\d+))?: `)

func failure(err error) Answer {
	answer := Answer{Error: err.Error()}
	if found := place.FindStringSubmatch(answer.Error); found != nil {
		answer.Line, _ = strconv.Atoi(found[1])
		answer.Column, _ = strconv.Atoi(found[2])
	}
	return answer
}

// expand answers one question. The environment of the process becomes that of the question, so TZ decides what the
// local time is, as it does for every Go program when it starts.
func expand(question Question) (answer Answer) {
	defer func() {
		if trouble := recover(); trouble != nil {
			answer = Answer{Error: fmt.Sprintf("panic: %v", trouble)}
		}
	}()
	if err := settle(question.Env); err != nil {
		return failure(err)
	}
	data, err := decode(question.Data)
	if err != nil {
		return failure(err)
	}
	parsed, err := template.New("main").Funcs(sprig.TxtFuncMap()).Parse(question.Template)
	if err != nil {
		return failure(err)
	}
	var output bytes.Buffer
	if err := parsed.Execute(&output, data); err != nil {
		return failure(err)
	}
	text := output.String()
	return Answer{Output: &text}
}

func settle(env map[string]string) error {
	os.Clearenv()
	for name, value := range env {
		if err := os.Setenv(name, value); err != nil {
			return err
		}
	}
	zone, err := time.LoadLocation(env["TZ"])
	if err != nil {
		return err
	}
	time.Local = zone
	return nil
}

// decode reads JSON so that what is written as an integer is an int, as in data that a Go program brings.
func decode(raw json.RawMessage) (interface{}, error) {
	if len(raw) == 0 {
		return nil, nil
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var value interface{}
	if err := decoder.Decode(&value); err != nil {
		return nil, err
	}
	return withNumbers(value), nil
}

func withNumbers(value interface{}) interface{} {
	switch value := value.(type) {
	case json.Number:
		if integer, err := strconv.Atoi(string(value)); err == nil {
			return integer
		}
		float, _ := value.Float64()
		return float
	case []interface{}:
		for i := range value {
			value[i] = withNumbers(value[i])
		}
	case map[string]interface{}:
		for key := range value {
			value[key] = withNumbers(value[key])
		}
	}
	return value
}
