package image

import "fmt"

var _ interface{ Hint() string } = (*TagError)(nil)

// A TagError is an image whose name has no digest. Its tag, or "latest" without one, can later name another image.
type TagError struct {
	Image string // the given name
}

func (e *TagError) Error() string {
	return fmt.Sprintf("image %q is refused: a tag can move to another image after the test", e.Image)
}

// Hint explains where to find the digest.
func (e *TagError) Hint() string {
	return "name the image by digest, host/repository@sha256:…, as publish prints it"
}
