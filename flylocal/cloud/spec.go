package cloud

import (
	"encoding/base64"
	"maps"
)

// spec is what the host is told of a machine.
func (k *keeper) spec(m Machine) Spec {
	cfg := m.View()
	s := Spec{
		Key: k.key, Instance: m.Instance, Image: m.Image, Exec: cfg.Init.Exec, Entrypoint: cfg.Init.Entrypoint, Cmd: cfg.Init.Cmd,
		TTY: cfg.Init.TTY, Env: environment(k.key, m, cfg), Names: names(k.key, m, cfg),
	}
	if cfg.Guest != nil {
		s.MemoryMB, s.CPUs = cfg.Guest.MemoryMB, cfg.Guest.CPUs
	}
	for i, mount := range cfg.Mounts {
		if i < len(m.Volumes) {
			s.Mounts = append(s.Mounts, Mount{m.Volumes[i], mount.Path})
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
			k.tell("file "+f.Path+": the secret is not base64", true)
		}
		mode := f.Mode
		if mode == 0 {
			mode = 0o644
		}
		s.Files = append(s.Files, File{f.Path, data, mode})
	}
	return s
}

// environment is the config's, then the secrets, then what Fly tells a machine about itself.
func environment(k Key, m Machine, cfg Config) map[string]string {
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

// names under which a machine is found on the private network.
func names(k Key, m Machine, cfg Config) []string {
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

// String is the full reference of an image.
func (i Image) String() string {
	s := i.Registry + "/" + i.Repository
	if i.Tag != "" {
		s += ":" + i.Tag
	}
	if i.Digest != "" {
		s += "@" + i.Digest
	}
	return s
}
