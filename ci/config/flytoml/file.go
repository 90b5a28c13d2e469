package flytoml

import (
	"encoding/base64"
	"strings"

	"github.com/superfly/fly-go"

	"github.com/renewa/pipeline/ci/config/tomlfile"
)

// files reads [[files]], which Fly writes into a machine, and [[statics]], which Fly serves from one.
func (r *reader) files(root *tomlfile.Table) {
	for _, t := range root.Tables("files") {
		r.warnUnknownGroups(t)
		f := newScoped(r, t, r.fileOf(t))
		if !f.listed {
			f.groups = r.out.groups // as in flyctl, which also gives a group the files of other groups
		}
		r.out.files = append(r.out.files, f)
	}
	for _, t := range root.Tables("statics") {
		r.static(t)
	}
}

func (r *reader) fileOf(t *tomlfile.Table) fly.File {
	f := fly.File{GuestPath: tomlfile.Or(t.String("guest_path"), ""), SecretName: t.String("secret_name")}
	if raw := t.String("raw_value"); raw != nil {
		encoded := base64.StdEncoding.EncodeToString([]byte(*raw))
		f.RawValue = &encoded
	}
	if !strings.HasPrefix(f.GuestPath, "/") {
		t.Refuse("guest_path", "must be the file's path in the machine, beginning with /")
	}
	switch {
	case t.Has("local_path"):
		t.Refuse("local_path", "a file from disk is not part of the tested image: copy it into the image, or use raw_value")
	case t.Has("raw_value") == t.Has("secret_name"):
		t.Refuse("", "must have raw_value or secret_name, and not both")
	}
	return f
}

func (r *reader) static(t *tomlfile.Table) {
	s := &fly.Static{
		GuestPath:     tomlfile.Or(t.String("guest_path"), ""),
		UrlPrefix:     tomlfile.Or(t.String("url_prefix"), ""),
		TigrisBucket:  tomlfile.Or(t.String("tigris_bucket"), ""),
		IndexDocument: tomlfile.Or(t.String("index_document"), ""),
	}
	switch {
	case s.GuestPath == "" || s.UrlPrefix == "":
		t.Refuse("", "must have guest_path and url_prefix")
	case s.TigrisBucket != "":
		t.Refuse("tigris_bucket", "a deploy uploads no files to a bucket: serve the files from the image")
	case !strings.HasPrefix(s.GuestPath, "/"):
		t.Refuse("guest_path", "must begin with /: a deploy uploads no folder of the repository to a bucket. Serve the files from the image")
	case !strings.HasPrefix(s.UrlPrefix, "/"):
		r.warn(t, "url_prefix", "does not begin with /, and Fly gets it as it is")
	}
	r.out.statics = append(r.out.statics, s)
}
