package draft

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
)

// A build has what the image is built from, with the reason of each guess.
type build struct {
	context, contextWhy       string
	dockerfile, dockerfileWhy string
	stated                    bool   // [build] of the first environment states the Dockerfile
	target                    string // as [build] states it
	bases                     []base // of the Dockerfile's stages, in its order
}

// base is one FROM of a Dockerfile.
type base struct {
	image, stage string
	line         int
}

// build takes the Dockerfile from [build] of the first environment, or from where it lies.
func (r repository) build(all environments) build {
	first := all.list[0]
	dir, stated := path.Dir(first.file), first.fly.Build
	made := build{dockerfile: stated.Dockerfile, target: stated.Target}
	if made.stated = stated.Dockerfile != ""; !made.stated {
		made.dockerfile, made.dockerfileWhy = r.dockerfile(dir, first)
	}
	made.context, made.contextWhy = r.context(dir, first.file, made.dockerfile)
	if made.context == "." && stated.Ignorefile == "" && !r.exists(".dockerignore") && !r.exists(made.dockerfile+".dockerignore") {
		made.contextWhy += ". A .dockerignore is missing: name .env and secrets.json in one, or COPY . brings their values into the image"
	}
	made.bases = basesOf(r.read(made.dockerfile))
	return made
}

// dockerfile returns a Dockerfile for a fly.toml that states none.
func (r repository) dockerfile(dir string, e environment) (name, why string) {
	if name := r.first(dir, "Dockerfile", "dockerfile"); name != "" {
		return name, "the Dockerfile beside " + e.file
	}
	if name := r.first(".", "Dockerfile", "dockerfile"); name != "" {
		return name, "the Dockerfile of the repository"
	}
	if found := r.dockerfiles(); len(found) > 0 {
		return found[0], "one of the Dockerfiles: " + strings.Join(found, ", ")
	}
	name = path.Join(dir, "Dockerfile")
	if elsewhere := e.fly.Build.Elsewhere; len(elsewhere) > 0 {
		return name, fmt.Sprintf("the repository has no Dockerfile. %s:%d: %s: %s", elsewhere[0].File, elsewhere[0].Line, elsewhere[0].Key, elsewhere[0].Text)
	}
	return name, "the repository has no Dockerfile: write one, or give deploy an image by digest with --image REF@sha256:…"
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
	if b.stated {
		t.line("# dockerfile is stated in [build] of %s", all.list[0].file)
		return
	}
	t.guess("%s", b.dockerfileWhy)
	t.set("dockerfile", b.dockerfile)
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
