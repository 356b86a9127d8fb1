// Reads a published log with the code of the Go checksum database and says what it finds.
//
//	go_log DIRECTORY VERIFIER_KEY[,VERIFIER_KEY...] [OLD_SIZE OLD_ROOT]
//
// Checks the signatures of the checkpoint, the inclusion of every entry, and that the log began with the old one.
// Every key that is given has to have signed; keys of type 4 are those of witnesses, whose signatures carry a time.
package main

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type files struct{ directory string }

func (f files) Height() int { return 8 }

func (f files) SaveTiles([]tlog.Tile, [][]byte) {}

func (f files) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var contents [][]byte
	for _, tile := range tiles {
		path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		content, err := os.ReadFile(filepath.Join(f.directory, path))
		if err != nil {
			return nil, err
		}
		contents = append(contents, content)
	}
	return contents, nil
}

func (f files) entries(size int64) ([][]byte, error) {
	var all [][]byte
	for number := int64(0); number*256 < size; number++ {
		tile := tlog.Tile{H: 8, L: 0, N: number, W: 256}
		if left := size - number*256; left < 256 {
			tile.W = int(left)
		}
		path := strings.Replace(tile.Path(), "tile/8/0/", "tile/entries/", 1)
		content, err := os.ReadFile(filepath.Join(f.directory, path))
		if err != nil {
			return nil, err
		}
		for len(content) > 0 {
			length := int(binary.BigEndian.Uint16(content))
			all = append(all, content[2:2+length])
			content = content[2+length:]
		}
	}
	return all, nil
}

type witness struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

func (w witness) Name() string { return w.name }

func (w witness) KeyHash() uint32 { return w.hash }

func (w witness) Verify(text, signature []byte) bool {
	if len(signature) != 8+ed25519.SignatureSize {
		return false
	}
	seconds := binary.BigEndian.Uint64(signature)
	message := fmt.Sprintf("cosignature/v1\ntime %d\n%s", seconds, text)
	return ed25519.Verify(w.key, []byte(message), signature[8:])
}

func verifier(key string) (note.Verifier, error) {
	parts := strings.SplitN(key, "+", 3)
	if len(parts) != 3 {
		return nil, errors.New("no key")
	}
	material, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil || len(material) != 1+ed25519.PublicKeySize || material[0] != 4 {
		return note.NewVerifier(key)
	}
	hash, err := strconv.ParseUint(parts[1], 16, 32)
	return witness{parts[0], uint32(hash), material[1:]}, err
}

func open(signed []byte, keys []string) (*note.Note, error) {
	var verifiers []note.Verifier
	for _, key := range keys {
		one, err := verifier(key)
		if err != nil {
			return nil, err
		}
		verifiers = append(verifiers, one)
	}
	opened, err := note.Open(signed, note.VerifierList(verifiers...))
	if err == nil && len(opened.Sigs) != len(keys) {
		err = fmt.Errorf("%d of %d keys have signed", len(opened.Sigs), len(keys))
	}
	return opened, err
}

func check(arguments []string) error {
	directory := files{arguments[0]}
	signed, err := os.ReadFile(filepath.Join(arguments[0], "checkpoint"))
	if err != nil {
		return err
	}
	opened, err := open(signed, strings.Split(arguments[1], ","))
	if err != nil {
		return err
	}
	lines := strings.Split(opened.Text, "\n")
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return err
	}
	root, err := tlog.ParseHash(lines[2])
	if err != nil {
		return err
	}
	entries, err := directory.entries(size)
	if err != nil {
		return err
	}
	reader := tlog.TileHashReader(tlog.Tree{N: size, Hash: root}, directory)
	for index := int64(0); index < size; index++ {
		if size > 3000 && index%997 != 0 && index != size-1 {
			continue
		}
		proof, err := tlog.ProveRecord(size, index, reader)
		if err != nil {
			return err
		}
		if err := tlog.CheckRecord(proof, size, root, index, tlog.RecordHash(entries[index])); err != nil {
			return err
		}
	}
	if len(arguments) > 3 {
		old, _ := strconv.ParseInt(arguments[2], 10, 64)
		before, err := tlog.ParseHash(arguments[3])
		if err != nil {
			return err
		}
		proof, err := tlog.ProveTree(size, old, reader)
		if err != nil {
			return err
		}
		if err := tlog.CheckTree(proof, size, root, old, before); err != nil {
			return err
		}
	}
	fmt.Printf("%s %d %s\n", lines[0], size, root)
	return nil
}

func main() {
	if err := check(os.Args[1:]); err != nil {
		fmt.Println("refused:", err)
		os.Exit(1)
	}
}
