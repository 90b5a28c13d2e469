package database

import "time"

func init() { again = time.Millisecond }
