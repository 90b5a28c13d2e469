package ci_test

import (
	"fmt"
	"go/ast"
	"go/token"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// registry has a line for each command that people can read: the command, and what runs it, or why nothing here can.
const registry = "testdata/commands.txt"

const (
	notRun   = "not run: "
	verbatim = "verbatim" // ci/acceptance runs the command as it stands
)

func TestEveryCommandThatPeopleReadIsRunByATestOrListedWithAReason(t *testing.T) {
	listed := registered(t)
	found := readableCommands(t)
	tests := testFunctions(t)
	for _, command := range slices.Sorted(maps.Keys(found)) {
		by, known := listed[command]
		if !known {
			t.Errorf("%s has the command %q: add a line to ci/%s", found[command], command, registry)
			continue
		}
		if reason, is := strings.CutPrefix(by, notRun); is {
			require.GreaterOrEqual(t, len(strings.Fields(reason)), 3, "the reason why %q is not run", command)
			continue
		}
		if by == verbatim {
			by, command = "TestTheCommandsThatPeopleReadRunAsTheyStand", ""
		}
		body, exists := tests[by]
		if !exists {
			t.Errorf("%q is run by %s, which is neither a function of a test nor a script", command, by)
			continue
		}
		for _, word := range significant(command) {
			if !strings.Contains(body, word) && !strings.Contains(body, filepath.Base(found[command])) {
				t.Errorf("%q is run by %s, which has no %q", command, by, word)
			}
		}
	}
	for command := range listed {
		if found[command] == "" {
			t.Errorf("nobody can read %q any more: remove its line from ci/%s", command, registry)
		}
	}
}

func TestEveryCommandIsOneThatShellDaggerAndMakeKnow(t *testing.T) {
	module := moduleFunctions(t)
	all := readableCommands(t)
	maps.Copy(all, commandsOfMessages(t))
	for command, file := range all {
		cmd := exec.CommandContext(t.Context(), "sh", "-n")
		cmd.Stdin = strings.NewReader(placeholders.Replace(command) + "\n")
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s: %s: %s", file, command, out)
		for _, call := range regexp.MustCompile(`dagger [^|;]*\bcall\b[^|;]*`).FindAllString(command, -1) {
			require.NoError(t, module.check(strings.Fields(call)), "%s: %s", file, command)
		}
		for _, match := range regexp.MustCompile(`\bmake (?:-s )?([a-z]+)`).FindAllStringSubmatch(command, -1) {
			require.Contains(t, makeTargets(t), match[1], "%s: %s", file, command)
		}
	}
}

func TestTheLabStatesInOneLineWhetherItCanRunHere(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "../lab/can.sh").CombinedOutput()
	if err != nil {
		require.Regexp(t, `^the lab cannot run here; missing: .+\n$`, string(out))
	}
}

// placeholders are what stands in a message for a value, as words that a shell reads.
var placeholders = strings.NewReplacer("%[1]s", "X", "%[2]s", "X", "%[3]s", "X", "%s", "X", "%q", "X", "…", "X", "(", "", ")", "")

// registered reads the registry.
func registered(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile(registry)
	require.NoError(t, err)
	list := map[string]string{}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		command, by, ok := strings.Cut(line, " => ")
		require.True(t, ok, "%s: %s", registry, line)
		require.NotContains(t, list, command, "twice in %s", registry)
		list[command] = by
	}
	return list
}

// readableCommands returns the commands in READMEs, docs, the help of make and of dagger, and in the files and reports that
// the module writes, each with a file that has it.
func readableCommands(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	add := func(file string, commands ...string) {
		for _, c := range commands {
			if c = normal(c); c != "" && found[c] == "" {
				found[c] = file
			}
		}
	}
	for _, file := range trackedFiles(t) {
		prose := filepath.Ext(file) == ".md" && !strings.Contains(file, "testdata/") && file != "CHANGELOG.md"
		switch {
		case prose:
			add(file, ofMarkdown(read(t, file))...)
		case filepath.Dir(file) == ".dagger" && filepath.Ext(file) == ".go":
			add(file, ofComments(t, file)...)
		case filepath.Dir(file) == "ci/verify/step/testdata":
			add(file, inline.FindAllString(read(t, file), -1)...)
		}
	}
	help, err := exec.CommandContext(t.Context(), "make", "-s", "-C", "..", "help").Output()
	require.NoError(t, err)
	for line := range strings.Lines(string(help)) {
		command, _, _ := strings.Cut(strings.TrimSpace(line), "\t")
		add("Makefile", command)
		add("Makefile", regexp.MustCompile(`eval "\$\(make [a-z]+\)"`).FindAllString(line, -1)...)
	}
	return found
}

// starts are the words that begin a command.
var starts = regexp.MustCompile(`^(dagger|make|curl|fly|flyctl|docker|git|go|cp|cd|export|eval|until|lab/\S+|[A-Za-z_]+=\S*)( |$)`)

// inline finds a call in a text.
var inline = regexp.MustCompile(`dagger call [^"` + "`" + `\n]+`)

// ofMarkdown returns the lines of code blocks for a shell, and code between backticks, that begin as a command does.
func ofMarkdown(text string) (commands []string) {
	fence := regexp.MustCompile("(?s)```(\\w*)\n(.*?)```")
	for _, block := range fence.FindAllStringSubmatch(text, -1) {
		if block[1] != "" && block[1] != "sh" {
			continue
		}
		for line := range strings.Lines(regexp.MustCompile(`\s*\\\n\s*`).ReplaceAllString(block[2], " ")) {
			if line = strings.TrimSpace(line); starts.MatchString(line) {
				commands = append(commands, line)
			}
		}
	}
	for _, span := range regexp.MustCompile("`[^`]+`").FindAllString(fence.ReplaceAllString(text, ""), -1) {
		span = strings.Join(strings.Fields(strings.Trim(span, "`")), " ")
		if starts.MatchString(span) && strings.Contains(span, " ") {
			commands = append(commands, span)
		}
	}
	return commands
}

// ofComments returns the commands in the comments of a Go file, which are the help of the module.
func ofComments(t *testing.T, file string) (commands []string) {
	t.Helper()
	for _, group := range parseFile(t, token.NewFileSet(), "../"+file).Comments {
		for line := range strings.Lines(group.Text()) {
			example, indented := strings.CutPrefix(line, "\t")
			switch span := regexp.MustCompile("`((?:make|dagger|fly) [^`]+)`").FindStringSubmatch(line); {
			case indented && starts.MatchString(example):
				commands = append(commands, example)
			case span != nil:
				commands = append(commands, span[1])
			default:
				commands = append(commands, inline.FindAllString(line, -1)...)
			}
		}
	}
	return commands
}

// normal returns a command without what follows it on its line: a comment, or a column that describes it. It returns
// nothing for `dagger call` and other words that are no whole command.
func normal(command string) string {
	command = strings.TrimSpace(regexp.MustCompile(`(\s{2,}| +#|\t).*$`).ReplaceAllString(strings.TrimSpace(command), ""))
	if command == "" {
		return ""
	}
	if !strings.HasSuffix(command, "...") && !strings.HasSuffix(command, " .") {
		command = strings.TrimSpace(strings.TrimRight(command, ".,;:"))
	}
	words := strings.Fields(command)
	if slices.Contains([]string{"docker", "fly", "git"}, words[0]) && !strings.Contains(command, "-") { // the name of a command
		return ""
	}
	if slices.Contains([]string{"dagger call", "dagger call …", "dagger call step", "dagger call scanner", "go test"}, command) || !strings.Contains(command, " ") {
		return ""
	}
	return command
}

// significant returns the words of a command that a test which runs it must have: functions, flags and targets, no values.
func significant(command string) (words []string) {
	value := false
	for _, word := range strings.Fields(command) {
		switch flag, _, whole := strings.Cut(word, "="); {
		case strings.HasPrefix(word, "-"):
			words, value = append(words, flag), !whole
			continue
		case !value && regexp.MustCompile(`^[a-z][a-z-]*$`).MatchString(word) && !slices.Contains([]string{"dagger", "call", "make", "docker"}, word):
			words = append(words, word)
		}
		value = false
	}
	return words
}

// testFunctions returns the text of every function in the tests of the repository by name, and that of every script by path.
// The text of a function has the functions of its file that it calls.
func testFunctions(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, file := range trackedFiles(t) {
		if strings.HasSuffix(file, ".sh") {
			found[file] = read(t, file)
		}
		if !strings.HasSuffix(file, "_test.go") {
			continue
		}
		text, set, own := read(t, file), token.NewFileSet(), map[string]string{}
		for _, f := range functionsIn(parseFile(t, set, "../"+file)) {
			own[f.Name.Name] = text[set.Position(f.Pos()).Offset:set.Position(f.End()).Offset]
		}
		for name, body := range own {
			for callee, more := range own {
				if callee != name && regexp.MustCompile(`\b`+callee+`\b`).MatchString(body) {
					body += more
				}
			}
			found[name] += body
		}
	}
	return found
}

// commandsOfMessages returns the calls that errors and hints advise.
func commandsOfMessages(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	const file = "ci/testdata/messages.golden"
	for _, command := range regexp.MustCompile(`dagger call [a-z][^"`+"`"+`\n,;>]*`).FindAllString(read(t, file), -1) {
		found[normal(command)] = file
	}
	delete(found, "")
	return found
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile("../" + file)
	require.NoError(t, err)
	return string(text)
}

func makeTargets(t *testing.T) []string {
	t.Helper()
	_, list, _ := strings.Cut(read(t, "Makefile"), ".PHONY: ")
	list, _, _ = strings.Cut(list, "\n")
	return strings.Fields(list)
}

// surface has the functions of the module by object and by the name that the CLI gives them. The flags of the constructor are
// those of the function "".
type surface map[string]map[string]function

// function is a function of an object: its flags, true for one without a value, and the object of the module that it
// returns, if any.
type function struct {
	flags   map[string]bool
	returns string
}

// moduleFunctions reads the functions of .dagger.
func moduleFunctions(t *testing.T) surface {
	t.Helper()
	s := surface{}
	capital := regexp.MustCompile(`\B[A-Z]`)
	kebab := func(name string) string { return strings.ToLower(capital.ReplaceAllString(name, "-$0")) }
	for _, file := range packages(t, ".dagger")[".dagger"] {
		for _, f := range functionsIn(file) {
			of, name := receiver(f), kebab(f.Name.Name)
			if f.Name.Name == "New" {
				of, name = "Pipeline", ""
			}
			if !f.Name.IsExported() || of == "" {
				continue
			}
			made := function{flags: map[string]bool{"help": true}}
			for _, argument := range f.Type.Params.List {
				kind, _ := argument.Type.(*ast.Ident)
				made.flags[kebab(argument.Names[0].Name)] = kind != nil && kind.Name == "bool"
			}
			if result, ok := f.Type.Results.List[0].Type.(*ast.StarExpr); ok {
				if object, ok := result.X.(*ast.Ident); ok {
					made.returns = object.Name
				}
			}
			if s[of] == nil {
				s[of] = map[string]function{}
			}
			s[of][name] = made
		}
	}
	return s
}

// engineFlags belong to the CLI: true for one without a value. They stand anywhere.
var engineFlags = map[string]bool{"progress": false, "s": true, "m": false, "M": true, "o": false, "output": false, "c": false}

// toolchain is the name of the module in a repository that has installed it; it stands before the function.
const toolchain = "fly"

// check follows the words of `dagger … call …` through the module.
func (s surface) check(words []string) error {
	words = words[slices.Index(words, "call")+1:]
	at, current := "Pipeline", s["Pipeline"][""]
	for i := 0; i < len(words); i++ {
		word := words[i]
		if at == "Pipeline" && word == toolchain {
			continue
		}
		if word == "|" || word == "…" || strings.HasPrefix(word, ">") || strings.HasPrefix(word, "$") {
			return nil
		}
		if flag, is := strings.CutPrefix(strings.TrimLeft(word, "["), "-"); is {
			flag, _, whole := strings.Cut(strings.TrimPrefix(flag, "-"), "=")
			bare, known := current.flags[flag]
			if !known {
				bare, known = engineFlags[flag]
			}
			if !known {
				return fmt.Errorf("%s has no flag --%s", at, flag)
			}
			if !whole && !bare {
				i++
			}
			continue
		}
		next, known := s[at][word]
		if !known {
			return fmt.Errorf("%s has no function %s", at, word)
		}
		if next.returns == "" {
			return s.checkFlags(word, next, words[i+1:])
		}
		at, current = next.returns, next
	}
	return nil
}

// checkFlags checks the flags that follow the last function of the module. A word that is no flag and no value begins the
// functions of what it returns, which Dagger has.
func (s surface) checkFlags(name string, f function, words []string) error {
	for i := 0; i < len(words); i++ {
		flag, is := strings.CutPrefix(words[i], "-")
		if !is {
			return nil
		}
		flag, _, whole := strings.Cut(strings.TrimPrefix(flag, "-"), "=")
		bare, known := f.flags[flag]
		if !known {
			bare, known = engineFlags[flag]
		}
		if !known {
			return fmt.Errorf("%s has no flag --%s", name, flag)
		}
		if !whole && !bare {
			i++
		}
	}
	return nil
}

func TestACallIsFollowedThroughTheModule(t *testing.T) {
	module := moduleFunctions(t)
	for call, want := range map[string]string{
		"dagger call status --format json":                     "",
		"dagger -m ../x call --source . deploy --env staging":  "",
		"dagger call step bundle --name unit -o bundle":        "",
		"dagger call dev up --ports 9090:8080":                 "",
		"dagger call --progress=dots report --env X --format=": "",
		"dagger call fly scanner gitleaks":                     "",
		"dagger call deploi":                                   "Pipeline has no function deploi",
		"dagger call deploy --stage X":                         "deploy has no flag --stage",
		"dagger call --sauce . deploy":                         "Pipeline has no flag --sauce",
		"dagger call step bundel --name unit":                  "Step has no function bundel",
	} {
		err := module.check(strings.Fields(call))
		if want == "" {
			require.NoError(t, err, call)
		} else {
			require.EqualError(t, err, want, call)
		}
	}
	require.Equal(t, []string{"deploy", "--env", "--prune"}, significant("dagger call deploy --env development --prune"))
	require.Equal(t, "dagger call unit", normal("dagger call unit     # the tests"))
	require.Equal(t, []string{"make deploy    set it up", "make up"}, ofMarkdown("```\nmake deploy    set it up\n```\nand `make up`"))
}
