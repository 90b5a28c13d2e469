package keeper

import (
	"cmp"
	"encoding/base64"
	"maps"

	"github.com/renewa/pipeline/flylocal/cloud"
	"github.com/renewa/pipeline/flylocal/config"
)

// spec returns what the host needs to run the machine.
func (k *Keeper) spec(m cloud.Machine) cloud.Spec {
	cfg := m.View()
	s := cloud.Spec{
		Key: k.key, Instance: m.Instance, Image: m.Image, Exec: cfg.Init.Exec, Entrypoint: cfg.Init.Entrypoint, Cmd: cfg.Init.Cmd,
		TTY: cfg.Init.TTY, Env: environment(k.key, m, cfg), Names: names(k.key, m, cfg),
	}
	if cfg.Guest != nil {
		s.MemoryMB, s.CPUs = cfg.Guest.MemoryMB, cfg.Guest.CPUs
	}
	for i, mount := range cfg.Mounts {
		if i < len(m.Volumes) {
			s.Mounts = append(s.Mounts, cloud.Mount{Volume: m.Volumes[i], Path: mount.Path})
		}
	}
	for _, f := range cfg.Files {
		text := ""
		switch {
		case f.Raw != nil:
			text = *f.Raw
		case f.Secret != nil:
			text = m.Secrets[*f.Secret]
		}
		data, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			k.print("file "+f.Path+": the secret is not base64", true)
		}
		s.Files = append(s.Files, cloud.File{Path: f.Path, Data: data, Mode: cmp.Or(f.Mode, 0o644)})
	}
	return s
}

// environment returns the config's variables, then the secrets, then Fly's variables about the machine.
func environment(k cloud.Key, m cloud.Machine, cfg config.Config) map[string]string {
	env := map[string]string{}
	maps.Copy(env, cfg.Env)
	maps.Copy(env, m.Secrets)
	maps.Copy(env, map[string]string{
		"FLY_APP_NAME": k.App, "FLY_MACHINE_ID": m.ID, "FLY_ALLOC_ID": m.ID, "FLY_MACHINE_VERSION": m.Instance,
		"FLY_REGION": m.Region, "FLY_PRIVATE_IP": m.Address, "FLY_IMAGE_REF": m.Image.String(),
	})
	for name, value := range map[string]string{"PRIMARY_REGION": m.Region, "FLY_PROCESS_GROUP": cfg.Metadata["fly_process_group"]} {
		if env[name] == "" && value != "" {
			env[name] = value
		}
	}
	return env
}

// names returns the machine's names on the private network.
func names(k cloud.Key, m cloud.Machine, cfg config.Config) []string {
	all := []string{m.ID + ".vm." + k.App + ".internal"}
	if cfg.DNS != nil && cfg.DNS.SkipRegistration {
		return all
	}
	all = append(all, k.App+".internal", m.Region+"."+k.App+".internal", k.App+".flycast")
	if g := cfg.Metadata["fly_process_group"]; g != "" {
		all = append(all, g+".process."+k.App+".internal")
	}
	return all
}
