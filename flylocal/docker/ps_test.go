package docker

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/flylocal/cloud"
)

func TestListeningSocketsAreReadFromTheKernel(t *testing.T) {
	const text = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1
   1: 0B00007F:A5C1 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1
   2: 0100007F:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1
   3: 030012AC:1F90 020012AC:D2A4 01 00000000:00000000 00:00000000 00000000     0        0 1 1
  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt
   0: 00000000000000000000000000000000:1538 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000
   1: nonsense
`
	require.Equal(t, []cloud.Socket{{Proto: "tcp", Address: "0.0.0.0:8080"}, {Proto: "tcp", Address: "127.0.0.1:80"}, {Proto: "tcp", Address: "[::]:5432"}}, sockets(text))
}
