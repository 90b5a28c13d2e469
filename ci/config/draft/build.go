package draft

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// A build has what the image is built from, with the reason of each guess.
type build struct {
	context, contextWhy       string
	dockerfile, dockerfileWhy string
	target, targetWhy         string
	bases                     []base // of the Dockerfile's stages, in its order
}

// base is one FROM of a Dockerfile.
type base struct {
	image, stage string
	line         int
}

// stated is [build] of a fly.toml. Values of another type are left out: flytoml.Parse judges them.
type stated struct {
	dockerfile, target, image, builder string
}

func buildOf(text string) (b stated) {
	var file struct{ Build map[string]any }
	if toml.Unmarshal([]byte(text), &file) != nil {
		return b
	}
	value := func(keys ...string) string {
		for _, key := range keys {
			if v, ok := file.Build[key].(string); ok && v != "" {
				return v
			}
		}
		return ""
	}
	return stated{value("dockerfile"), value("build-target", "build_target"), value("image"), value("builder", "builtin")}
}

// build takes the Dockerfile and the context from [build] of the first environment, or from where the Dockerfile lies.
func (r repository) build(all environments) build {
	first := all.list[0]
	dir, b := path.Dir(first.file), buildOf(first.text)
	made := build{}
	made.dockerfile, made.dockerfileWhy = r.dockerfile(dir, first.file, b)
	made.context, made.contextWhy = r.context(dir, first.file, made.dockerfile)
	for _, other := range all.list[1:] {
		if o := buildOf(other.text).dockerfile; o != b.dockerfile {
			made.dockerfileWhy += fmt.Sprintf(". %s states %q: one image goes to all environments", other.file, o)
		}
	}
	made.bases = basesOf(r.read(made.dockerfile))
	if made.target = b.target; b.target != "" {
		made.targetWhy = fmt.Sprintf("build-target in %s:%d", first.file, lineOf(first.text, b.target))
	}
	return made
}

func (r repository) dockerfile(dir, file string, b stated) (name, why string) {
	if b.dockerfile != "" {
		at := fmt.Sprintf("%s:%d", file, lineOf(r.read(file), b.dockerfile))
		for _, name := range []string{path.Join(dir, b.dockerfile), path.Clean(b.dockerfile)} {
			if r.has(name) {
				return name, at
			}
		}
		if name := path.Join(dir, b.dockerfile); !strings.HasPrefix(name, "..") && !path.IsAbs(b.dockerfile) && !strings.Contains(name, "://") {
			return name, at + "; the repository has no such file"
		}
		return "Dockerfile", at + " names a file outside the repository: copy it here"
	}
	if name := r.first(dir, "Dockerfile", "dockerfile"); name != "" {
		return name, "the Dockerfile beside " + file
	}
	if name := r.first(".", "Dockerfile", "dockerfile"); name != "" {
		return name, "the Dockerfile of the repository"
	}
	if found := r.dockerfiles(); len(found) > 0 {
		return found[0], "one of the Dockerfiles: " + strings.Join(found, ", ")
	}
	name = path.Join(dir, "Dockerfile")
	switch {
	case b.image != "":
		return name, fmt.Sprintf("the repository has no Dockerfile, and %s runs the image %s: write FROM %[2]s into one, or deploy an image by its digest", file, b.image)
	case b.builder != "":
		return name, fmt.Sprintf("the repository has no Dockerfile, and %s builds with %s, which this pipeline does not: write one", file, b.builder)
	}
	return name, "the repository has no Dockerfile: write one"
}

func (r repository) dockerfiles() []string {
	return slices.DeleteFunc(slices.Clone(r.sorted()), func(name string) bool {
		b := path.Base(name)
		return !strings.HasPrefix(b, "Dockerfile") && !strings.HasSuffix(b, ".Dockerfile") || strings.HasSuffix(b, ".dockerignore")
	})
}

var copied = regexp.MustCompile(`(?im)^\s*(?:COPY|ADD)\s+((?:--(?:chown|chmod|link)\S*\s+)*)([^\-\[\s]\S*)\s+\S`)

// context returns the folder that has the files that the Dockerfile copies: that of the fly.toml unless another has more
// of them.
func (r repository) context(dir, file, dockerfile string) (context, why string) {
	sources := copied.FindAllStringSubmatch(r.read(dockerfile), -1)
	count := func(context string) (n int) {
		for _, m := range sources {
			if m[2] != "." && m[2] != "./" && r.exists(path.Join(context, m[2])) {
				n++
			}
		}
		return n
	}
	context, why = dir, fmt.Sprintf("the folder of %s, where fly deploy builds", file)
	if path.Dir(dockerfile) == "." && dir != "." {
		context, why = ".", "the folder of the Dockerfile; "+dir+" has none"
	}
	for _, other := range []string{".", path.Dir(dockerfile)} {
		if n := count(other); n > count(context) {
			context, why = other, fmt.Sprintf("it has %d of the files that %s copies; %s has %d", n, dockerfile, dir, count(dir))
		}
	}
	return context, why
}

// exists reports whether there is a file or folder of this name.
func (r repository) exists(name string) bool {
	return slices.ContainsFunc(r.names, func(file string) bool { return file == name || strings.HasPrefix(file, name+"/") })
}

var (
	from = regexp.MustCompile(`(?i)^\s*FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?`)
	arg  = regexp.MustCompile(`(?i)^\s*ARG\s+(\w+)=(\S+)`)
)

// basesOf returns the base image of each stage, with the defaults of ARG in place of their names.
func basesOf(dockerfile string) (bases []base) {
	args := map[string]string{}
	number := 0
	for row := range strings.Lines(dockerfile) {
		number++
		if m := arg.FindStringSubmatch(row); m != nil && len(bases) == 0 {
			args[m[1]] = strings.Trim(m[2], `"'`)
		}
		if m := from.FindStringSubmatch(row); m != nil {
			image := regexp.MustCompile(`\$\{?(\w+)\}?`).ReplaceAllStringFunc(m[1], func(name string) string {
				return args[strings.Trim(name, "${}")]
			})
			bases = append(bases, base{strings.Trim(image, `"'`), m[2], number})
		}
	}
	return bases
}

// baseOf returns the first base image whose repository has this name, such as node.
func (b build) baseOf(name string) (base, bool) {
	i := slices.IndexFunc(b.bases, func(f base) bool {
		repository, tag, tagged := strings.Cut(f.image, ":")
		return tagged && tag != "" && strings.HasSuffix("/"+repository, "/"+name)
	})
	if i < 0 {
		return base{}, false
	}
	return b.bases[i], true
}

// lastStage returns the name of the Dockerfile's last stage, which is deployed; empty when it has none.
func (b build) lastStage() string {
	if b.target != "" {
		return b.target
	}
	if len(b.bases) == 0 {
		return ""
	}
	return b.bases[len(b.bases)-1].stage
}

func (b build) write(t *text, all environments) {
	t.table("[app]")
	name, why := all.title()
	t.guess("%s; the name in titles, any text", why)
	t.set("name", name)
	t.guess("%s", b.contextWhy)
	t.set("context", b.context)
	t.guess("%s", b.dockerfileWhy)
	t.set("dockerfile", b.dockerfile)
	if b.target != "" {
		t.guess("%s", b.targetWhy)
		t.set("target", b.target)
	}
}

// title returns the app's name without the name of an environment at its end.
func (all environments) title() (name, why string) {
	last := all.list[len(all.list)-1]
	name = last.fly.App
	if i := strings.LastIndexAny(name, "-"); i > 0 && known[name[i+1:]].name != "" {
		name = name[:i]
	}
	return name, "the app of " + last.file
}
