package diag

import "testing"

func TestSentence(t *testing.T) {
	for text, want := range map[string]string{"": "", ".": ".", "so it is": "So it is.", "is it?": "Is it?", "über alles": "Über alles.", "\xff": "\xff."} {
		if got := Sentence(text); got != want {
			t.Errorf("%q becomes %q, not %q", text, got, want)
		}
	}
}
