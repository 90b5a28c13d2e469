package image

import "fmt"

var _ interface{ Hint() string } = (*TagError)(nil)

// A TagError is an image named by something that can be moved to other bytes: a tag, or no tag at all, which means "latest".
type TagError struct {
	Image string // as it was given
}

func (e *TagError) Error() string {
	return fmt.Sprintf("parse image %q: a tag can move to another image after the test", e.Image)
}

// Hint explains where to find the digest.
func (e *TagError) Hint() string {
	return "name the image by digest, host/repository@sha256:…, as publish prints it"
}
