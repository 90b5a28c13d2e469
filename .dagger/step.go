package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"sync"
	"time"

	"dagger/pipeline/internal/dagger"

	"github.com/renewa/pipeline/ci/config/pipeline"
	"github.com/renewa/pipeline/ci/verify/check"
	"github.com/renewa/pipeline/ci/verify/gate"
)

// A step is something that a change must pass: commands in a container, and what reads their results.
type step struct {
	pipeline.Check
	Ready  func(context.Context) (*dagger.Container, error) // where it runs: files laid in, services bound, as root
	Inputs *dagger.Directory                                // every file it depends on, where the repository has it
	Pins   map[string]string                                // images, versions and digests it depends on, by name
	Judge  func(fs.FS, *check.Verdict) error                // reads what the commands' codes do not say; may be nil
	Why    func(context.Context, error) error               // asks what is behind an error of the engine; may be nil
	Part   string                                           // which part of a step it is; empty when it is a whole one
	Parts  []step                                           // run side by side in place of it, when there are any
	Flags  string                                           // what the call said, with a space before it, for who repeats it
}

// wish is what a call says beside the name of a step.
type wish struct {
	again    bool              // run it, even if nothing changed
	from     string            // the version that migrations start from; empty is each of them
	released *dagger.Directory // migrations that may not differ; may be nil
	previous string            // the image before this one, for compatibility; empty is what the last stage runs
	shards   int               // in how many parts a suite of journeys runs
	history  *dagger.Directory // the repository's .git; nil where none was asked for
	baseline bool              // the baseline is being made, so it may be missing
}

// A maker makes a step when it is asked for, which may take a question to the world.
type maker struct {
	name string
	make func(context.Context) (step, error)
}

// makers are the steps that pipeline.toml states, in the order of a table, but for the image.
func (p *Pipeline) makers(f pipeline.Config, a wish) []maker {
	var all []maker
	for _, c := range f.Checks {
		all = append(all, maker{c.Name, func(context.Context) (step, error) { return p.stated(f, c), nil }})
	}
	if f.Migrations != nil {
		all = append(all, maker{pipeline.MigrationsStep, func(ctx context.Context) (step, error) { return p.migrations(ctx, f, a) }})
	}
	if f.Compatibility != nil {
		all = append(all, maker{pipeline.CompatibilityStep, func(ctx context.Context) (step, error) { return p.compatibility(ctx, f, a) }})
	}
	if f.EndToEnd != nil {
		all = append(all, maker{pipeline.EndToEndStep, func(ctx context.Context) (step, error) { return p.endToEnd(f, a.shards) }})
	}
	return append(all, p.scanMakers(f, a)...)
}

// made makes one step by name.
func (p *Pipeline) made(ctx context.Context, f pipeline.Config, name string, a wish) (step, error) {
	var known []string
	for _, m := range p.makers(f, a) {
		if m.name == name {
			return m.make(ctx)
		}
		known = append(known, m.name)
	}
	return step{}, &pipeline.UnknownCheckError{Name: name, Known: known}
}

// run runs a step to its end and reads its verdict, which is the error of nobody yet. An error is of a step
// that could not run, and says nothing about the sources.
func (p *Pipeline) run(ctx context.Context, f pipeline.Config, s step, a wish) (*dagger.Directory, check.Verdict, error) {
	began := time.Now().Truncate(time.Second)
	if len(s.Parts) > 0 {
		return p.parts(ctx, f, s, a)
	}
	ready, err := s.Ready(ctx)
	var results *dagger.Directory
	var here string
	if err == nil {
		results, here, err = scripted(ctx, noted(ready, f, s), s.Check, a.again)
	}
	if err != nil && s.Why != nil {
		err = s.Why(ctx, err)
	}
	if err != nil {
		return nil, check.Verdict{}, notRun(s.Name, s.Flags, err)
	}
	verdict, err := check.Read(os.DirFS(here), s.Check)
	verdict.Flags = s.Flags
	if err == nil && s.Judge != nil {
		err = s.Judge(os.DirFS(here), &verdict)
	}
	if err != nil && verdict.Started.Before(began) && !a.again {
		a.again = true // what did not run at an earlier call may run now
		return p.run(ctx, f, s, a)
	}
	return results.WithNewFile("verdict.json", verdict.JSON()), verdict, err
}

// settingUp is how long it may take until a step's commands run: its image is built, and its services come up. The
// engine would wait for one that never answers.
const settingUp = 20 * time.Minute

// scripted runs commands by check.Script, and brings what they left here, to a folder of this call.
func scripted(ctx context.Context, c *dagger.Container, commands pipeline.Check, again bool) (*dagger.Directory, string, error) {
	if again {
		c = c.WithEnvVariable("AGAIN", strconv.FormatInt(time.Now().UnixNano(), 10))
	}
	limit := settingUp + commands.Timeout
	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	ran, err := c.WithNewFile(check.Program, check.Script).WithExec(check.Args(commands)).Sync(limited)
	if limited.Err() != nil && ctx.Err() == nil {
		err = fmt.Errorf("it did not end within %s: an image was still being built, or a service never came up", limit)
	}
	if err != nil {
		return nil, "", err
	}
	here, err := os.MkdirTemp("", commands.Name)
	if err != nil {
		return nil, "", err
	}
	results := ran.Directory(check.Folder)
	if _, err := results.Export(ctx, here); err != nil {
		return nil, "", fmt.Errorf("take the results of %s: %w", commands.Name, err)
	}
	return results, here, nil
}

// notRun is the error of a step that says nothing about the sources.
func notRun(name, flags string, err error) error {
	return fmt.Errorf("step %s could not run: %s\nto run it alone: %s", name, check.Cause(told(err).Error()), check.Alone(name)+flags)
}

// noted lays beside a step what it depends on, and what that was last time, so that it can be told what changed.
func noted(c *dagger.Container, f pipeline.Config, s step) *dagger.Container {
	if s.Inputs != nil {
		c = c.WithMountedDirectory(check.Inputs, s.Inputs)
	}
	return c.WithNewFile(check.Given, check.Names(s.Check, s.Pins)).
		WithMountedCache(check.Memory, dag.CacheVolume("pipeline-inputs-"+f.App.Name+"-"+s.Name+s.Part))
}

// parts runs all parts of a step to their ends and makes one verdict of theirs. What a part left is in a folder.
func (p *Pipeline) parts(ctx context.Context, f pipeline.Config, s step, a wish) (*dagger.Directory, check.Verdict, error) {
	results, verdicts, errs := make([]*dagger.Directory, len(s.Parts)), make([]check.Part, len(s.Parts)), make([]error, len(s.Parts))
	var running sync.WaitGroup
	for i, part := range s.Parts {
		running.Go(func() {
			verdicts[i].Name = part.Part
			results[i], verdicts[i].Verdict, errs[i] = p.run(ctx, f, part, a)
		})
	}
	running.Wait()
	if err := errors.Join(errs...); err != nil {
		return nil, check.Verdict{}, err
	}
	verdict, all := check.Merge(s.Name, verdicts), dag.Directory()
	for i, part := range s.Parts {
		all = all.WithDirectory(part.Part, results[i])
	}
	return all.WithNewFile("verdict.json", verdict.JSON()), verdict, nil
}

// alone runs one step for a person, who reads its verdict.
func (p *Pipeline) alone(ctx context.Context, name string, a wish) (string, error) {
	f, err := p.fleet(ctx)
	if err != nil {
		return "", told(err)
	}
	s, err := p.made(ctx, f, name, a)
	if err != nil {
		return "", told(err)
	}
	_, verdict, err := p.run(ctx, f, s, a)
	if err != nil {
		return "", told(err)
	}
	if verdict.Status != check.Passed {
		return "", errors.New(verdict.String())
	}
	return verdict.String(), nil
}

// row runs one step for the table of ci.
func (p *Pipeline) row(ctx context.Context, f pipeline.Config, m maker, a wish) gate.Step {
	began := time.Now()
	s, err := m.make(ctx)
	var verdict check.Verdict
	if err == nil {
		_, verdict, err = p.run(ctx, f, s, a)
	}
	if err != nil {
		return gate.Step{Name: m.name, Result: gate.NotRun, Seconds: time.Since(began).Seconds(), Alone: check.Alone(m.name) + s.Flags, Report: told(err).Error()}
	}
	return gate.FromVerdict(verdict, began)
}
