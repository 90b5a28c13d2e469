package flytoml

import (
	"encoding/json"
	"fmt"
)

// replace gives into the values that from has under the keys, and takes away
// those it lacks.
func replace(into, from object, keys []string) {
	for _, key := range keys {
		delete(into, key)
		if value, ok := from[key]; ok {
			into[key] = value
		}
	}
}

// inside changes the object below a key, and makes it where there is none.
func inside(o object, key string, change func(object)) error {
	inner := object{}
	if err := decode(o[key], &inner); err != nil {
		return fmt.Errorf("read %s: %w", key, err)
	}
	if inner == nil { // it was null
		inner = object{}
	}
	change(inner)
	o[key] = encode(inner)
	return nil
}

// decode leaves v as it is when there is nothing to read.
func decode(text json.RawMessage, v any) error {
	if text == nil {
		return nil
	}
	return json.Unmarshal(text, v)
}

// encode and fields are for values of our own making, which always encode.
func encode(v any) json.RawMessage {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return text
}

func fields(v any) object { return fieldsOf(encode(v)) }

func fieldsOf(text json.RawMessage) object {
	o := object{}
	if err := decode(text, &o); err != nil {
		panic(err)
	}
	return o
}
