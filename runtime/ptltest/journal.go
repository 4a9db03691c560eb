package ptltest

import (
	"context"
	"log/slog"
)

// journal keeps what an application logs, for who wonders why its test failed.
type journal struct{ lines []string }

// mostLogged is how many lines are shown, the last ones.
const mostLogged = 20

func (j *journal) logger() *slog.Logger { return slog.New(j) }

func (j *journal) last() []string { return j.lines[max(0, len(j.lines)-mostLogged):] }

// Enabled, Handle, WithAttrs and WithGroup make it a slog.Handler.
func (j *journal) Enabled(context.Context, slog.Level) bool { return true }

// Handle keeps a line.
func (j *journal) Handle(_ context.Context, r slog.Record) error {
	line := r.Message
	r.Attrs(func(a slog.Attr) bool {
		if a.Key == "at" {
			line = a.Value.String() + ": " + line
		}
		return true
	})
	j.lines = append(j.lines, line)
	return nil
}

// WithAttrs changes nothing: only the place is shown.
func (j *journal) WithAttrs([]slog.Attr) slog.Handler { return j }

// WithGroup changes nothing.
func (j *journal) WithGroup(string) slog.Handler { return j }
