package main

import (
	"errors"
	"fmt"

	"ariga.io/atlas/sql/migrate"
)

// files are the migrations of one folder, proved to be what its atlas.sum lists.
type files struct {
	dir  *migrate.LocalDir
	list []migrate.File
	sums migrate.HashFile
}

func open(path string) (*files, error) {
	dir, err := migrate.NewLocalDir(path)
	if err != nil {
		return nil, fmt.Errorf("open migrations: %w", err)
	}
	if err := validate(dir); err != nil {
		return nil, fmt.Errorf("check %s: %w", path, err)
	}
	list, err := dir.Files()
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	for i := 1; i < len(list); i++ {
		if list[i].Version() == list[i-1].Version() {
			return nil, fmt.Errorf("check %s: %s and %s have the same version: rename one",
				path, list[i-1].Name(), list[i].Name())
		}
	}
	sums, err := dir.Checksum()
	if err != nil {
		return nil, fmt.Errorf("hash migrations: %w", err)
	}
	return &files{dir: dir, list: list, sums: sums}, nil
}

func validate(dir migrate.Dir) error {
	const next = "if that is intended and the file was never applied, run `migrate hash` and commit atlas.sum"
	err := migrate.Validate(dir)
	var sum *migrate.ChecksumError
	switch {
	case errors.Is(err, migrate.ErrChecksumNotFound):
		return errors.New("atlas.sum is missing: run `migrate hash` and commit it")
	case errors.As(err, &sum) && sum.File != "":
		return fmt.Errorf("%s was %s since atlas.sum was written: %s", sum.File, sum.Reason, next)
	case errors.Is(err, migrate.ErrChecksumMismatch):
		return fmt.Errorf("a file was added since atlas.sum was written: %s", next)
	}
	return err
}

// newest is the version this folder leads to.
func (f *files) newest() string {
	if len(f.list) == 0 {
		return ""
	}
	return f.list[len(f.list)-1].Version()
}

func (f *files) byVersion(version string) migrate.File {
	for _, file := range f.list {
		if file.Version() == version {
			return file
		}
	}
	return nil
}

// hash is the file's line in atlas.sum. It covers every file before it, too.
func (f *files) hash(file migrate.File) string {
	sum, _ := f.sums.SumByName(file.Name()) // the sums were made from these very files
	return sum
}

func writeSum(path string) error {
	dir, err := migrate.NewLocalDir(path)
	if err != nil {
		return fmt.Errorf("open migrations: %w", err)
	}
	sum, err := dir.Checksum()
	if err != nil {
		return fmt.Errorf("hash migrations: %w", err)
	}
	return migrate.WriteSumFile(dir, sum)
}
