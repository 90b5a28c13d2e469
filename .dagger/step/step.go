// Package step runs the steps that a change must pass, each in a container of its own.
package step

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

	steps "github.com/renewa/pipeline/ci/verify/step"
)

var dag = dagger.Connect()

// A Step is something that a change must pass: commands in a container, and a reader of their results.
type Step struct {
	steps.Check
	App    string                                           // the app's name, for the record of the last inputs
	Ready  func(context.Context) (*dagger.Container, error) // where the commands run: files laid in, services bound, as root
	Inputs *dagger.Directory                                // every file that the step depends on, at its path in the repository
	Pins   map[string]string                                // images, versions and digests that the step depends on, by name
	Judge  func(fs.FS, *steps.Verdict) error                // reads what exit codes do not show; may be nil
	Why    func(context.Context, error) error               // finds the cause of an error of the engine; may be nil
	Part   string                                           // the name of this part of a step; empty for a whole one
	Parts  []Step                                           // run side by side in place of this step, when there are any
	Flags  string                                           // flags that repeat the step as this call ran it, with a space before them
}

// Options are what a call states beside the name of a step.
type Options struct {
	Again    bool              // run the step even if nothing changed
	From     string            // the version that migrations start from; empty is each of them
	Released *dagger.Directory // migrations that may not differ; may be nil
	Previous string            // the image before this one, for compatibility; empty is what the last environment runs
	Shards   int               // in how many parts a suite of journeys runs
	Baseline bool              // the baseline is being written, so it may be missing
}

// Run runs a step to its end and returns what it left and its verdict; a step that failed is no error here. An error
// means that the step could not run, and says nothing about the sources.
func (s Step) Run(ctx context.Context, again bool) (*dagger.Directory, steps.Verdict, error) {
	if len(s.Parts) > 0 {
		return s.runParts(ctx, again)
	}
	began := time.Now()
	results, verdict, err := s.once(ctx, again)
	if (steps.Attempt{Left: results != nil, Verdict: verdict, Err: err}).Stale(began, again) {
		return s.once(ctx, true)
	}
	return results, verdict, err
}

func (s Step) once(ctx context.Context, again bool) (*dagger.Directory, steps.Verdict, error) {
	ready, err := s.Ready(ctx)
	var results *dagger.Directory
	var here string
	if err == nil {
		results, here, err = Script(ctx, s.withRecord(ready), s.Check, again)
	}
	if err != nil && s.Why != nil {
		err = s.Why(ctx, err)
	}
	if err != nil {
		return nil, steps.Verdict{}, steps.NotRunError(s.Name, s.Flags, err)
	}
	verdict, err := steps.ReadResults(os.DirFS(here), s.Check, s.Flags, s.Judge)
	return results.WithNewFile("verdict.json", verdict.JSON()), verdict, err
}

// Script runs commands by steps.Script, and exports what they left to a folder of this call.
func Script(ctx context.Context, c *dagger.Container, commands steps.Check, again bool) (*dagger.Directory, string, error) {
	if again {
		c = c.WithEnvVariable("AGAIN", strconv.FormatInt(time.Now().UnixNano(), 10))
	}
	limited, cancel := context.WithTimeout(ctx, steps.Limit(commands))
	defer cancel()
	ran, err := c.WithNewFile(steps.Program, steps.Script).WithExec(steps.Args(commands)).Sync(limited)
	if limited.Err() != nil && ctx.Err() == nil {
		err = steps.LateError(commands)
	}
	if err != nil {
		return nil, "", err
	}
	here, err := os.MkdirTemp("", commands.Name)
	if err != nil {
		return nil, "", err
	}
	results := ran.Directory(steps.Results)
	if _, err := results.Export(ctx, here); err != nil {
		return nil, "", fmt.Errorf("the results of %s were not copied: %w", commands.Name, err)
	}
	return results, here, nil
}

// withRecord lays what the step depends on beside it, and what that was at its last run, so that the verdict can name
// what changed.
func (s Step) withRecord(c *dagger.Container) *dagger.Container {
	if s.Inputs != nil {
		c = c.WithMountedDirectory(steps.Inputs, s.Inputs)
	}
	return c.WithNewFile(steps.Given, steps.Sums(s.Check, s.Pins)).
		WithMountedCache(steps.Memory, dag.CacheVolume("pipeline-inputs-"+s.App+"-"+s.Name+s.Part))
}

// runParts runs all parts of a step to their ends and merges their verdicts. What a part left is in a folder.
func (s Step) runParts(ctx context.Context, again bool) (*dagger.Directory, steps.Verdict, error) {
	results, verdicts, errs := make([]*dagger.Directory, len(s.Parts)), make([]steps.Part, len(s.Parts)), make([]error, len(s.Parts))
	var running sync.WaitGroup
	for i, part := range s.Parts {
		running.Go(func() {
			verdicts[i].Name = part.Part
			results[i], verdicts[i].Verdict, errs[i] = part.Run(ctx, again)
		})
	}
	running.Wait()
	if err := errors.Join(errs...); err != nil {
		return nil, steps.Verdict{}, err
	}
	verdict, all := steps.Merge(s.Name, verdicts), dag.Directory()
	for i, part := range s.Parts {
		all = all.WithDirectory(part.Part, results[i])
	}
	return all.WithNewFile("verdict.json", verdict.JSON()), verdict, nil
}
