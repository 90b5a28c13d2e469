package suite

import (
	"context"
	"fmt"
)

// integrity compares the folder with its atlas.sum, and with the atlas.sum of the release.
func (s *suite) integrity(context.Context) (string, error) {
	found, err := s.folder.Integrity()
	if err != nil {
		return "", err
	}
	s.intact = len(found) == 0
	s.add(found...)
	summary := count(len(s.folder.Files), "file")
	if s.Released == "" {
		return summary, nil
	}
	found, released, err := s.folder.SinceRelease(s.Released)
	s.add(found...)
	return fmt.Sprintf("%s, %d of them released", summary, released), err
}
