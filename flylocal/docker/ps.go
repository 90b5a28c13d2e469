package docker

import (
	"bufio"
	"context"
	"encoding/hex"
	"fmt"
	"net"
	"strconv"
	"strings"

	"github.com/renewa/pipeline/flylocal/cloud"
)

// Processes lists the processes of the container, with their sockets if the image has cat to read /proc/net.
func (h *Host) Processes(ctx context.Context, k cloud.Key) ([]cloud.Process, error) {
	top, err := h.api.ContainerTop(ctx, h.container(k), nil)
	if err != nil {
		return nil, err
	}
	column := map[string]int{}
	for i, title := range top.Titles {
		column[title] = i
	}
	var all []cloud.Process
	for _, row := range top.Processes {
		pid, _ := strconv.Atoi(row[column["PID"]])
		all = append(all, cloud.Process{PID: pid, Command: row[len(row)-1], Listens: []cloud.Socket{}})
	}
	out, err := h.Exec(ctx, k, cloud.Command{Cmd: []string{"cat", "/proc/net/tcp", "/proc/net/tcp6"}})
	if err == nil && len(all) > 0 {
		last := len(all) - 1 // which process listens is not known; clients only ask whether one does
		all[last].Listens = append(all[last].Listens, sockets(out.Stdout)...)
	}
	return all, nil
}

// sockets returns the listening sockets of /proc/net/tcp and tcp6.
func sockets(text string) []cloud.Socket {
	var all []cloud.Socket
	for lines := bufio.NewScanner(strings.NewReader(text)); lines.Scan(); {
		f := strings.Fields(lines.Text())
		if len(f) < 4 || f[3] != "0A" {
			continue
		}
		host, port, ok := strings.Cut(f[1], ":")
		raw, err := hex.DecodeString(host)
		number, err2 := strconv.ParseUint(port, 16, 16)
		if !ok || err != nil || err2 != nil || len(raw)%4 != 0 {
			continue
		}
		for i := 0; i+3 < len(raw); i += 4 { // each word is in host order
			raw[i], raw[i+1], raw[i+2], raw[i+3] = raw[i+3], raw[i+2], raw[i+1], raw[i]
		}
		ip := net.IP(raw)
		if ip.IsLoopback() && strings.HasPrefix(ip.String(), "127.0.0.11") {
			continue // the engine's name server
		}
		all = append(all, cloud.Socket{Proto: "tcp", Address: net.JoinHostPort(ip.String(), fmt.Sprint(number))})
	}
	return all
}
